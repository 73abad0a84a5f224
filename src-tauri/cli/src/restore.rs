//! A backup is brought back.

use std::path::Path;

use ::backup::{Folder, Set, Wanted, discard, finish, prepare, set, sets};
use app::{Home, keys_to_enter};
use protocol::dates::utc;
use protocol::{IpcError, Notice};
use tokio::runtime::Handle;

use crate::{
    arguments::RestoreArguments,
    backup::{listed, stoppable},
    failure::{FAILED, Failure},
    home, output,
    words::{Words, megabytes},
};

/// Shows what is in a backup, and brings it back once the person has typed a yes, or said
/// it before; the code to exit with.
pub async fn restore(
    arguments: RestoreArguments,
    runtime: Handle,
    words: &Words,
) -> Result<u8, Failure> {
    let RestoreArguments {
        folder,
        set: name,
        dry_run,
        without_broken,
        yes,
    } = arguments;
    let home = home::data(&Home::from_environment())?;
    let folder = Folder::of(&folder).map_err(IpcError::from)?;
    let there = set(&folder, name.as_deref()).map_err(IpcError::from)?;
    let others = sets(&folder).map_err(IpcError::from)?;
    output::print(preview(&there, &others, words).as_bytes());
    if dry_run {
        return Ok(if there.faults.is_empty() { 0 } else { FAILED });
    }
    let question = words.either(
        "It takes the place of what is in {}, which is set aside beside it. Type yes to go on:",
        "恢复后将取代 {} 中的数据，原有的数据会移到它旁边保留。输入 yes 继续：",
    );
    if !(yes || output::is_meant(&question.replace("{}", &home.display().to_string()))) {
        output::say(words.either("Nothing was changed.", "未做任何更改。"));
        return Ok(FAILED);
    }
    let (into, name) = (home.clone(), there.name.clone());
    let gathering = stoppable(runtime.clone(), move |goes_on| {
        let wanted = Wanted {
            folder: &folder,
            set: Some(&name),
            without_broken,
        };
        Ok(prepare(&wanted, &into, goes_on)?)
    });
    let without = match gathering.await {
        (_, Some(code)) => {
            // It may have been gathered by then.
            let _ = discard(&home);
            return Ok(code);
        }
        (gathered, None) => gathered?,
    };
    let restored = moved(&home)?;
    let services = home::open(runtime, words)?;
    if let Some(restored) = restored {
        output::say(&words.notice(&Notice::Restored {
            at: restored.at,
            aside: restored.aside.map(|aside| aside.display().to_string()),
            keys: keys_to_enter(&services.app.accounts, restored.keys),
        }));
    }
    if without > 0 {
        let left = words.either("Pictures left out: {}.", "未恢复的图片：{} 张。");
        output::say(&left.replace("{}", &without.to_string()));
    }
    services.close().await?;
    Ok(if without > 0 { FAILED } else { 0 })
}

/// Moves what was gathered to its place; where that cannot be, nothing of it waits for the
/// next start.
fn moved(home: &Path) -> Result<Option<::backup::Restored>, IpcError> {
    finish(home).map_err(|error| {
        let _ = discard(home);
        error.into()
    })
}

fn preview(there: &Set, others: &[Set], words: &Words) -> String {
    let english = "Backup {name} ({when}), made by Dragoman {app}:\n  conversations {conversations}, messages {messages}, pictures {pictures}; {bytes}\n";
    let chinese = "备份 {name}（{when}），由 Dragoman {app} 创建：\n  {conversations} 个对话，{messages} 条消息，{pictures} 张图片，共 {bytes}\n";
    let mut all = words
        .either(english, chinese)
        .replace("{conversations}", &there.conversations.to_string())
        .replace("{messages}", &there.messages.to_string())
        .replace("{pictures}", &there.pictures.to_string())
        .replace("{bytes}", &megabytes(&there.bytes.to_string()))
        .replace("{when}", &utc(there.at))
        .replace("{app}", &output::harmless(&there.app))
        .replace("{name}", &there.name);
    if there.lost > 0 {
        let lost = words.either(
            "  pictures that were missing already when it was made: {}\n",
            "  备份时就已缺失的图片：{} 张\n",
        );
        all.push_str(&lost.replace("{}", &there.lost.to_string()));
    }
    all.push_str(&listed(&there.faults, words));
    let keys = there.keys.iter();
    let keys: Vec<_> = keys
        .map(|key| format!("{} “{}”", key.provider, key.label))
        .map(|key| output::harmless(&key))
        .collect();
    if !keys.is_empty() {
        let said = words.either(
            "  keys, of which none is in it: {}\n",
            "  当时的密钥（备份中不含密钥）：{}\n",
        );
        all.push_str(&said.replace("{}", &keys.join(words.either(", ", "、"))));
    }
    let others = others.iter().filter(|other| other.name != there.name);
    let others: Vec<_> = others.map(|other| other.name.as_str()).collect();
    if !others.is_empty() {
        let said = words.either("Others there: {}\n", "其他备份：{}\n");
        all.push_str(&said.replace("{}", &others.join(words.either(", ", "、"))));
    }
    all
}
