//! The largest and most costly files that each kind allows, each small on disk:
//! prepared by a process of its own, so that what it takes can be told.

mod drawn;
mod pixels;
mod tiff;
mod zeros;

use std::process::{Command, ExitCode};

use drawing::{Draw, Limits};
use images::{master, prepare};

use self::zeros::{SIDE, zeros};
use crate::measured::{LONGEST, MEMORY, peak, processor};
use crate::{fixtures, kinds};

const ALL: [&str; 29] = [
    "png 16 bit",
    "png interlaced",
    "jpeg",
    "jpeg progressive",
    "gif",
    "webp",
    "bmp runs",
    "bmp 1 bit",
    "tiff 16 bit",
    "tiff float",
    "tiff lzw",
    "tiff fax",
    "tiff 12 bit",
    "tiff packed bits",
    "tiff tiny tiles",
    "tiff large window",
    "tiff shared strips",
    "tiff shared tables",
    "avif",
    "avif tiles",
    "heic",
    "svg filters",
    "svg uses",
    "svg picture",
    "pdf stream",
    "pdf forms",
    "pdf pattern",
    "pdf picture",
    "pdf page",
];

/// Prepares each; what is wrong with them.
pub fn all() -> Vec<String> {
    ALL.iter().filter_map(|name| child(name).err()).collect()
}

fn child(name: &str) -> Result<(), String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new(program).args(["giant", name]).output();
    let output = output.map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    println!("{name}: {}", text.trim());
    if output.status.success() {
        Ok(())
    } else {
        Err(format!("{name}: {} {}", text.trim(), output.status))
    }
}

/// Makes one, prepares it, and prints what that took.
pub fn one(name: &str) -> ExitCode {
    // What making it took must not count.
    if std::env::args().nth(3).is_none() {
        let made = make(name).and_then(|bytes| {
            let file = tempfile::NamedTempFile::new().ok()?;
            std::fs::write(file.path(), bytes).ok()?;
            Some(file)
        });
        let program = std::env::current_exe().ok();
        let status = made.zip(program).and_then(|(file, program)| {
            Command::new(program)
                .arg("giant")
                .arg(name)
                .arg(file.path())
                .status()
                .ok()
        });
        return match status {
            Some(status) if status.success() => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        };
    }
    let bytes = std::env::args()
        .nth(3)
        .and_then(|path| std::fs::read(path).ok());
    let bytes = bytes.unwrap_or_default();
    let mut words = format!("{} KB", bytes.len() / 1024);
    let mut fine = true;
    let mut job = |what: &str, work: &dyn Fn() -> String| {
        let start = processor();
        let came = work();
        let took = processor().saturating_sub(start);
        fine &= took <= LONGEST;
        words += &format!(", {what} {came} {} ms", took.as_millis());
    };
    // Only the process that draws pages bounds their memory.
    let draw = name.starts_with("pdf").then(Draw::beside);
    let limits = Limits::default();
    job("prepare", &|| {
        let prepared = match &draw {
            Some(draw) => draw.prepare(name, &bytes, &limits),
            None => prepare(name, &bytes, &limits),
        };
        match prepared {
            Ok(done) => format!("{} × {}", done.picture.width, done.picture.height),
            Err(error) => format!("{:?}", protocol::IpcError::from(error).code),
        }
    });
    let kept = || match &draw {
        Some(draw) => draw.master(name, &bytes, &limits.caps()),
        None => master(name, &bytes, &limits.caps()),
    };
    job("master", &|| match kept() {
        Ok(kept) => format!("{} KB", kept.bytes.len() / 1024),
        Err(error) => format!("{:?}", protocol::IpcError::from(error).code),
    });
    println!("{words}, peak {} MB", peak() / 1024);
    if fine && peak() / 1024 <= MEMORY {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn make(name: &str) -> Option<Vec<u8>> {
    let area = u64::from(SIDE) * u64::from(SIDE);
    Some(match name {
        "png 16 bit" => pixels::png(16, 6, 0, area * 8 + u64::from(SIDE))?,
        // Each of the seven passes has its own rows, each with a byte for its filter.
        "png interlaced" => pixels::png(16, 6, 1, area * 8 + u64::from(SIDE) * 2)?,
        "jpeg" => pixels::jpeg(false)?,
        "jpeg progressive" => pixels::jpeg(true)?,
        "gif" => pixels::gif(),
        "webp" => pixels::webp()?,
        "bmp runs" => pixels::bmp(8, 1, vec![0, 1]),
        "bmp 1 bit" => pixels::bmp(1, 0, vec![0; (SIDE.div_ceil(32) * 4 * SIDE) as usize]),
        "tiff 16 bit" => tiff::one_strip(16, 4, 1, 8, &zeros(area * 8)?),
        "tiff float" => tiff::one_strip(32, 3, 3, 8, &zeros(area * 12)?),
        "tiff lzw" => tiff::one_strip(8, 3, 1, 5, &pixels::lzw(8, true, area * 3)),
        // Each bit is a row like the one above: a vertical code of nothing.
        "tiff fax" => tiff::one_strip(1, 1, 1, 4, &vec![0xff; SIDE as usize / 8 + 1]),
        "tiff 12 bit" => tiff::one_strip(12, 3, 1, 8, &zeros(area * 9 / 2)?),
        "tiff packed bits" => tiff::one_strip(1, 1, 1, 8, &zeros(area / 8)?),
        "tiff tiny tiles" => tiff::tiles((16, 16), 8, &zeros(16 * 16 * 3)?, &[]),
        "tiff large window" => tiff::one_strip(8, 3, 1, 34_925, tiff::LARGE_WINDOW),
        "tiff shared strips" => tiff::shared_strips()?,
        "tiff shared tables" => tiff::shared_tables()?,
        "avif" => kinds::AVIF_GIANT.to_vec(),
        "avif tiles" => pixels::many_tiles(kinds::AVIF_GRID.to_vec())?,
        "heic" => fixtures::heic(&fixtures::flat(SIDE, SIDE, [30, 90, 160])),
        "svg filters" => drawn::filters(),
        "svg uses" => drawn::uses(),
        "svg picture" => drawn::picture_within()?,
        "pdf stream" => drawn::pdf_stream()?,
        "pdf forms" => drawn::pdf_forms(),
        "pdf pattern" => drawn::pdf_pattern(),
        "pdf picture" => drawn::pdf_picture()?,
        "pdf page" => drawn::pdf_page(),
        _ => return None,
    })
}
