//! What a file says of itself before anything is decoded, and which of its
//! bytes make a clean copy.

pub(crate) mod bmp;
pub(crate) mod boxed;
mod exif;
pub(crate) mod facts;
mod gif;
pub(crate) mod jpeg;
mod png;
pub(crate) mod tiff;
mod track;
mod webp;

use drawing::format::Format;

use self::facts::Survey;

/// Reads the structure; `None` when there is none.
pub(crate) fn of(format: Format, bytes: &[u8]) -> Option<Survey> {
    let mut survey = Survey {
        orientation: 1,
        ..Survey::default()
    };
    match format {
        Format::Jpeg => jpeg::survey(bytes, &mut survey)?,
        Format::Png => png::survey(bytes, &mut survey)?,
        Format::Webp => webp::survey(bytes, &mut survey)?,
        Format::Gif => gif::survey(bytes, &mut survey)?,
        Format::Bmp => bmp::survey(bytes, &mut survey)?,
        Format::Tiff => tiff::survey(bytes, &mut survey)?,
        Format::Ico => bmp::icon(bytes, &mut survey)?,
        Format::Avif | Format::Heif => boxed::survey(bytes, &mut survey)?,
        // Drawn, not coded: whoever draws them says how large they are.
        Format::Svg | Format::Pdf => return None,
    }
    let area = u64::from(survey.width) * u64::from(survey.height);
    survey.frame_pixels = survey.frame_pixels.max(area);
    (area > 0).then_some(survey)
}

/// A copy of the first frame without metadata, its pixels untouched; with its
/// colour profile or without. `None` where that takes decoding.
pub(crate) fn clean(
    survey: &Survey,
    format: Format,
    bytes: &[u8],
    profile: bool,
) -> Option<Vec<u8>> {
    if !survey.whole {
        return None;
    }
    let mut copy = Vec::with_capacity(bytes.len());
    for (range, is_profile) in &survey.kept {
        if profile || !is_profile {
            copy.extend_from_slice(bytes.get(range.clone())?);
        }
    }
    match format {
        Format::Jpeg | Format::Png => {}
        Format::Webp if survey.animated => return None,
        Format::Webp => webp::mend(&mut copy, profile)?,
        Format::Gif => copy.push(gif::TRAILER),
        _ => return None,
    }
    Some(copy)
}
