//! `dragoman-cli`: asks, and keeps keys, without a window.

mod arguments;
mod ask;
mod backup;
mod chosen;
mod export;
mod failure;
mod forget;
mod home;
mod import;
mod keys;
mod lines;
mod output;
mod pages;
mod params;
mod presets;
mod providers;
mod question;
mod restore;
mod show;
mod stop;
mod words;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, error::ErrorKind};
use protocol::{ErrorCode, IpcError};

use self::{
    arguments::{Cli, Command},
    failure::{FAILED, Failure},
    words::Words,
};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return said(&error),
    };
    let words = Words::of_environment();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            let error = IpcError::new(ErrorCode::Internal, format!("Cannot start: {error}"));
            return failed(error.into(), &words);
        }
    };
    let handle = runtime.handle().clone();
    let done = runtime.block_on(async {
        match cli.command {
            Command::Ask(arguments) => ask::ask(*arguments, handle, &words).await,
            Command::Keys { command } => keys::keys(command, handle, &words).await,
            Command::Providers => providers::providers(handle, &words).await,
            Command::Presets => presets::presets(handle, &words).await,
            Command::Models { provider, refresh } => {
                providers::models(provider, refresh, handle, &words).await
            }
            Command::Forget { yes, .. } => forget::forget(yes, handle, &words).await,
            Command::Export(arguments) => export::export(arguments, handle, &words).await,
            Command::Import { file } => import::import(&file, handle, &words).await,
            Command::Backup(arguments) => backup::backup(arguments, handle, &words).await,
            Command::Restore(arguments) => restore::restore(arguments, handle, &words).await,
            Command::Completions { shell } => pages::completions(shell),
            Command::Man { folder } => pages::man(folder),
        }
    });
    // What still runs has nobody to wait for it: all that is kept is written.
    runtime.shutdown_background();
    match done {
        Ok(code) => ExitCode::from(code),
        Err(failure) => failed(failure, &words),
    }
}

/// Says on stderr what went wrong.
fn failed(failure: Failure, words: &Words) -> ExitCode {
    match failure {
        Failure::Usage(command, why) => {
            let mut all = Cli::command();
            all.build();
            let error = match all.find_subcommand_mut(command) {
                Some(command) => command.error(ErrorKind::ValueValidation, why),
                None => all.error(ErrorKind::ValueValidation, why),
            };
            said(&error)
        }
        Failure::Error(error, about) => {
            output::say(&words.error(&error, about.as_deref()));
            ExitCode::from(FAILED)
        }
    }
}

/// Says what clap has to say: help on stdout, complaints on stderr.
fn said(error: &clap::Error) -> ExitCode {
    // Nobody is left to be told when this fails.
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(FAILED))
}
