//! Our own JSON Lines, back into a history.

use std::collections::{HashMap, HashSet};
use std::io::BufRead;
use std::path::Path;

use history::{History, Whole};
use protocol::{MessageState, Picture, Video};

use super::line::{Conversation, Message};
use super::read::{Broken, Fault, Lines, Said, Taken, check_head, read};
use crate::Error;
use crate::assets::Seen;

/// Longest id that is taken, in bytes; ours have 36.
const ID: usize = 64;

/// So many pictures are let go of in one transaction.
const GROUP: usize = 200;

/// What came of an import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    /// Conversations that are new here.
    pub conversations: u64,
    /// Their messages.
    pub messages: u64,
    /// Conversations that were here already: nothing of them was changed.
    pub known: u64,
    /// Pictures and videos that stayed out of what is new: the export does not have them.
    pub without: u64,
    /// Lines, and conversations, that were not taken.
    pub broken: u64,
}

/// Reads an export into a history: each conversation whole, or nothing of it. `beside`
/// is the folder that the file is in; `tell` hears of each line that is broken.
///
/// # Errors
/// [`Error::NotOurs`], [`Error::Newer`]; the history's, and the stream's. What was
/// imported before stays.
pub async fn import(
    history: &History,
    from: impl BufRead,
    beside: Option<&Path>,
    mut tell: impl FnMut(&Broken),
) -> Result<Imported, Error> {
    let mut lines = Lines::new(from);
    match lines.next()? {
        Some(Ok(line)) => check_head(line)?,
        _ => return Err(Error::NotOurs),
    }
    let mut taking = Taking {
        history,
        tell: &mut tell,
        held: Seen::default(),
        broken: HashMap::new(),
        open: Open::None,
        imported: Imported::default(),
    };
    let done = taking.all(&mut lines, beside).await;
    // What no conversation holds now goes again.
    let held: Vec<String> = taking.held.iter().collect();
    let imported = taking.imported;
    for group in held.chunks(GROUP) {
        let group = group.to_vec();
        let release = history.write(move |w| group.iter().try_for_each(|hash| w.release(hash)));
        release.await?;
    }
    done.map(|()| imported)
}

/// The conversation whose messages are read.
enum Open {
    /// None yet, or the last is whole.
    None,
    /// The last is broken: what follows of it is passed over.
    Broken,
    /// This one, with the line that it began in, the number of its messages, and their
    /// ids so far.
    Some(Box<(u64, Whole, usize, HashSet<String>)>),
}

struct Taking<'a, F> {
    history: &'a History,
    tell: &'a mut F,
    /// Hashes of what this import holds.
    held: Seen,
    /// The lines of pictures and videos that are broken, by hash.
    broken: HashMap<String, u64>,
    open: Open,
    imported: Imported,
}

