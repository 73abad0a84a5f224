//! Our own exports, into the history.

use std::{fs::File, io, path::Path};

use ::export::{Broken, Error, Imported};
use history::History;
use protocol::{ErrorCode, IpcError};
use tokio::runtime::Handle;

use crate::{
    failure::{FAILED, Failure},
    home, output,
    stop::Stop,
    words::Words,
};

/// Reads an export; the code to exit with: a failure where a line is broken.
pub async fn import(file: &Path, runtime: Handle, words: &Words) -> Result<u8, Failure> {
    let from: Box<dyn io::Read + Send> = if file.as_os_str() == "-" {
        Box::new(io::stdin())
    } else {
        let opened = File::open(file).map_err(|error| {
            let message = format!("{} cannot be read: {error}.", file.display());
            IpcError::new(ErrorCode::Storage, message)
                .arg("path", file.display())
                .arg("reason", error)
        });
        Box::new(opened?)
    };
    let services = home::open(runtime.clone(), words)?;
    if let Some(error) = &services.unkept {
        return Err(error.clone().into());
    }
    let history = services.app.history.clone();
    let beside = file.parent().map(Path::to_owned);
    let chinese = words.locale() == "zh";
    let waiting = runtime.clone();
    let reading = runtime.spawn_blocking(move || {
        let from = io::BufReader::with_capacity(256 * 1024, from);
        waiting.block_on(read(&history, from, beside.as_deref(), chinese))
    });
    let mut stop = Stop::listen();
    let done = tokio::select! {
        done = reading => done,
        // Each conversation is whole or not there.
        code = stop.asked() => {
            services.close().await?;
            return Ok(code);
        }
    };
    services.close().await?;
    let done = done.unwrap_or_else(|error| Err(Error::Stream(io::Error::other(error))));
    let imported = match done {
        Ok(imported) => imported,
        Err(Error::NotOurs) => {
            output::say(words.either(
                "This is no export of Dragoman: its first line does not say so. Choose a file that `dragoman-cli export` wrote (its name ends in .jsonl).",
                "这不是 Dragoman 的导出文件：第一行没有相应标记。请选择由 dragoman-cli export 生成的文件（.jsonl）。",
            ));
            return Ok(FAILED);
        }
        Err(error @ Error::Newer { .. }) => {
            let said = error.to_string();
            let chinese = "此文件由更新版本的 Dragoman 导出。请先更新 Dragoman；未做任何更改。";
            output::say(words.either(&said, chinese));
            return Ok(FAILED);
        }
        Err(error) => return Err(IpcError::from(error).into()),
    };
    output::say(&said(&imported, chinese));
    Ok(if imported.broken > 0 { FAILED } else { 0 })
}

async fn read(
    history: &History,
    from: impl io::BufRead,
    beside: Option<&Path>,
    chinese: bool,
) -> Result<Imported, Error> {
    ::export::import(history, from, beside, |broken| {
        output::say(&named(broken, chinese))
    })
    .await
}

fn named(broken: &Broken, chinese: bool) -> String {
    let Broken {
        line,
        conversation,
        fault,
    } = broken;
    match (conversation, chinese) {
        (Some(id), false) => format!("Line {line} {fault}. Conversation {id} is not imported."),
        (None, false) => format!("Line {line} {fault}."),
        (Some(id), true) => format!("第 {line} 行有误（{fault}），对话 {id} 未导入。"),
        (None, true) => format!("第 {line} 行有误（{fault}）。"),
    }
}

fn said(imported: &Imported, chinese: bool) -> String {
    let Imported {
        conversations,
        messages,
        known,
        without,
        broken,
    } = imported;
    if chinese {
        format!(
            "已导入 {conversations} 个对话（{messages} 条消息）；已存在 {known} 个；缺少 {without} 张图片或视频；有误 {broken} 处。"
        )
    } else {
        format!(
            "Conversations imported: {conversations} (messages: {messages}); here already: {known}; pictures and videos missing: {without}; broken: {broken}."
        )
    }
}
