//! Provider plugins: files of the folder `plugins/`, added by drop, in
//! Settings, or by hand.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use ::providers::{Manifest, plugins};
use protocol::{
    ErrorCode, IpcError, ManifestReason, ManifestSaveParams, ManifestText, PluginReport, Provider,
};

use super::{
    Accounts,
    files::{Plugins, Read},
    providers::{Kind, built_in_stays},
};

impl Accounts {
    /// The plugins; read when that has not been done yet.
    pub(super) fn plugins(&self) -> Read<'_> {
        let mut plugins = lock(&self.0.plugins);
        if plugins.is_none() {
            *plugins = Some(self.load());
        }
        Read(plugins)
    }

    fn load(&self) -> Plugins {
        let mut loaded = Plugins::default();
        let Some(folder) = &self.0.folder else {
            return loaded;
        };
        for one in plugins::load_dir(folder) {
            let one = one.map_err(IpcError::from).and_then(|one| {
                self.check_id(&one.manifest, &one.path)?;
                Ok(one.manifest)
            });
            match one {
                Ok(manifest) => loaded.manifests.push(Arc::new(manifest)),
                Err(error) => loaded.refused.push(error),
            }
        }
        loaded
    }

    /// Reads the folder of plugins, again where it was read before. Blocking.
    /// Answers the files that are none, and the plugins that have come or
    /// changed since the folder was last read: none at its first reading.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`].
    pub fn read_plugins(&self) -> Result<PluginReport, IpcError> {
        // Held while it is read: whoever needs a plugin meanwhile waits for it.
        let mut plugins = lock(&self.0.plugins);
        let read = self.load();
        let (now, refused) = (read.manifests.clone(), read.refused.clone());
        let before = plugins.replace(read);
        drop(plugins);
        let before = before.map_or_else(|| now.clone(), |before| before.manifests);
        let added = now.iter().filter(|one| !before.contains(one));
        let added = added.map(|one| self.provider(&one.id));
        Ok(PluginReport {
            added: added.collect::<Result<_, _>>()?,
            refused,
        })
    }

    /// Adds a plugin file that was dropped on the window or chosen: it is
    /// checked and copied into the folder, in place of the one of its id. The person
    /// is asked about a new host.
    ///
    /// # Errors
    /// [`ErrorCode::Manifest`] with file, field and reason; [`ErrorCode::NotAllowed`].
    pub async fn add_plugin_file(&self, path: &Path) -> Result<Provider, IpcError> {
        let manifest = plugins::read(path)?;
        self.check_id(&manifest, path)?;
        let before = self.find(&manifest.id).ok();
        self.store_plugin(before.map(|(_, one)| one), manifest)
            .await
    }

    /// Adds several, and tells which were taken.
    pub async fn add_plugin_files(&self, paths: &[PathBuf]) -> PluginReport {
        let mut report = PluginReport::default();
        for path in paths {
            match self.add_plugin_file(path).await {
                Ok(provider) => report.added.push(provider),
                Err(error) => report.refused.push(error),
            }
        }
        report
    }

    /// An id that an address of the person's has is not a file's to take.
    fn check_id(&self, manifest: &Manifest, path: &Path) -> Result<(), IpcError> {
        if !self.is_taken(&manifest.id)? {
            return Ok(());
        }
        let file = path.file_name().unwrap_or(path.as_os_str());
        let error = taken(&manifest.id);
        Err(error.arg("file", file.to_string_lossy()))
    }

    async fn store_plugin(
        &self,
        before: Option<Arc<Manifest>>,
        manifest: Manifest,
    ) -> Result<Provider, IpcError> {
        self.ask_about(before.as_deref(), &manifest).await?;
        let id = manifest.id.clone();
        plugins::save(self.folder()?, &manifest)?;
        // Held while it is read, so that two changes do not undo each other.
        let mut plugins = lock(&self.0.plugins);
        *plugins = Some(self.load());
        drop(plugins);
        self.provider(&id)
    }

    fn folder(&self) -> Result<&Path, IpcError> {
        self.0.folder.as_deref().ok_or_else(|| {
            IpcError::new(
                ErrorCode::Storage,
                "There is no folder for provider files. Check that the data folder can be written.",
            )
            .arg("path", "plugins")
            .arg("reason", "no folder")
        })
    }

    /// A provider as a plugin's file holds it.
    ///
    /// # Errors
    /// [`ErrorCode::ProviderNotFound`], [`ErrorCode::Storage`].
    pub fn manifest_text(&self, id: &str) -> Result<ManifestText, IpcError> {
        let (kind, manifest) = self.find(id)?;
        Ok(ManifestText {
            json: plugins::export(&manifest),
            editable: kind == Kind::Plugin,
        })
    }

    /// Checks a plugin as it was typed and stores it. The person is asked about a new
    /// host, and about one that goes elsewhere or takes its key otherwise.
    ///
    /// # Errors
    /// [`ErrorCode::Manifest`] with field and reason; [`ErrorCode::ProviderNotFound`];
    /// [`ErrorCode::NotAllowed`].
    pub async fn save_plugin(&self, params: &ManifestSaveParams) -> Result<Provider, IpcError> {
        let manifest = Manifest::from_file(&params.json)?;
        let before = match &params.id {
            Some(id) => {
                let (kind, before) = self.find(id)?;
                match kind {
                    Kind::Plugin => {}
                    Kind::BuiltIn => return Err(built_in_stays()),
                    Kind::Custom => return Err(taken(id)),
                }
                if manifest.id != *id {
                    let (id, was) = (manifest.id, id.clone());
                    return Err(wrong_id(ManifestReason::IdChanged { id, was }));
                }
                Some(before)
            }
            None if self.find(&manifest.id).is_ok() => return Err(taken(&manifest.id)),
            None => None,
        };
        self.store_plugin(before, manifest).await
    }

    /// Makes a copy of a provider that can be edited. Keys are not copied.
    ///
    /// # Errors
    /// [`ErrorCode::ProviderNotFound`]; [`ErrorCode::Manifest`] for one that no
    /// file may describe, as Demo.
    pub async fn copy_provider(&self, id: &str) -> Result<Provider, IpcError> {
        let manifest = self.manifest(id)?;
        let others = self.manifests()?;
        let copy = plugins::free_id(&manifest.name, |id| others.iter().any(|one| one.id == id));
        let name = (2..)
            .map(|count: u32| format!("{} {count}", manifest.name))
            .find(|name| others.iter().all(|one| one.name != *name))
            .unwrap_or_else(|| manifest.name.clone());
        let copy = plugins::copy_of(&manifest, &copy, &name);
        self.store_plugin(None, copy).await
    }

    /// The name of a file for a provider, and what to write there.
    ///
    /// # Errors
    /// [`ErrorCode::ProviderNotFound`], [`ErrorCode::Storage`].
    pub fn export_provider(&self, id: &str) -> Result<(String, String), IpcError> {
        let manifest = self.manifest(id)?;
        Ok((format!("{id}.json"), plugins::export(&manifest)))
    }

    pub(super) fn remove_plugin(&self, id: &str) -> Result<(), IpcError> {
        plugins::remove(self.folder()?, id)?;
        *lock(&self.0.plugins) = Some(self.load());
        Ok(())
    }
}

fn lock(plugins: &Mutex<Option<Plugins>>) -> MutexGuard<'_, Option<Plugins>> {
    plugins.lock().unwrap_or_else(PoisonError::into_inner)
}

fn taken(id: &str) -> IpcError {
    wrong_id(ManifestReason::IdTaken { id: id.to_owned() })
}

fn wrong_id(reason: ManifestReason) -> IpcError {
    let field = "id".to_owned();
    ::providers::Error::Manifest { field, reason }.into()
}
