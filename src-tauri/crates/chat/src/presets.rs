//! Presets, as the page and the command line see them.

use protocol::{ErrorCode, IpcError, Preset, PresetList};

use crate::Chat;

/// Longest name, in characters.
const NAME_CHARS: usize = 80;

impl Chat {
    /// All presets, in the person's order.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`].
    pub async fn presets(&self) -> Result<PresetList, IpcError> {
        let presets = self.0.history.read(|r| r.presets()).await?;
        Ok(PresetList { presets })
    }

    /// Keeps a preset; as it is kept.
    ///
    /// # Errors
    /// [`ErrorCode::PresetName`], [`ErrorCode::Storage`].
    pub async fn save_preset(&self, preset: Preset) -> Result<Preset, IpcError> {
        let preset = Preset {
            name: preset.name.trim().to_owned(),
            ..preset
        };
        if preset.name.is_empty() || preset.name.chars().count() > NAME_CHARS {
            let message =
                format!("A preset needs a name of 1 to {NAME_CHARS} characters. Change it.");
            return Err(IpcError::new(ErrorCode::PresetName, message).arg("limit", NAME_CHARS));
        }
        let saved = self.0.history.write(move |w| w.save_preset(preset));
        Ok(saved.await?)
    }

    /// Removes a preset; conversations that began with it stay as they are.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`].
    pub async fn remove_preset(&self, id: String) -> Result<(), IpcError> {
        let removed = self.0.history.write(move |w| w.remove_preset(&id));
        Ok(removed.await?)
    }

    /// Puts the presets into this order.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`].
    pub async fn order_presets(&self, ids: Vec<String>) -> Result<(), IpcError> {
        let ordered = self.0.history.write(move |w| w.order_presets(&ids));
        Ok(ordered.await?)
    }
}
