//! HEIF without pictures but with a track of them (ISO/IEC 14496-12): a burst, or an
//! animation.

use drawing::raw::{array, be32};
use heifer_isobmff::BoxIter;

/// A track of pictures.
pub(super) struct Track<'a> {
    /// Pictures in it.
    pub(super) count: u32,
    /// The type of what codes them, `hvc1` or `av01`.
    kind: [u8; 4],
    size: [u8; 4],
    /// The boxes that describe them: configuration, colours.
    boxes: &'a [u8],
    first: &'a [u8],
}

/// The first box of a kind.
fn within<'a>(content: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    all(content, kind).next()
}

fn all<'a>(content: &'a [u8], kind: &[u8; 4]) -> impl Iterator<Item = &'a [u8]> {
    let boxes = BoxIter::new(content).map_while(Result::ok);
    boxes.filter_map(move |found| (&found.header.box_type.0 == kind).then_some(found.content))
}

/// The first track that shows something, alpha left aside.
pub(super) fn of(bytes: &[u8]) -> Option<Track<'_>> {
    all(within(bytes, b"moov")?, b"trak").find_map(|track| {
        let media = within(track, b"mdia")?;
        let handler: [u8; 4] = array(within(media, b"hdlr")?, 8)?;
        matches!(&handler, b"pict" | b"vide").then_some(())?;
        let table = within(within(media, b"minf")?, b"stbl")?;
        let sizes = within(table, b"stsz")?;
        let count = be32(sizes, 8)?;
        let length = match be32(sizes, 4)? {
            0 => be32(sizes, 12)?,
            all => all,
        };
        let from = match within(table, b"stco") {
            Some(offsets) => u64::from(be32(offsets, 8)?),
            None => u64::from_be_bytes(array(within(table, b"co64")?, 8)?),
        };
        let from = usize::try_from(from).ok()?;
        let first = bytes.get(from..from.checked_add(length as usize)?)?;
        let entry = BoxIter::new(within(table, b"stsd")?.get(8..)?)
            .next()?
            .ok()?;
        let size = entry.content;
        Some(Track {
            count,
            kind: entry.header.box_type.0,
            size: array(size, 24)?,
            // A visual entry begins with 78 bytes (14496-12, section 12.1.3).
            boxes: entry.content.get(78..)?,
            first,
        })
    })
}

impl Track<'_> {
    /// A file of its own of the first picture, as a camera would have written it.
    pub(super) fn still(&self) -> Vec<u8> {
        let [w0, w1, h0, h1] = self.size;
        let size = boxed(b"ispe", &[0, 0, 0, 0, 0, 0, w0, w1, 0, 0, h0, h1]);
        let kept = BoxIter::new(self.boxes).map_while(Result::ok);
        let kept = kept.filter_map(|found| {
            let kind = found.header.box_type.0;
            matches!(&kind, b"hvcC" | b"av1C" | b"colr" | b"pixi" | b"clap")
                .then(|| boxed(&kind, found.content))
        });
        let properties: Vec<Vec<u8>> = std::iter::once(size).chain(kept).take(100).collect();
        let count = properties.len() as u8;
        let known: Vec<u8> = (1..=count).collect();
        let known = [&[0, 0, 0, 0, 0, 0, 0, 1, 0, 1, count], known.as_slice()].concat();
        let properties = [boxed(b"ipco", &properties.concat()), boxed(b"ipma", &known)];
        let length = u32::try_from(self.first.len()).unwrap_or(0).to_be_bytes();
        let item = [b"\x02\0\0\0\0\x01\0\0".as_slice(), &self.kind, b"\0"].concat();
        let place = [
            // Offset and length in four bytes each; one item, within `idat`, in one piece.
            b"\x01\0\0\0\x44\0\0\x01\0\x01\0\x01\0\0\0\x01\0\0\0\0".as_slice(),
            &length,
        ];
        let meta = [
            vec![0; 4],
            boxed(b"hdlr", b"\0\0\0\0\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0\0"),
            boxed(b"pitm", &[0, 0, 0, 0, 0, 1]),
            boxed(b"iloc", &place.concat()),
            boxed(
                b"iinf",
                &[b"\0\0\0\0\0\x01".as_slice(), &boxed(b"infe", &item)].concat(),
            ),
            boxed(b"iprp", &properties.concat()),
            boxed(b"idat", self.first),
        ];
        [
            boxed(b"ftyp", b"mif1\0\0\0\0mif1"),
            boxed(b"meta", &meta.concat()),
        ]
        .concat()
    }
}

fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len() + 8).unwrap_or(0);
    [&length.to_be_bytes(), kind.as_slice(), content].concat()
}
