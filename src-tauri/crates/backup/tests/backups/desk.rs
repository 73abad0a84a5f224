//! A home with something in it, and a folder for its backups.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use backup::{Error, Folder, Made, Progress, Restored, Source, Wanted, finish, make, prepare};
use export::{Assets, Which, json_lines};
use history::{History, NewTurn};
use protocol::{Answer, ChatParams, MessageState, Millis, Picture, Settings};
use sha2::{Digest, Sha256};
use stores::Part;
use tempfile::TempDir;

/// When the first backup is made.
pub const START: Millis = 1_795_883_405_000;

pub struct Desk {
    /// Holds all below it.
    pub root: TempDir,
    pub history: Option<History>,
    pub settings: Settings,
}

impl Desk {
    pub fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("backups")).unwrap();
        let mut desk = Self {
            root,
            history: None,
            settings: Settings::default(),
        };
        desk.open();
        desk
    }

    pub fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    pub fn folder(&self) -> Folder {
        Folder::for_home(&self.root.path().join("backups"), &self.home()).unwrap()
    }

    pub fn open(&mut self) {
        let opened = History::open(&self.home().join("dragoman.db")).unwrap();
        assert_eq!(opened.set_aside, None);
        self.history = Some(opened.history);
    }

    pub fn close(&mut self) {
        self.history.take().unwrap().close().wait().unwrap();
    }

    pub fn history(&self) -> &History {
        self.history.as_ref().unwrap()
    }

    /// A conversation with a picture of these bytes; its id.
    pub fn add(&self, text: &str, picture: &[u8]) -> String {
        let hash = hex(&Sha256::digest(picture));
        let picture_of = Picture {
            hash,
            name: "a.png".into(),
            mime: "image/png".into(),
            width: 1,
            height: 1,
            bytes: u32::try_from(picture.len()).unwrap(),
            ..Picture::default()
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let put = self
            .history()
            .put_picture(picture_of.clone(), picture.to_owned());
        runtime.block_on(put).unwrap();
        let turn = NewTurn {
            conversation: None,
            text: text.into(),
            parts: vec![Part::Picture(picture_of)],
            answers: vec![Answer::default()],
            params: ChatParams::default(),
        };
        let turn = self
            .history()
            .write(move |w| w.begin_turn(turn))
            .wait()
            .unwrap();
        let (id, end) = (turn.answers[0].id.clone(), MessageState::Complete);
        let close = move |w: &history::Writer<'_>| {
            w.close(&id, end, "It is.", "", &Answer::default(), None)
        };
        assert!(self.history().write(close).wait().unwrap());
        turn.conversation
    }

    /// Removes a conversation for good, with its pictures.
    pub fn erase(&self, id: &str) {
        let id = id.to_owned();
        let erased = self.history().write(move |w| {
            w.remove(std::slice::from_ref(&id))?;
            w.erase(&id)
        });
        erased.wait().unwrap();
        self.history().settle().unwrap();
    }

    pub fn back_up(&self, at: Millis) -> Made {
        self.try_back_up(at, &mut |_| true).unwrap()
    }

    pub fn try_back_up(
        &self,
        at: Millis,
        goes_on: &mut dyn FnMut(Progress) -> bool,
    ) -> Result<Made, Error> {
        let source = Source {
            history: self.history(),
            home: &self.home(),
            settings: &self.settings,
            app: "1.2.3",
            id: "one",
        };
        make(&self.folder(), &source, at, goes_on)
    }

    /// Gathers a set in the home.
    pub fn prepare(&self, set: Option<&str>) -> Result<u64, Error> {
        let wanted = Wanted {
            folder: &self.folder(),
            set,
            without_broken: false,
        };
        prepare(&wanted, &self.home(), &mut |_| true)
    }

    /// Brings a set back.
    pub fn restore(&mut self, set: &str) -> Restored {
        self.close();
        assert_eq!(self.prepare(Some(set)).unwrap(), 0);
        let restored = finish(&self.home()).unwrap().unwrap();
        self.open();
        restored
    }

    /// All that is kept, as an export says it.
    pub fn kept(&self) -> String {
        let mut out = Vec::new();
        json_lines(self.history(), &Which::All, &Assets::Embed, 0, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Every file below a folder, and what is in it.
pub fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            let bytes = fs::read(&path).unwrap();
            all.insert(path, bytes);
        }
    }
    all
}

/// Of files, those that a set or the pictures are: not the lock.
pub fn kept_files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = files(folder);
    all.retain(|path, _| !path.ends_with("lock"));
    all
}
