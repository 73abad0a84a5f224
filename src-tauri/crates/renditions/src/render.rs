//! What is sent of a master: fitted to a model, made when it is needed, and once.

use std::sync::{Arc, atomic::Ordering};

use ::providers::Manifest;
use drawing::{Limits, Mark, Prepared, Rect, is_long};
use protocol::{Area, Done, ErrorCode, IpcError, Picture, PictureOptions, Tile};
use stores::Rendition;
use wire::Detail;

use crate::{
    blocking::{WORK, blocking, wait},
    renditions::{Given, Renditions},
    slots::Priority,
    target::{self, Target},
};

impl Renditions {
    /// A model that pictures are fitted to.
    pub fn target(&self, manifest: &Arc<Manifest>, model: &str, detail: Option<Detail>) -> Target {
        let detail = detail.map(|detail| match detail {
            Detail::Auto => "auto",
            Detail::Low => "low",
            Detail::High => "high",
        });
        Target::model(&self.base, manifest, model, detail)
    }

    /// How many were made, and not found.
    pub fn made(&self) -> u64 {
        self.made.load(Ordering::Relaxed)
    }

    /// The picture as this target is sent it, from what is kept or made now, for whom
    /// that is.
    ///
    /// # Errors
    /// [`ErrorCode::AttachmentNotReady`] when its master is no longer kept,
    /// [`ErrorCode::Storage`], and what keeps it from being fitted.
    pub async fn render(
        &self,
        given: Given,
        target: &Target,
        who: Priority,
    ) -> Result<Picture, IpcError> {
        let (own, seen, to) = (self.clone(), given.clone(), target.clone());
        let found = blocking(WORK, move || own.find(&seen, &to)).await?;
        if let Some(picture) = found {
            return Ok(picture);
        }
        let slot = self.slots.slot(who).await;
        let made = self.render_now(given, target).await;
        drop(slot);
        made
    }

    /// As [`Renditions::render`], for whoever has a slot already.
    ///
    /// # Errors
    /// As there.
    pub async fn render_now(&self, given: Given, target: &Target) -> Result<Picture, IpcError> {
        let picture = &given.picture;
        let pixels = u64::from(picture.original_width) * u64::from(picture.original_height);
        let memory = self.slots.memory(pixels).await;
        let (own, target) = (self.clone(), target.clone());
        let made = blocking(WORK, move || own.make(&given, &target)).await;
        drop(memory);
        made
    }

    /// As [`Renditions::render`], of what is kept only; blocking.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`].
    pub fn find(&self, given: &Given, target: &Target) -> Result<Option<Picture>, IpcError> {
        let (whole, pieces) = self.specs(given, target)?;
        let (master, spec) = (given.picture.master.clone(), whole);
        let found = wait(self.blobs.renditions(&master, &spec))?;
        let Some(whole) = found.into_iter().next() else {
            return Ok(None);
        };
        self.used(&master, &spec);
        let Some(spec) = pieces else {
            return Ok(Some(shown(given, &whole, &[], target)));
        };
        let pieces = wait(self.blobs.renditions(&master, &spec))?;
        self.used(&master, &spec);
        Ok((!pieces.is_empty()).then(|| shown(given, &whole, &pieces, target)))
    }

    /// What is used stays longest.
    fn used(&self, master: &str, spec: &str) {
        // No reason to wait.
        drop(self.blobs.renditions_used(master, spec));
    }

    /// Makes it, whatever is kept; blocking.
    fn make(&self, given: &Given, target: &Target) -> Result<Picture, IpcError> {
        // Another may have made it while this one waited.
        if let Some(picture) = self.find(given, target)? {
            return Ok(picture);
        }
        let Picture {
            name,
            master,
            options,
            ..
        } = &given.picture;
        let (whole_spec, pieces_spec) = self.specs(given, target)?;
        let kept = wait(self.blobs.picture(master))?;
        let kept = kept.ok_or_else(|| gone(name))?;
        let (bytes, area, before) = self.edited(&given.picture, kept)?;
        let limits = self.limits(given, target, options)?;
        let mut prepared = self.draw.rendition(name, &bytes, &limits)?;
        before.also_done(&mut prepared);
        let whole = self.keep(master, &whole_spec, vec![(area, prepared)])?;
        let pieces = match pieces_spec {
            Some(spec) => {
                let tiles = self.draw.tiles(name, &bytes, &limits)?;
                let tiles = tiles.into_iter().map(|mut tile| {
                    before.also_done(&mut tile.prepared);
                    let place = Area {
                        x: area.x + tile.place.x,
                        y: area.y + tile.place.y,
                        width: tile.place.width,
                        height: tile.place.height,
                    };
                    (place, tile.prepared)
                });
                self.keep(master, &spec, tiles.collect())?
            }
            None => Vec::new(),
        };
        let whole = whole.first().ok_or_else(|| gone(name))?;
        Ok(shown(given, whole, &pieces, target))
    }

