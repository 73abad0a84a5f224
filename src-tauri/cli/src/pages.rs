//! Completions and manual pages.

use std::path::PathBuf;

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;
use protocol::{ErrorCode, IpcError};

use crate::{arguments::Cli, failure::Failure, output};

/// Writes what completes the command line in a shell.
pub fn completions(shell: Shell) -> Result<u8, Failure> {
    let mut page = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "dragoman-cli", &mut page);
    output::print(&page);
    Ok(0)
}

/// Writes the manual page, or the pages of all commands into a folder.
pub fn man(folder: Option<PathBuf>) -> Result<u8, Failure> {
    let written = match &folder {
        Some(folder) => clap_mangen::generate_to(Cli::command(), folder),
        None => {
            let mut page = Vec::new();
            let rendered = Man::new(Cli::command()).render(&mut page);
            rendered.map(|()| output::print(&page))
        }
    };
    written.map_err(|error| {
        let path = folder.unwrap_or_default();
        let message = format!(
            "The manual cannot be written to {}: {error}",
            path.display()
        );
        IpcError::new(ErrorCode::Storage, message)
            .arg("path", path.display())
            .arg("reason", error)
    })?;
    Ok(0)
}
