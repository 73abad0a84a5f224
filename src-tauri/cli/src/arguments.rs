//! What the command line is called with.

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::{chosen::Chosen, params::Param};

/// Ask vision models about pictures.
///
/// Works with the keys, providers, settings and conversations of Dragoman, also while
/// its window is open.
#[derive(Parser)]
#[command(name = "dragoman-cli", version, after_help = EXITS)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

/// What the codes mean that it exits with.
const EXITS: &str = "Exit status: 0 answered, 1 refused or failed, 2 called wrongly, 130 stopped.
DRAGOMAN_HOME names a folder that holds everything, in place of the platform's own.";

#[derive(Subcommand)]
pub enum Command {
    /// Ask a question, and write the answer as it comes
    Ask(Box<AskArguments>),
    /// List, add, test and remove keys; none is ever shown
    Keys {
        #[command(subcommand)]
        command: Option<KeysCommand>,
    },
    /// List the providers
    Providers,
    /// List the presets, as `ask --preset` takes them
    Presets,
    /// List the models that are known, as `ask --model` takes them
    Models {
        /// Only those of this provider
        #[arg(long, value_name = "ID")]
        provider: Option<String>,
        /// Ask the provider for its list first
        #[arg(long, requires = "provider")]
        refresh: bool,
    },
    /// Remove everything: conversations, pictures, settings, and every key in the keyring
    Forget {
        /// Everything is meant: there is nothing less to forget
        #[arg(long, required = true)]
        everything: bool,
        /// Do not ask first
        #[arg(long)]
        yes: bool,
    },
    /// Write conversations to files, for people or for `import`
    ///
    /// JSON Lines holds all that is kept (all branches, parameters, tokens, times), and
    /// `import` reads it again: see docs/export.md. The other formats hold what a
    /// conversation shows. No key is ever written, nor its label.
    Export(ExportArguments),
    /// Read an export in JSON Lines into the history
    ///
    /// What is there already stays as it is: an export can be read twice. A broken line
    /// is named, and of its conversation nothing is kept.
    Import {
        /// The file; `-` reads standard input
        file: PathBuf,
    },
    /// Make a backup in a folder, or check those that are there
    ///
    /// Conversations, pictures, settings and providers that were added; no key is ever in a
    /// backup. Only pictures that are not in the folder yet are copied, and nothing there is
    /// changed in place. The newest seven backups stay, then one a day for a week and one a
    /// week for eight weeks.
    Backup(BackupArguments),
    /// Bring a backup back; what is here now is set aside first
    Restore(RestoreArguments),
    /// Write the completions of a shell
    #[command(hide = true)]
    Completions { shell: Shell },
    /// Write the manual page; with a folder, a page for each command into it
    #[command(hide = true)]
    Man { folder: Option<PathBuf> },
}

#[derive(Args)]
pub struct AskArguments {
    /// The question; `-` reads it from standard input
    pub text: Option<String>,
    /// Whom to ask; the model chosen in Dragoman, else Demo, when left out
    #[arg(short, long, value_name = "PROVIDER/MODEL")]
    pub model: Option<Chosen>,
    /// Begin with a preset: its prompt, its parameters, and its model unless `--model`
    /// names one
    #[arg(long, value_name = "NAME", conflicts_with = "go_on")]
    pub preset: Option<String>,
    /// A picture, video or PDF: a file, an address, or `-` for standard input
    #[arg(short, long = "image", value_name = "FILE|URL|-")]
    pub images: Vec<OsString>,
    /// Instructions that stand before everything
    #[arg(short, long, value_name = "TEXT")]
    pub system: Option<String>,
    /// A parameter of the request: temperature, top_p, max_tokens, stop, detail, fps,
    /// thinking (on, off, auto), effort, stream, keep_pictures; any other name is sent
    /// as a field of that name
    #[arg(short, long = "param", value_name = "NAME=VALUE")]
    pub params: Vec<Param>,
    /// Write one JSON object a line: see docs/cli-events.schema.json
    #[arg(long)]
    pub json: bool,
    /// Write the model's reasoning to standard error
    #[arg(long)]
    pub reasoning: bool,
    /// Keep question and answer in Dragoman's history
    #[arg(long)]
    pub keep: bool,
    /// Go on with the newest conversation of the history; keeps, too
    #[arg(short, long = "continue")]
    pub go_on: bool,
    /// Read a key from the first line of standard input, for this question only
    #[arg(long)]
    pub key_stdin: bool,
}

#[derive(Args)]
pub struct ExportArguments {
    /// How to write
    #[arg(short, long, value_enum, default_value_t = ExportFormat::Jsonl)]
    pub format: ExportFormat,
    /// Only this conversation, by its id; can be given again. All when left out
    #[arg(short, long = "conversation", value_name = "ID")]
    pub conversations: Vec<String>,
    /// Pictures and videos: in the file, in a folder `assets` beside it, or only named.
    /// When left out: in the file; for Markdown in files beside it
    #[arg(short, long, value_enum)]
    pub assets: Option<ExportAssets>,
    /// The file to write; a folder for several conversations in another format than
    /// JSON Lines. Standard output when left out
    #[arg(short, long, value_name = "FILE|FOLDER")]
    pub output: Option<PathBuf>,
}

#[derive(Args)]
pub struct BackupArguments {
    /// The folder; best on another disk, or one that is synced
    pub folder: PathBuf,
    /// Make none: read every file of those that are there, and name what is missing or
    /// altered
    #[arg(long)]
    pub check: bool,
    /// Check only this one, by its name; all when left out
    #[arg(long, value_name = "NAME", requires = "check")]
    pub set: Option<String>,
}

#[derive(Args)]
pub struct RestoreArguments {
    /// The folder of the backups
    pub folder: PathBuf,
    /// Which one, by its name; the newest when left out
    #[arg(long, value_name = "NAME")]
    pub set: Option<String>,
    /// Only show what is in it
    #[arg(long)]
    pub dry_run: bool,
    /// Leave out pictures that are missing or altered; else nothing is brought back then
    #[arg(long)]
    pub without_broken: bool,
    /// Do not ask first
    #[arg(long)]
    pub yes: bool,
}

/// How conversations are written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// JSON Lines: all that is kept
    Jsonl,
    /// Markdown
    Md,
    /// One page that opens offline
    Html,
    /// Plain text
    Txt,
}

/// What becomes of pictures and videos.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportAssets {
    /// In the file
    Embed,
    /// Beside it, in `assets`
    Files,
    /// Only named
    None,
}

#[derive(Subcommand)]
pub enum KeysCommand {
    /// List the keys: provider, label, last characters, where it is kept, id
    List,
    /// Add a key, typed without echo or read from standard input
    Add {
        /// Id of its provider
        provider: String,
        /// A name for it
        #[arg(long, default_value = "")]
        label: String,
    },
    /// Ask a provider whether it takes a key
    Test {
        /// Id of the provider
        provider: String,
        /// Which of its keys, by id; the first when left out
        id: Option<String>,
    },
    /// Remove a key, from the keyring too
    Remove {
        /// Its id
        id: String,
    },
}