    /// Keeps what was made while the master was: it need not be made again.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`].
    pub fn seed(&self, given: &Given, target: &Target, made: Prepared) -> Result<(), IpcError> {
        let (spec, _) = self.specs(given, target)?;
        let mut made = made;
        // Already done to the master.
        made.picture.done.retain(|done| !given.done.contains(done));
        let area = whole(&given.picture);
        self.keep(&given.picture.master, &spec, vec![(area, made)])?;
        Ok(())
    }

    fn keep(
        &self,
        master: &str,
        spec: &str,
        made: Vec<(Area, Prepared)>,
    ) -> Result<Vec<Rendition>, IpcError> {
        self.made.fetch_add(made.len() as u64, Ordering::Relaxed);
        let made = made.into_iter().map(|(area, Prepared { picture, bytes })| {
            let rendition = Rendition {
                hash: picture.hash,
                mime: picture.mime,
                width: picture.width,
                height: picture.height,
                bytes: picture.bytes,
                area,
                done: picture.done,
            };
            (rendition, bytes)
        });
        let made: Vec<(Rendition, Vec<u8>)> = made.collect();
        let kept = made
            .iter()
            .map(|(rendition, _)| rendition.clone())
            .collect();
        wait(self.blobs.put_renditions(master, spec, made))?;
        Ok(kept)
    }

    /// May the master itself be sent there? Blocking.
    ///
    /// # Errors
    /// [`ErrorCode::Parameter`] with the limit where not.
    pub fn check_original(&self, given: &Given, target: &Target) -> Result<(), IpcError> {
        let Picture { name, master, .. } = &given.picture;
        let kept = wait(self.blobs.picture_facts(master))?;
        let (mime, bytes) = kept.ok_or_else(|| gone(name))?;
        target.check_original(&given.picture, &mime, bytes)
    }

    fn limits(
        &self,
        given: &Given,
        target: &Target,
        options: &PictureOptions,
    ) -> Result<Limits, IpcError> {
        if !options.original {
            return Ok(target.fit.clone());
        }
        match self.check_original(given, target) {
            Ok(()) => Ok(target.most.clone()),
            // Where the limits do not allow it, it is fitted like any other.
            Err(error) if error.code == ErrorCode::Parameter => Ok(target.fit.clone()),
            Err(error) => Err(error),
        }
    }

    /// What it is kept under in one piece, and in several where it is sent so.
    fn specs(&self, given: &Given, target: &Target) -> Result<(String, Option<String>), IpcError> {
        let picture = &given.picture;
        let options = &picture.options;
        let limits = self.limits(given, target, options)?;
        let area = options.crop.unwrap_or_else(|| whole(picture));
        let spec = target::spec(&limits, options);
        let long = is_long(area.width, area.height, &limits);
        let pieces = long && !options.whole && !options.original;
        let in_pieces = pieces.then(|| format!("{spec} tiles"));
        Ok((spec, in_pieces))
    }
}

