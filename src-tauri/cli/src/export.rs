//! Conversations out of the history.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use ::export::{Assets, Error, Format, Which, Written, json_lines, now, page_path, write_whole};
use history::History;
use tokio::runtime::Handle;

use crate::{
    arguments::{ExportArguments, ExportAssets, ExportFormat},
    failure::Failure,
    home, output,
    stop::Stop,
    words::Words,
};

/// What the file is called where only its folder is named.
const ALL: &str = "dragoman.jsonl";

/// Writes conversations; the code to exit with.
pub async fn export(
    arguments: ExportArguments,
    runtime: Handle,
    words: &Words,
) -> Result<u8, Failure> {
    let job = Job::of(arguments)?;
    let services = home::open(runtime.clone(), words)?;
    if let Some(error) = &services.unkept {
        return Err(error.clone().into());
    }
    let (history, locale) = (services.app.history.clone(), words.locale());
    let stopped = Arc::<AtomicBool>::default();
    let told = Arc::clone(&stopped);
    let mut writing = runtime.spawn_blocking(move || job.run(&history, locale, &told));
    let mut stop = Stop::listen();
    let (done, code) = tokio::select! {
        done = &mut writing => (done, None),
        code = stop.asked() => {
            stopped.store(true, Ordering::Relaxed);
            // Until what is half is removed.
            (writing.await, Some(code))
        }
    };
    services.close().await?;
    if let Some(code) = code {
        return Ok(code);
    }
    match done {
        Ok(Ok(done)) => {
            if let Some(said) = done.said(words) {
                output::say(&said);
            }
            Ok(0)
        }
        // Who reads no more wants no more.
        Ok(Err(Error::Stream(error))) if error.kind() == io::ErrorKind::BrokenPipe => Ok(0),
        Ok(Err(error)) => Err(protocol::IpcError::from(error).into()),
        Err(error) => {
            let message = format!("The export ended early: {error}.");
            Err(protocol::IpcError::new(protocol::ErrorCode::Internal, message).into())
        }
    }
}

/// What is written, and where.
struct Job {
    format: ExportFormat,
    which: Which,
    assets: ExportAssets,
    target: Target,
}

enum Target {
    Stdout,
    File(PathBuf),
    /// A file each.
    Folder(PathBuf),
}

struct Done {
    written: Written,
    /// Where to; not said of standard output.
    target: Option<PathBuf>,
}

impl Job {
    fn of(arguments: ExportArguments) -> Result<Self, Failure> {
        let ExportArguments {
            format,
            conversations,
            assets,
            output,
        } = arguments;
        let usage = |why: &str| Failure::Usage("export", why.to_owned());
        let is_page = format != ExportFormat::Jsonl;
        let is_one = conversations.len() == 1;
        let target = match output {
            None if is_page && !is_one => {
                return Err(usage(
                    "several conversations become a file each: name a folder with --output, or one conversation with --conversation",
                ));
            }
            None => Target::Stdout,
            Some(path) if path.as_os_str() == "-" => Target::Stdout,
            Some(path) if is_page && (!is_one || path.is_dir()) => Target::Folder(path),
            Some(path) if path.is_dir() => Target::File(path.join(ALL)),
            Some(path) => Target::File(path),
        };
        let is_stdout = matches!(target, Target::Stdout);
        let assets = match (format, assets) {
            (ExportFormat::Html, Some(ExportAssets::Files)) => {
                return Err(usage("an HTML page is one file: --assets embed or none"));
            }
            (ExportFormat::Txt, Some(ExportAssets::Files | ExportAssets::Embed)) => {
                return Err(usage("plain text only names pictures: --assets none"));
            }
            (_, Some(ExportAssets::Files)) if is_stdout => {
                return Err(usage(
                    "standard output has no folder for pictures: name a file with --output, or --assets embed or none",
                ));
            }
            (_, Some(assets)) => assets,
            (ExportFormat::Txt, None) => ExportAssets::None,
            (ExportFormat::Md, None) if !is_stdout => ExportAssets::Files,
            (_, None) => ExportAssets::Embed,
        };
        let which = if conversations.is_empty() {
            Which::All
        } else {
            Which::These(conversations)
        };
        Ok(Self {
            format,
            which,
            assets,
            target,
        })
    }

