//! Forgetting everything.

use app::{Home, remove_rest};
use protocol::{ErrorCode, IpcError};
use tokio::runtime::Handle;

use crate::{
    failure::{FAILED, Failure},
    home::{self, data},
    output,
    words::Words,
};

/// Removes all that Dragoman keeps, once the person has typed a yes, or said it before.
pub async fn forget(yes: bool, runtime: Handle, words: &Words) -> Result<u8, Failure> {
    let home = Home::from_environment();
    let folder = data(&home)?;
    let services = home::open(runtime, words)?;
    let may = services.app.may_forget();
    let shown = folder.display().to_string();
    if may.is_err() || !(yes || is_meant(&shown, words)) {
        services.close().await?;
        may?;
        output::say(words.either("Nothing was removed.", "没有删除任何内容。"));
        return Ok(FAILED);
    }
    services.app.forget_everything(&folder).await?;
    // The file that the history was locked by is held until here.
    drop(services);
    let removed = tokio::task::spawn_blocking(move || remove_rest(&home)).await;
    removed.map_err(|error| IpcError::new(ErrorCode::Internal, error.to_string()))??;
    Ok(0)
}

/// Asks at the terminal; where there is none, nobody said yes.
fn is_meant(folder: &str, words: &Words) -> bool {
    let english = "All conversations, pictures and settings in {} and every key that Dragoman keeps \
                   in the keyring will be removed. This cannot be undone. Type yes to go on:";
    let chinese = "将删除 {} 中的所有对话、图片和设置，以及 Dragoman 保存在密钥环中的所有密钥。\
                   此操作无法撤销。输入 yes 继续：";
    output::is_meant(&words.either(english, chinese).replace("{}", folder))
}
