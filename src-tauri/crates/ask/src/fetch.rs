//! Links whose pictures have to be embedded.

use accounts::Accounts;
use bytes::Bytes;
use drawing::{Draw, Limits};
use protocol::{AnswerNote, IpcError};
use renditions::links;

use crate::{
    heard::Lesson,
    payload::{Payload, What},
};

impl Payload {
    /// Fetches what has to be embedded, and tells what was and what could not be. An
    /// earlier link that cannot be fetched stays out, and is said: from now on, or this
    /// time where another may go well.
    ///
    /// # Errors
    /// [`protocol::ErrorCode::LinkNotRead`] for a link of the question itself.
    pub async fn fetch(
        &mut self,
        accounts: &Accounts,
        draw: &Draw,
        limits: &Limits,
    ) -> Result<Vec<Lesson>, IpcError> {
        let (mut lessons, mut lost) = (Vec::new(), 0);
        for entry in &mut self.entries {
            let mut kept = Vec::with_capacity(entry.pieces.len());
            for mut piece in std::mem::take(&mut entry.pieces) {
                let What::Unfetched(link) = &piece.what else {
                    kept.push(piece);
                    continue;
                };
                let (line, part) = (entry.line, piece.position);
                match links::fetch(accounts, draw, link, limits).await {
                    Ok(prepared) => {
                        let (picture, bytes) = (prepared.picture, Bytes::from(prepared.bytes));
                        self.fetched.insert(picture.hash.clone(), bytes.clone());
                        piece.what = What::Picture(picture.clone());
                        kept.push(piece);
                        lessons.push(Lesson::Fetched {
                            line,
                            part,
                            picture: Box::new(picture),
                            bytes,
                        });
                    }
                    Err(error) if entry.own => return Err(error),
                    // The next request tries it again.
                    Err(error) if links::is_passing(&error) => lost += 1,
                    Err(_) => {
                        lessons.push(Lesson::Refused {
                            line,
                            parts: vec![part],
                            refused: true,
                        });
                        lost += 1;
                    }
                }
            }
            entry.pieces = kept;
        }
        if lost > 0 {
            self.left_out += lost;
            self.notes
                .push(AnswerNote::RefusedPicturesLeftOut { count: lost });
        }
        Ok(lessons)
    }
}