    fn run(&self, history: &History, locale: &str, stopped: &AtomicBool) -> Result<Done, Error> {
        let page = match self.format {
            ExportFormat::Jsonl => return self.json_lines(history, stopped),
            ExportFormat::Md => Format::Markdown,
            ExportFormat::Html => Format::Html,
            ExportFormat::Txt => Format::Text,
        };
        let words = ::export::Words::of(locale);
        let one = |id: &str, folder: Option<&Path>, out: &mut dyn io::Write| {
            let (assets, out) = (self.assets_in(folder), Stoppable { out, stopped });
            ::export::conversation(history, id, page, &assets, &words, out)
        };
        if let Target::Folder(folder) = &self.target {
            fs::create_dir_all(folder).map_err(|error| Error::file(folder, error))?;
        }
        let mut written = Written::default();
        self.which.each(history, |id| {
            match &self.target {
                Target::Stdout => one(id, None, &mut io::stdout().lock())?,
                Target::File(path) => {
                    write_whole(path, |out| one(id, path.parent(), out))?;
                }
                Target::Folder(folder) => {
                    let path = page_path(folder, history, id, page)?;
                    write_whole(&path, |out| one(id, Some(folder), out))?;
                }
            }
            written.conversations += 1;
            Ok(())
        })?;
        Ok(self.done(written))
    }

    fn json_lines(&self, history: &History, stopped: &AtomicBool) -> Result<Done, Error> {
        let write = |folder: Option<&Path>, out: &mut dyn io::Write| {
            let (assets, out) = (self.assets_in(folder), Stoppable { out, stopped });
            json_lines(history, &self.which, &assets, now(), out)
        };
        let written = match &self.target {
            Target::Stdout => {
                let mut out = io::BufWriter::new(io::stdout().lock());
                write(None, &mut out)?
            }
            Target::File(path) | Target::Folder(path) => {
                write_whole(path, |out| write(path.parent(), out))?
            }
        };
        Ok(self.done(written))
    }

    fn assets_in(&self, folder: Option<&Path>) -> Assets {
        match self.assets {
            ExportAssets::Embed => Assets::Embed,
            ExportAssets::None => Assets::None,
            ExportAssets::Files => Assets::Files(folder.unwrap_or(Path::new("")).to_owned()),
        }
    }

    fn done(&self, written: Written) -> Done {
        let target = match &self.target {
            Target::Stdout => None,
            Target::File(path) | Target::Folder(path) => Some(path.clone()),
        };
        Done { written, target }
    }
}

impl Done {
    fn said(&self, words: &Words) -> Option<String> {
        let path = self.target.as_ref()?.display();
        let Written {
            conversations,
            missing,
            ..
        } = self.written;
        let mut said = match words.locale() {
            "zh" => format!("已将 {conversations} 个对话写入 {path}。"),
            _ => format!("Conversations written to {path}: {conversations}."),
        };
        if missing > 0 {
            said.push_str(&match words.locale() {
                "zh" => format!("有 {missing} 张图片或视频已不再保留，未能写入。"),
                _ => format!(
                    " Pictures and videos that are no longer kept and were left out: {missing}."
                ),
            });
        }
        Some(said)
    }
}

/// Writes until it is told to stop.
struct Stoppable<'a> {
    out: &'a mut dyn io::Write,
    stopped: &'a AtomicBool,
}

impl io::Write for Stoppable<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.stopped.load(Ordering::Relaxed) {
            return Err(io::Error::other("stopped"));
        }
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
