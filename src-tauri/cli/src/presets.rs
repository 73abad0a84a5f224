//! Presets: listed, and found by their names.

use chat::Chat;
use protocol::{ErrorCode, IpcError, Preset};
use tokio::runtime::Handle;

use crate::{chosen::Chosen, failure::Failure, home, output, words::Words};

/// Lists the presets, as `ask --preset` takes them.
pub async fn presets(runtime: Handle, words: &Words) -> Result<u8, Failure> {
    let services = home::open(runtime, words)?;
    let presets = services.app.chat.presets().await;
    if let Ok(list) = &presets {
        let rows = list.presets.iter().map(|one| row(one, words));
        output::table(&rows.collect::<Vec<_>>());
        if list.presets.is_empty() {
            output::say(words.either(
                "There are no presets yet. Make one in Dragoman's settings.",
                "还没有预设。可在 Dragoman 的设置中新建。",
            ));
        }
    }
    services.close().await?;
    Ok(presets.map(|_| 0)?)
}

/// Its name, whom it asks, and how its prompt begins.
fn row(preset: &Preset, words: &Words) -> Vec<String> {
    let model = match model(preset) {
        Some(Chosen { provider, model }) => format!("{provider}/{model}"),
        None => words.either("the model chosen", "当前模型").to_owned(),
    };
    let prompt = preset.params.system.as_deref().unwrap_or_default();
    let line = prompt.lines().map(str::trim).find(|line| !line.is_empty());
    let line = line.unwrap_or_default();
    let mut begin: String = line.chars().take(60).collect();
    if begin.len() < line.len() {
        begin.push('…');
    }
    vec![preset.name.clone(), model, begin]
}

/// The preset of this name; large and small letters are alike.
pub async fn named(chat: &Chat, name: &str) -> Result<Preset, IpcError> {
    let mut presets = chat.presets().await?.presets.into_iter();
    let wanted = name.trim().to_lowercase();
    let found = presets.find(|one| one.name.to_lowercase() == wanted);
    found.ok_or_else(|| {
        let message =
            format!("There is no preset “{name}”. `dragoman-cli presets` lists those there are.");
        IpcError::new(ErrorCode::PresetNotFound, message).arg("name", name)
    })
}

/// Whom a preset asks; `None` where it leaves that open.
pub fn model(preset: &Preset) -> Option<Chosen> {
    let (provider, model) = preset.provider.clone().zip(preset.model.clone())?;
    Some(Chosen { provider, model })
}
