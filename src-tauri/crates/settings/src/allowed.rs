use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{fs, io};

use serde_json::{Value, json};

use crate::file::{lock, replace};

/// The one value in the file.
const KEY: &str = "allowed";

/// What the person allowed once, outside the page, in `allowed.json`. Nothing that the
/// page may call writes it. The default keeps it for this run only.
#[derive(Debug, Default)]
pub struct Allowed {
    now: Mutex<BTreeSet<String>>,
    file: Option<PathBuf>,
}

impl Allowed {
    /// Reads it in this folder. What cannot be read allows nothing: it is asked anew.
    pub fn open(data: &Path) -> Self {
        let file = data.join("allowed.json");
        Self {
            now: Mutex::new(read(&file)),
            file: Some(file),
        }
    }

    /// Was this allowed?
    pub fn has(&self, what: &str) -> bool {
        self.lock().contains(what)
    }

    /// Keeps that these were. Where they cannot be written they hold for this run.
    pub fn add(&self, what: impl IntoIterator<Item = String>) {
        let mut now = self.lock();
        now.extend(what);
        let Some(file) = &self.file else {
            return;
        };
        let mut write = || -> io::Result<()> {
            let _alone = lock(&file.with_extension("json.lock"))?;
            // What another process added stays.
            now.extend(read(file));
            replace(file, &json!({ KEY: *now }))
        };
        let _ = write();
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(file: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let stored: Value = serde_json::from_str(&text).unwrap_or_default();
    let list = stored.get(KEY).and_then(Value::as_array);
    let words = list.into_iter().flatten().filter_map(Value::as_str);
    words.map(str::to_owned).collect()
}