impl<F: FnMut(&Broken)> Taking<'_, F> {
    async fn all(
        &mut self,
        lines: &mut Lines<impl BufRead>,
        beside: Option<&Path>,
    ) -> Result<(), Error> {
        let mut ended = false;
        while let Some(line) = lines.next()? {
            let said = match line {
                Ok(line) => read(line, beside),
                Err(fault) => Err((fault, None)),
            };
            let number = lines.number;
            match said {
                Ok(Said::Asset(asset)) => self.asset(asset).await?,
                Ok(Said::Conversation(line)) => self.conversation(number, *line).await?,
                Ok(Said::Message(line)) => self.message(number, *line).await?,
                Ok(Said::End) => ended = true,
                Err((fault, hash)) => {
                    if let Some(hash) = hash {
                        self.broken.insert(hash, number);
                        self.fault(number, None, fault);
                    } else {
                        // It may be one of its messages.
                        self.give_up(number, fault);
                    }
                }
            }
        }
        self.close();
        if !ended {
            self.fault(lines.number, None, Fault::NoEnd);
        }
        Ok(())
    }

    fn fault(&mut self, line: u64, conversation: Option<String>, fault: Fault) {
        self.imported.broken += 1;
        (self.tell)(&Broken {
            line,
            conversation,
            fault,
        });
    }

    /// The conversation that is open is not taken, for this.
    fn give_up(&mut self, line: u64, fault: Fault) {
        let open = std::mem::replace(&mut self.open, Open::Broken);
        let id = match open {
            Open::Some(open) => Some(open.1.id),
            _ => None,
        };
        self.fault(line, id, fault);
    }

    /// The conversation that is open has no more messages.
    fn close(&mut self) {
        if let Open::Some(open) = &self.open {
            let (began, whole, said, _) = &**open;
            let (began, said, found) = (*began, *said, whole.messages.len());
            self.give_up(began, Fault::Missing { said, found });
        }
    }

    async fn asset(&mut self, asset: Taken) -> Result<(), Error> {
        let Some(bytes) = asset.bytes else {
            return Ok(());
        };
        self.broken.remove(&asset.hash);
        if self.held.contains(&asset.hash) {
            return Ok(());
        }
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        match asset.size {
            Some((width, height)) => {
                let hash = asset.hash.clone();
                if !self.history.write(move |w| w.hold(&hash)).await? {
                    let picture = Picture {
                        hash: asset.hash.clone(),
                        mime: asset.mime,
                        width,
                        height,
                        bytes: length,
                        ..Picture::default()
                    };
                    self.history.put_picture(picture, bytes).await?;
                }
            }
            None => {
                let video = Video {
                    hash: asset.hash.clone(),
                    name: String::new(),
                    mime: asset.mime,
                    bytes: length,
                };
                self.history.put_video(video, bytes).await?;
            }
        }
        self.held.insert(&asset.hash);
        Ok(())
    }

    async fn conversation(&mut self, number: u64, line: Conversation) -> Result<(), Error> {
        self.close();
        let said = line.messages;
        if !is_id(&line.id) {
            self.open = Open::Broken;
            self.fault(number, None, Fault::Id);
            return Ok(());
        }
        let open = (number, Whole::from(line), said, HashSet::new());
        self.open = Open::Some(Box::new(open));
        self.keep_if_whole().await
    }

    async fn message(&mut self, number: u64, line: Message) -> Result<(), Error> {
        let open = match &mut self.open {
            Open::Some(open) => open,
            Open::Broken => return Ok(()),
            Open::None => {
                self.fault(number, None, Fault::NoConversation);
                return Ok(());
            }
        };
        let (_, whole, _, ids) = &mut **open;
        if let Err(fault) = check(&line, ids, &self.broken) {
            self.give_up(number, fault);
            return Ok(());
        }
        ids.insert(line.id.clone());
        let kept = line.into_kept(&whole.id);
        whole.messages.push(kept);
        self.keep_if_whole().await
    }

    /// Keeps the conversation that is open if all of its messages are there.
    async fn keep_if_whole(&mut self) -> Result<(), Error> {
        if !matches!(&self.open, Open::Some(open) if open.1.messages.len() == open.2) {
            return Ok(());
        }
        let Open::Some(open) = std::mem::replace(&mut self.open, Open::None) else {
            return Ok(());
        };
        let (began, whole, _, ids) = *open;
        let id = whole.id.clone();
        if let Some(none) = not_there(&whole, &ids) {
            self.fault(began, Some(id), Fault::NotShown(none));
            return Ok(());
        }
        let messages = u64::try_from(ids.len()).unwrap_or(u64::MAX);
        let taken = self.history.write(move |w| w.take_whole(&whole)).await;
        match taken {
            Ok(history::Taken::New { without }) => {
                self.imported.conversations += 1;
                self.imported.messages += messages;
                self.imported.without += u64::try_from(without).unwrap_or(u64::MAX);
            }
            Ok(history::Taken::Known) => self.imported.known += 1,
            Ok(history::Taken::Elsewhere(message)) => {
                self.fault(began, Some(id), Fault::Elsewhere(message));
            }
            Err(error @ history::Error::NotFound { .. }) => {
                self.fault(began, Some(id), Fault::Refused(error.to_string()));
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}

/// A message that is shown and is none of these.
fn not_there(whole: &Whole, ids: &HashSet<String>) -> Option<String> {
    let shown = whole.messages.iter().map(|one| &one.shown);
    let mut shown = shown.chain([&whole.shown]).flatten();
    shown.find(|shown| !ids.contains(*shown)).cloned()
}

fn is_id(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !id.is_empty() && id.len() <= ID && id.bytes().all(plain)
}

/// Can this message stand after those of these ids?
fn check(
    line: &Message,
    ids: &HashSet<String>,
    broken: &HashMap<String, u64>,
) -> Result<(), Fault> {
    if !is_id(&line.id) {
        return Err(Fault::Id);
    }
    if ids.contains(&line.id) {
        return Err(Fault::Twice);
    }
    if let Some(parent) = line.parent.as_ref().filter(|parent| !ids.contains(*parent)) {
        return Err(Fault::NoParent(parent.clone()));
    }
    if line.state == MessageState::Streaming {
        return Err(Fault::Streaming);
    }
    let mut lines = line.hashes().filter_map(|hash| broken.get(hash));
    match lines.next() {
        Some(line) => Err(Fault::OfBroken(*line)),
        None => Ok(()),
    }
}
