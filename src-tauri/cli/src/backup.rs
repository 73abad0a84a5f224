//! Backups of the home, and whether they are whole.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ::backup::{Checked, Fault, Folder, Made};
use protocol::{ErrorCode, IpcError};
use tokio::runtime::Handle;

use crate::{
    arguments::BackupArguments,
    failure::{FAILED, Failure},
    home, output,
    stop::Stop,
    words::{Words, megabytes},
};

/// Makes a backup, or checks those that are there; the code to exit with.
pub async fn backup(
    arguments: BackupArguments,
    runtime: Handle,
    words: &Words,
) -> Result<u8, Failure> {
    let BackupArguments { folder, check, set } = arguments;
    match check {
        true => checked(&folder, set, runtime, words).await,
        false => made(&folder, runtime, words).await,
    }
}

async fn made(folder: &Path, runtime: Handle, words: &Words) -> Result<u8, Failure> {
    let home = home::data(&app::Home::from_environment())?;
    // A folder that cannot be is told before a home is begun.
    let folder = Folder::for_home(folder, &home).map_err(IpcError::from)?;
    let services = home::open(runtime.clone(), words)?;
    let (app, settings) = (services.app.clone(), services.settings.clone());
    let path = folder.path().to_owned();
    let made = stoppable(runtime, move |goes_on| {
        app.back_up(&home, &settings, &path, env!("CARGO_PKG_VERSION"), goes_on)
    });
    let (made, code) = made.await;
    services.close().await?;
    match (made, code) {
        (Ok(made), None) => {
            output::say(&said(&made, folder.path(), words));
            Ok(if made.lost > 0 { FAILED } else { 0 })
        }
        (_, Some(code)) => Ok(code),
        (Err(error), None) => Err(error.into()),
    }
}

/// Runs what hears whether it goes on, until it ends or a signal stops it: what came of
/// it, and the code of the signal.
pub async fn stoppable<T: Send + 'static>(
    runtime: Handle,
    work: impl FnOnce(&mut dyn FnMut(::backup::Progress) -> bool) -> Result<T, IpcError>
    + Send
    + 'static,
) -> (Result<T, IpcError>, Option<u8>) {
    let stopped = Arc::<AtomicBool>::default();
    let told = Arc::clone(&stopped);
    let mut working = runtime.spawn_blocking(move || work(&mut |_| !told.load(Ordering::Relaxed)));
    let mut stop = Stop::listen();
    let (done, code) = tokio::select! {
        done = &mut working => (done, None),
        code = stop.asked() => {
            stopped.store(true, Ordering::Relaxed);
            // Until what is half is removed.
            (working.await, Some(code))
        }
    };
    let ended = |error: tokio::task::JoinError| {
        IpcError::new(ErrorCode::Internal, format!("It ended early: {error}."))
    };
    (done.unwrap_or_else(|error| Err(ended(error))), code)
}

fn said(made: &Made, folder: &Path, words: &Words) -> String {
    let english = "Backup {name} made in {folder}: conversations {conversations}, messages {messages}, pictures {pictures} (new: {new}), {bytes}.";
    let chinese = "已在 {folder} 创建备份 {name}：{conversations} 个对话，{messages} 条消息，{pictures} 张图片（新增 {new} 张），共 {bytes}。";
    let mut said = words
        .either(english, chinese)
        .replace("{conversations}", &made.conversations.to_string())
        .replace("{messages}", &made.messages.to_string())
        .replace("{pictures}", &made.pictures.to_string())
        .replace("{new}", &made.new_pictures.to_string())
        .replace("{bytes}", &megabytes(&made.bytes.to_string()))
        .replace("{name}", &made.name)
        .replace("{folder}", &folder.display().to_string());
    if made.removed > 0 {
        let removed = words.either("Old backups removed: {}.", "已删除 {} 个旧备份。");
        said.push_str(words.either(" ", ""));
        said.push_str(&removed.replace("{}", &made.removed.to_string()));
    }
    if made.lost > 0 {
        let lost = words.either(
            "Pictures left out, since they are missing or damaged here: {}.",
            "有 {} 张图片在本机已缺失或损坏，未能备份。",
        );
        said.push('\n');
        said.push_str(&lost.replace("{}", &made.lost.to_string()));
    }
    said
}

async fn checked(
    folder: &Path,
    set: Option<String>,
    runtime: Handle,
    words: &Words,
) -> Result<u8, Failure> {
    let folder = Folder::of(folder).map_err(IpcError::from)?;
    let checking = stoppable(runtime, move |goes_on| {
        Ok(::backup::check(&folder, set.as_deref(), goes_on)?)
    });
    let (checked, code) = checking.await;
    match (checked, code) {
        (_, Some(code)) => Ok(code),
        (Err(error), None) => Err(error.into()),
        (Ok(checked), None) => {
            output::print(table(&checked, words).as_bytes());
            Ok(if checked.is_whole() { 0 } else { FAILED })
        }
    }
}

fn table(checked: &Checked, words: &Words) -> String {
    let mut all = String::new();
    for (name, faults) in &checked.sets {
        let state = match faults.len() {
            0 => words.either("whole", "完好").to_owned(),
            count => words
                .either("broken: {}", "有问题的文件：{}")
                .replace("{}", &count.to_string()),
        };
        all.push_str(&format!("{name}  {state}\n"));
        all.push_str(&listed(faults, words));
    }
    let read = words.either(
        "Files read: {files}, {bytes}.",
        "已读取 {files} 个文件，共 {bytes}。",
    );
    let read = read
        .replace("{files}", &checked.files.to_string())
        .replace("{bytes}", &megabytes(&checked.bytes.to_string()));
    all.push_str(&read);
    all.push('\n');
    all
}

/// Files that are not as they should be, a line each.
pub fn listed(faults: &[Fault], words: &Words) -> String {
    let line = |fault: &Fault| {
        let what = match fault.is_missing {
            true => words.either("missing", "缺失"),
            false => words.either("altered", "已改动"),
        };
        format!("  {what}: {}\n", output::harmless(&fault.file))
    };
    faults.iter().map(line).collect()
}