/// The picture as it is sent and shown.
fn shown(given: &Given, whole: &Rendition, pieces: &[Rendition], target: &Target) -> Picture {
    // More than a request may hold are none.
    let pieces = if pieces.len() > target.pictures {
        &[]
    } else {
        pieces
    };
    let done = pieces.first().unwrap_or(whole).done.iter();
    let more = done.filter(|done| !given.done.contains(done));
    let tokens = if pieces.is_empty() {
        target.tokens(whole.width, whole.height)
    } else {
        let each = pieces.iter();
        each.map(|piece| target.tokens(piece.width, piece.height))
            .sum()
    };
    let tiles = pieces.iter().map(|piece| Tile {
        hash: piece.hash.clone(),
        area: piece.area,
        width: piece.width,
        height: piece.height,
        bytes: piece.bytes,
    });
    Picture {
        hash: whole.hash.clone(),
        mime: whole.mime.clone(),
        width: whole.width,
        height: whole.height,
        bytes: whole.bytes,
        done: given.done.iter().chain(more).copied().collect(),
        tokens,
        tiles: tiles.collect(),
        ..given.picture.clone()
    }
}

/// The pictures that go into a request for one, in reading order.
pub fn sent_as(picture: Picture) -> Vec<Picture> {
    if picture.tiles.is_empty() {
        return vec![picture];
    }
    let tiles = picture.tiles.iter().map(|tile| Picture {
        hash: tile.hash.clone(),
        width: tile.width,
        height: tile.height,
        bytes: tile.bytes,
        tiles: Vec::new(),
        ..picture.clone()
    });
    tiles.collect()
}

/// All of its master.
fn whole(picture: &Picture) -> Area {
    Area {
        x: 0,
        y: 0,
        width: picture.original_width,
        height: picture.original_height,
    }
}

/// What a master went through when it was marked or cut: its rendition does not know.
struct Before {
    edited: bool,
    turned: bool,
    mime: String,
}

impl Before {
    /// Says it of what was made of it.
    fn also_done(&self, made: &mut Prepared) {
        let picture = &mut made.picture;
        if self.turned && !picture.done.contains(&Done::Oriented) {
            picture.done.insert(0, Done::Oriented);
        }
        // From PNG to PNG nothing is lost.
        let coded = self.edited && (picture.mime == "image/jpeg" || picture.mime != self.mime);
        if coded && !picture.done.contains(&Done::Reencoded) {
            picture.done.push(Done::Reencoded);
        }
    }
}

impl Renditions {
    /// A master with its marks, of which a part was cut out; which; and what else came
    /// of that. Blocking.
    fn edited(
        &self,
        picture: &Picture,
        (mime, bytes): (String, Vec<u8>),
    ) -> Result<(Vec<u8>, Area, Before), IpcError> {
        let (draw, caps) = (&self.draw, self.base.caps());
        let Picture { name, options, .. } = picture;
        let edited = !options.marks.is_empty() || options.crop.is_some();
        let before = Before {
            edited,
            turned: edited && draw.outline(&bytes).is_some_and(|outline| outline.turned),
            mime,
        };
        let mut bytes = bytes;
        if !options.marks.is_empty() {
            let long = picture.original_width.max(picture.original_height);
            let marks: Vec<_> = options.marks.iter().map(|mark| drawn(mark, long)).collect();
            bytes = draw.mark(name, &bytes, &marks, &caps)?.bytes;
        }
        let Some(area) = options.crop else {
            return Ok((bytes, whole(picture), before));
        };
        bytes = draw.crop(name, &bytes, rect(area), &caps)?.bytes;
        Ok((bytes, area, before))
    }
}

fn rect(area: Area) -> Rect {
    Rect::new(area.x, area.y, area.width, area.height)
}

fn drawn(mark: &protocol::Mark, long: u32) -> Mark {
    // Still seen when the picture is shrunk to a screen's width.
    let thickness = (long as f32 / 200.0).max(3.0);
    // As the page draws it before it is sent.
    let colour = [0xe5, 0x32, 0x2d];
    match mark {
        protocol::Mark::Arrow { from, to } => Mark::Arrow {
            from: (from.x as f32, from.y as f32),
            to: (to.x as f32, to.y as f32),
            thickness,
            colour,
        },
        protocol::Mark::Frame { area } => Mark::Box {
            rect: rect(*area),
            thickness,
            colour,
        },
        protocol::Mark::Blur { area } => Mark::Blur { rect: rect(*area) },
    }
}

fn gone(name: &str) -> IpcError {
    let message = format!("“{name}” is no longer stored. Attach it again.");
    IpcError::new(ErrorCode::AttachmentNotReady, message).arg("name", name)
}
