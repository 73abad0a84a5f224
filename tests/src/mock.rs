//! An implementation of the wire that is not ours: `@copilotkit/aimock`, which
//! answers from fixtures. Its dependency stands in the page's `package.json`.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::process::{Program, mortal};
use crate::wait::PATIENCE;

/// A running mock; it ends when this value is dropped.
#[derive(Debug)]
pub struct Mock {
    url: String,
    _program: Program,
}

impl Mock {
    /// Starts it on a free port, with these fixtures; `folder` holds them meanwhile.
    ///
    /// # Errors
    /// When Node or the package is missing, or a fixture is refused.
    pub fn start(folder: &Path, fixtures: &Value) -> Result<Self> {
        let cli = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../ui/node_modules/@copilotkit/aimock/dist/cli.js");
        ensure!(
            cli.is_file(),
            "{} is missing; cargo xtask test installs it",
            cli.display()
        );
        fs::create_dir_all(folder)?;
        let file: PathBuf = folder.join("fixtures.json");
        fs::write(&file, fixtures.to_string())?;
        let mut command: Command = mortal("node");
        command
            .arg(cli)
            .args(["--port", "0", "--validate-on-load", "--fixtures"])
            .arg(&file)
            .stdin(Stdio::null())
            .stderr(Stdio::inherit());
        let program = Program::start("aimock", &mut command)?;
        let url = program
            .line(PATIENCE, |line| {
                let at = line.find("http://127.0.0.1:")?;
                line.get(at..).map(|url| url.trim().to_owned())
            })
            .context("aimock does not listen")?;
        Ok(Self {
            url,
            _program: program,
        })
    }

    /// What a user enters as its base URL.
    pub fn base_url(&self) -> String {
        format!("{}/v1", self.url)
    }

    /// The bodies of the chat requests it was sent, oldest first.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn requests(&self) -> Result<Vec<Value>> {
        let address = self.url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address)?;
        // HTTP/1.0: the answer comes in one piece and ends with the connection.
        write!(stream, "GET /__aimock/journal HTTP/1.0\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (_, body) = answer.split_once("\r\n\r\n").context("no body")?;
        let entries: Vec<Value> = serde_json::from_str(body)?;
        Ok(entries
            .into_iter()
            .filter(|entry| {
                entry
                    .get("path")
                    .is_some_and(|path| path == "/v1/chat/completions")
            })
            .filter_map(|mut entry| entry.get_mut("body").map(Value::take))
            .collect())
    }
}
