//! The pictures of a request, fitted to the model that is asked.

use protocol::{IpcError, Picture};
use renditions::{Given, Priority, Renditions, Target, sent_as};

use crate::{
    params,
    payload::{Asked, Payload, Piece, What},
};

impl Asked {
    /// What pictures have to fit.
    pub fn target(&self, renditions: &Renditions) -> Target {
        let model = &self.model.id;
        // What is wrong with it is said when the request is put together.
        let detail = params::detail(&self.manifest, model, &self.params).unwrap_or_default();
        renditions.target(&self.manifest, model, detail)
    }
}

impl Payload {
    /// Takes of each picture what its master gives this model, in pieces where it is
    /// long; makes what there is not. A picture without a master goes as it is, and so
    /// does an earlier one whose master gives nothing (any more).
    ///
    /// # Errors
    /// What keeps a picture of the question itself from being fitted.
    pub async fn fit(&mut self, renditions: &Renditions, target: &Target) -> Result<(), IpcError> {
        for entry in &mut self.entries {
            let mut fitted = Vec::with_capacity(entry.pieces.len());
            for piece in std::mem::take(&mut entry.pieces) {
                let picture = match with_master(&piece) {
                    Some(given) => match renditions.render(given, target, Priority::Person).await {
                        Ok(picture) => Some(picture),
                        Err(error) if entry.own => return Err(error),
                        Err(_) => None,
                    },
                    None => None,
                };
                fitted.extend(pieces(piece, picture));
            }
            entry.pieces = fitted;
        }
        Ok(())
    }

    /// As [`Payload::fit`], without making anything; blocking.
    pub fn fit_to_what_is_there(&mut self, renditions: &Renditions, target: &Target) {
        for entry in &mut self.entries {
            let taken = std::mem::take(&mut entry.pieces).into_iter();
            let fitted = taken.flat_map(|piece| {
                let given = with_master(&piece);
                let found = given.and_then(|given| renditions.find(&given, target).ok()?);
                pieces(piece, found)
            });
            entry.pieces = fitted.collect();
        }
    }
}

fn with_master(piece: &Piece) -> Option<Given> {
    match &piece.what {
        What::Picture(picture) if !picture.master.is_empty() => Some(Given {
            picture: picture.clone(),
            done: Vec::new(),
        }),
        _ => None,
    }
}

/// One for each picture that goes into the request.
fn pieces(piece: Piece, fitted: Option<Picture>) -> Vec<Piece> {
    let (picture, position, refused) = match piece {
        Piece {
            what: What::Picture(picture),
            position,
            refused,
        } => (fitted.unwrap_or(picture), position, refused),
        other => return vec![other],
    };
    let sent = sent_as(picture).into_iter().map(|picture| Piece {
        position,
        what: What::Picture(picture),
        refused,
    });
    sent.collect()
}
