//! The page of a TIFF file that is shown, and how many there are (TIFF 6.0).

pub(crate) mod coding;
mod directory;
pub(crate) mod page;

use self::coding::Refusal;
use self::directory::{Directory, Tiff};
use self::page::Page;
use super::exif;
use super::facts::{Space, Survey};

/// Tags that tell of the picture, its maker or its place, not how it is stored:
/// description, make, model, page name, software, date, artist, host, XMP, IPTC,
/// Photoshop, EXIF.
const TELLING: [u16; 12] = [
    270, 271, 272, 285, 305, 306, 315, 316, 700, 33_723, 34_377, 34_665,
];
const ORIENTATION: u16 = 274;
const GPS: u16 = 34_853;
const PROFILE: u16 = 34_675;

pub(super) fn survey(bytes: &[u8], survey: &mut Survey) -> Option<()> {
    let (tiff, directory, pages) = shown(bytes)?;
    let page = match Page::of(&tiff, &directory) {
        Ok(page) => page,
        Err(Refusal::Broken) => return None,
        Err(Refusal::Coding(coding)) => {
            // One pixel, as only what it is called is told.
            (survey.width, survey.height) = (1, 1);
            survey.coding = Some(coding);
            return Some(());
        }
    };
    (survey.width, survey.height) = (page.width, page.height);
    // 12 bytes a pixel is what any other picture may take.
    survey.frame_pixels = page.memory().div_ceil(12);
    if let Some(turn @ 1..=8) = tiff.first(&directory, ORIENTATION) {
        survey.orientation = turn as u8;
    }
    if let Some(profile) = tiff.data(&directory, PROFILE) {
        survey.space = Space::Icc(profile.to_vec());
    }
    survey.metadata = TELLING.iter().any(|tag| directory.has(*tag));
    survey.location = if tiff.big {
        directory.has(GPS)
    } else {
        exif::read(bytes).location
    };
    survey.animated = pages > 1;
    survey.dirty = true;
    Some(())
}

/// The page that is shown, as it is stored.
pub(crate) fn page(bytes: &[u8]) -> Option<Page> {
    let (tiff, directory, _) = shown(bytes)?;
    Page::of(&tiff, &directory).ok()
}

/// The directory of the first page, and how many pages there are. A smaller copy or a
/// mask of another page is none (tag 254, or 255 of TIFF 5).
fn shown(bytes: &[u8]) -> Option<(Tiff<'_>, Directory, usize)> {
    let tiff = Tiff::of(bytes)?;
    let mut directories = tiff.directories()?;
    let is_page = |directory: &Directory| {
        let kind = tiff.first(directory, 254).unwrap_or(0);
        kind & 0b101 == 0 && tiff.first(directory, 255) != Some(2)
    };
    let pages = directories.iter().filter(|d| is_page(d)).count();
    let first = directories.iter().position(is_page).unwrap_or(0);
    Some((tiff, directories.swap_remove(first), pages))
}
