//! The processes that read pictures, as the rest of the house asks them.

mod desk;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use self::desk::Desk;
use crate::child::Child;
use crate::error::Error;
use crate::format::{Format, Sniffed, sniff, sniff_named};
use crate::job::{Bound, Job, Made, Want};
use crate::limits::{Caps, Limits};
use crate::picture::{Attached, Mark, Master, Measured, Outline, Prepared, Rect, Thumbnail, Tile};
use crate::trust;

/// What the program is called.
const PROGRAM: &str = "dragoman-draw";

/// Reads pictures, in processes of their own: two that wait for work, each replaced
/// when a file broke it. Every call blocks. Cheap to clone; clones are one.
///
/// Nothing of a file is decoded here: where no process can be started, each call says
/// so.
#[derive(Debug, Clone)]
pub struct Draw(Arc<Desk>);

impl Draw {
    /// By the program beside this one, which is where a build and a package put it; for
    /// a test or an example, in the folder above. Nothing is started yet.
    pub fn beside() -> Self {
        let this = std::env::current_exe().unwrap_or_default();
        let folder = this.parent().unwrap_or(Path::new(""));
        let within = [Some(OsStr::new("deps")), Some(OsStr::new("examples"))];
        let folder = match folder.parent() {
            Some(above) if within.contains(&folder.file_name()) => above,
            _ => folder,
        };
        Self::at(folder.join(format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX)))
    }

    /// By this program.
    pub fn at(program: PathBuf) -> Self {
        Self(Arc::new(Desk::of(program, None)))
    }

    /// Waits for no job longer than this: for a test of what hangs.
    #[must_use]
    pub fn patient(self, patience: Duration) -> Self {
        Self(Arc::new(Desk::of(self.0.program.clone(), Some(patience))))
    }

    /// Starts the processes before they are wanted. Where that fails, the first job
    /// says why.
    pub fn warm(&self) {
        self.0.warm();
    }

    /// What holds the processes, where the system has it.
    ///
    /// # Errors
    /// [`Error::NoReader`].
    pub fn bounds(&self) -> Result<Vec<Bound>, Error> {
        let mut lease = self.0.lease();
        let hello = lease.child(&self.0.program).and_then(Child::hello);
        match hello {
            Ok(hello) => {
                lease.keep = true;
                Ok(hello.bounds)
            }
            Err(lost) => Err(self.0.lost(PROGRAM, None, lost)),
        }
    }

    /// What becomes of a file that is attached: the small picture, which goes to `small`
    /// as soon as it is made, the master and what is sent of it.
    ///
    /// Where the master is a copy, making the rendition of that proves it whole, and
    /// nothing is decoded twice.
    ///
    /// # Errors
    /// As [`Draw::prepare`].
    pub fn attach(
        &self,
        name: &str,
        bytes: &[u8],
        wanted: &ToAttach<'_>,
        small: &mut dyn FnMut(Thumbnail),
    ) -> Result<Attached, Error> {
        let want = Want::Attached {
            side: wanted.side,
            caps: *wanted.caps,
            limits: wanted.limits.clone(),
            side_by_side: wanted.side_by_side,
        };
        let mut early = |made| {
            if let Made::Thumbnail(thumbnail) = made {
                small(thumbnail);
            }
        };
        match self.made(name, bytes, want, &mut early)? {
            Made::Attached(attached) => Ok(*attached),
            _ => Err(odd(name)),
        }
    }

    /// Makes of any picture one that fits the target: upright, in sRGB, without
    /// metadata, one frame, within `limits`.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::TooLarge`], [`Error::NotAPicture`],
    /// [`Error::Unsupported`], [`Error::Broken`], [`Error::TooManyPixels`],
    /// [`Error::TooSlow`] and [`Error::CannotFit`]; [`Error::Crashed`] where it ended
    /// the process, [`Error::NoReader`] where there is none.
    pub fn prepare(&self, name: &str, bytes: &[u8], limits: &Limits) -> Result<Prepared, Error> {
        let want = Want::Prepared(limits.clone());
        match self.made(name, bytes, want, &mut none)? {
            Made::Prepared(prepared) => Ok(prepared),
            _ => Err(odd(name)),
        }
    }

    /// What is sent of a master; [`Draw::prepare`] by another name, as it takes any file.
    ///
    /// # Errors
    /// As [`Draw::prepare`].
    pub fn rendition(&self, name: &str, master: &[u8], limits: &Limits) -> Result<Prepared, Error> {
        self.prepare(name, master, limits)
    }

    /// A long picture in parts in reading order, each within `limits` and overlapping
    /// the next by a tenth; one that is not long comes in one part.
    ///
    /// # Errors
    /// As [`Draw::prepare`].
    pub fn tiles(&self, name: &str, bytes: &[u8], limits: &Limits) -> Result<Vec<Tile>, Error> {
        let want = Want::Tiles(limits.clone());
        match self.made(name, bytes, want, &mut none)? {
            Made::Tiles(tiles) => Ok(tiles),
            _ => Err(odd(name)),
        }
    }

    /// The master of a picture: without metadata, its first frame, its pixels untouched
    /// where the format allows.
    ///
    /// # Errors
    /// As [`Draw::prepare`].
    pub fn master(&self, name: &str, bytes: &[u8], caps: &Caps) -> Result<Master, Error> {
        self.one_master(name, bytes, Want::Master(*caps))
    }

    /// The master of a picture where it is a copy, and nothing is decoded for it; `None`
    /// where it takes decoding.
    ///
    /// # Errors
    /// As [`Draw::prepare`], but for what only decoding shows.
    pub fn master_copy(
        &self,
        name: &str,
        bytes: &[u8],
        caps: &Caps,
    ) -> Result<Option<Master>, Error> {
        match self.made(name, bytes, Want::MasterCopy(*caps), &mut none)? {
            Made::Master(master) => Ok(master),
            _ => Err(odd(name)),
        }
    }

    /// A picture of at most `side` pixels a side.
    ///
    /// # Errors
    /// As [`Draw::prepare`].
    pub fn thumbnail(
        &self,
        name: &str,
        bytes: &[u8],
        side: u32,
        caps: &Caps,
    ) -> Result<Thumbnail, Error> {
        match self.made(name, bytes, Want::Thumbnail(side, *caps), &mut none)? {
            Made::Thumbnail(thumbnail) => Ok(thumbnail),
            _ => Err(odd(name)),
        }
    }

    /// Draws marks, the first undermost.
    ///
    /// # Errors
    /// As [`Draw::prepare`]. A mark that lies outside is not seen.
    pub fn mark(
        &self,
        name: &str,
        master: &[u8],
        marks: &[Mark],
        caps: &Caps,
    ) -> Result<Master, Error> {
        self.one_master(name, master, Want::Marked(marks.to_vec(), *caps))
    }

    /// Cuts a part out, as a picture of its own.
    ///
    /// # Errors
    /// As [`Draw::prepare`], and [`Error::OutOfPicture`].
    pub fn crop(
        &self,
        name: &str,
        master: &[u8],
        rect: Rect,
        caps: &Caps,
    ) -> Result<Master, Error> {
        self.one_master(name, master, Want::Cropped(rect, *caps))
    }

    /// What the file says, whatever its format; `None` where it is no picture that is
    /// read, or none that can be.
    pub fn outline(&self, bytes: &[u8]) -> Option<Outline> {
        match self.made("", bytes, Want::Outline, &mut none) {
            Ok(Made::Outline(outline)) => outline,
            _ => None,
        }
    }

    /// Pages of a file, if it is a PDF.
    ///
    /// # Errors
    /// [`Error::TooLarge`], [`Error::Broken`] also where there is no page,
    /// [`Error::Protected`], [`Error::TooSlow`], [`Error::Crashed`],
    /// [`Error::NoReader`].
    pub fn pages(&self, name: &str, bytes: &[u8], caps: &Caps) -> Result<Option<u32>, Error> {
        if sniff(bytes) != Sniffed::Known(Format::Pdf) {
            return Ok(None);
        }
        caps.admit(name, bytes)?;
        match self.made(name, bytes, Want::Pages(*caps), &mut none)? {
            Made::Pages(pages) => Ok(pages),
            _ => Err(odd(name)),
        }
    }

    /// A page of a PDF as a picture, on white, as PNG; the first is 1.
    ///
    /// # Errors
    /// As [`Draw::pages`].
    pub fn page(
        &self,
        name: &str,
        bytes: &[u8],
        number: u32,
        caps: &Caps,
    ) -> Result<Vec<u8>, Error> {
        caps.admit(name, bytes)?;
        match self.made(name, bytes, Want::Page(number, *caps), &mut none)? {
            Made::Page { png } => Ok(png),
            _ => Err(odd(name)),
        }
    }

    /// Measures a picture: its first frame, as stored.
    ///
    /// # Errors
    /// As [`Draw::prepare`] with the default limits, but for [`Error::CannotFit`].
    pub fn measure(&self, bytes: &[u8]) -> Result<Measured, Error> {
        const NAME: &str = "picture";
        match self.made(NAME, bytes, Want::Measured, &mut none)? {
            Made::Measured(measured) => Ok(measured),
            _ => Err(odd(NAME)),
        }
    }

    fn one_master(&self, name: &str, bytes: &[u8], want: Want) -> Result<Master, Error> {
        match self.made(name, bytes, want, &mut none)? {
            Made::Master(Some(master)) => Ok(master),
            _ => Err(odd(name)),
        }
    }

    fn made(
        &self,
        name: &str,
        bytes: &[u8],
        want: Want,
        early: &mut dyn FnMut(Made),
    ) -> Result<Made, Error> {
        let format = known(name, bytes)?;
        let patience = want.patience(format);
        let job = Job {
            name: name.to_owned(),
            patience: self.0.patience.map_or(patience, |most| most.min(patience)),
            want,
        };
        let mut lease = self.0.lease();
        let answer = lease.child(&self.0.program).and_then(|child| {
            child.work(&job, bytes, &mut |answer| {
                if let Ok(mut made) = answer.made
                    && trust::holds(&mut made, name, bytes)
                {
                    early(made);
                }
            })
        });
        let answer = answer.map_err(|lost| self.0.lost(name, Some(format), lost))?;
        lease.keep = !answer.last;
        drop(lease);
        let mut made = answer.made?;
        if trust::holds(&mut made, name, bytes) {
            Ok(made)
        } else {
            Err(odd(name))
        }
    }
}

/// What is made of a file that is attached.
#[derive(Debug, Clone, Copy)]
pub struct ToAttach<'a> {
    /// Longest side of the small picture, in pixels.
    pub side: u32,
    /// What is decoded at all.
    pub caps: &'a Caps,
    /// What the target takes.
    pub limits: &'a Limits,
    /// The small picture and the master on one thread, what is sent on another.
    pub side_by_side: bool,
}

fn none(_: Made) {}

/// What is said of a process whose answer is none: a file that got that far broke it.
fn odd(name: &str) -> Error {
    Error::Crashed {
        name: name.to_owned(),
    }
}

/// The kind of a file, where it is one that is read.
fn known(name: &str, bytes: &[u8]) -> Result<Format, Error> {
    let name = || name.to_owned();
    match sniff_named(&name(), bytes) {
        _ if bytes.is_empty() => Err(Error::Empty { name: name() }),
        Sniffed::Known(format) => Ok(format),
        Sniffed::Unsupported(format, advice) => Err(Error::Unsupported {
            name: name(),
            format: format.into(),
            advice: advice.into(),
        }),
        Sniffed::Other(what) => Err(Error::Other { name: name(), what }),
        Sniffed::Unknown => Err(Error::NotAPicture { name: name() }),
    }
}
