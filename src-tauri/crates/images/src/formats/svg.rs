//! SVG, drawn by `resvg`: no file and no address is opened, no script is run.

mod colours;
mod cost;
mod fonts;
mod missing;
mod styles;
mod words;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use image::{DynamicImage, RgbaImage};
use protocol::Done;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::roxmltree::{Document, ParsingOptions};
use resvg::usvg::{ImageHrefResolver, Options, Tree};

use crate::failure::Failure;
use crate::survey;
use drawing::format::{Sniffed, sniff};
use drawing::raw::holds;

/// Markup that is read at most; a drawing of more is a map or a bomb.
const MARKUP: usize = 16 << 20;
/// Elements within elements.
const DEPTH: usize = 256;
/// Most pixels that are drawn; a larger drawing is drawn smaller, which loses it
/// nothing that a model could see.
const DRAWN: f64 = 16_777_216.0;
/// Longest side that is drawn, in pixels.
const SIDE: f64 = 16_384.0;
/// Work that drawing may take, in pixels of a plain fill, of which a slow machine
/// does more than 400 million a second.
const WORK: f64 = 6e9;
/// Pixels that may be held at once: 800 MB.
const HELD: f64 = 200e6;
/// Most pixels of a picture within.
const WITHIN: u64 = 25_000_000;

/// A drawing that was read.
#[derive(Clone)]
pub(crate) struct Drawing {
    tree: Arc<Tree>,
    /// Words were left out, as no font has them, or as only a browser draws them.
    words_missing: bool,
    /// Parts were left out.
    parts_missing: bool,
}

impl std::fmt::Debug for Drawing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Drawing")
    }
}

impl Drawing {
    /// Reads a drawing, which may be packed by gzip.
    pub(crate) fn of(bytes: &[u8]) -> Result<Self, Failure> {
        let unpacked = words::unpacked(bytes, MARKUP)?;
        drawing(&unpacked).ok_or(Failure::Broken)
    }

    /// What is not drawn of it.
    pub(crate) fn missing(&self) -> impl Iterator<Item = Done> {
        let text = self.words_missing.then_some(Done::TextMissing);
        let parts = self.parts_missing.then_some(Done::PartsMissing);
        text.into_iter().chain(parts)
    }

    /// Width and height in pixels, as it says itself.
    pub(crate) fn own_size(&self) -> (u32, u32) {
        whole(self.tree.size())
    }

    /// Width and height that it is drawn in.
    pub(crate) fn size(&self) -> (u32, u32) {
        let (width, height) = self.own_size();
        let scale = self.scale();
        let side = |v: u32| ((f64::from(v) * scale).round() as u32).max(1);
        (side(width), side(height))
    }

    fn scale(&self) -> f64 {
        let (width, height) = self.own_size();
        let (width, height) = (f64::from(width), f64::from(height));
        let pixels = (DRAWN / (width * height)).sqrt();
        pixels.min(SIDE / width.max(height)).min(1.0)
    }

    /// Would drawing it take more time or memory than there is for one picture?
    pub(crate) fn is_costly(&self) -> bool {
        let cost = cost::of(&self.tree, self.scale());
        cost.work > WORK || cost.held > HELD
    }
}

/// The drawing at its own size, on nothing.
pub(crate) fn decode(drawing: &Drawing) -> Option<DynamicImage> {
    let tree = &drawing.tree;
    let (width, height) = drawing.size();
    let mut pixels = Pixmap::new(width, height)?;
    let (sx, sy) = (
        width as f32 / tree.size().width(),
        height as f32 / tree.size().height(),
    );
    resvg::render(tree, Transform::from_scale(sx, sy), &mut pixels.as_mut());
    let mut straight = Vec::with_capacity(pixels.data().len());
    for pixel in pixels.pixels() {
        let colour = pixel.demultiply();
        straight.extend_from_slice(&[colour.red(), colour.green(), colour.blue(), colour.alpha()]);
    }
    RgbaImage::from_raw(width, height, straight).map(DynamicImage::ImageRgba8)
}

fn whole(size: resvg::usvg::Size) -> (u32, u32) {
    let side = |v: f32| (v.round() as u32).max(1);
    (side(size.width()), side(size.height()))
}

fn drawing(bytes: &[u8]) -> Option<Drawing> {
    let text = words::read(bytes)?;
    let bytes = text.as_bytes();
    if depth(bytes) > DEPTH {
        return None;
    }
    let parsing = || ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(&text, parsing()).ok()?;
    let lost = Arc::new(AtomicBool::new(missing::words(&document)));
    let parts_missing = missing::parts(&document);
    let mut options = Options {
        resources_dir: None,
        font_resolver: fonts::resolver(&lost),
        image_href_resolver: ImageHrefResolver {
            resolve_data: inline(),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    };
    if holds(bytes, b"<text") || holds(bytes, b":text") {
        options.fontdb = super::fonts::all();
    }
    let plain = styles::plain(&text, &document);
    let plain = plain.as_deref();
    let plain = plain.and_then(|plain| Document::parse_with_options(plain, parsing()).ok());
    let tree = Tree::from_xmltree(plain.as_ref().unwrap_or(&document), &options).ok()?;
    Some(Drawing {
        tree: Arc::new(tree),
        words_missing: lost.load(Ordering::Relaxed),
        parts_missing,
    })
}

/// Pictures within the drawing; a drawing within one could nest without end.
fn inline() -> resvg::usvg::ImageHrefDataResolverFn<'static> {
    let known = ImageHrefResolver::default_data_resolver();
    Box::new(move |mime, data, options| {
        let picture = matches!(
            mime,
            "image/png" | "image/jpg" | "image/jpeg" | "image/gif" | "image/webp"
        );
        let fits = match sniff(&data) {
            Sniffed::Known(format) => {
                survey::of(format, &data).is_some_and(|survey| survey.frame_pixels <= WITHIN)
            }
            _ => false,
        };
        (picture && fits)
            .then(|| known(mime, data, options))
            .flatten()
    })
}

/// How deep elements nest, about: the drawer calls itself for each, and a stack
/// that ends takes the whole program along. `usvg` stops at 1,024 by itself, for
/// which there is room; this stops most of it sooner.
fn depth(bytes: &[u8]) -> usize {
    let (mut depth, mut most) = (0_usize, 0);
    for window in bytes.windows(2) {
        match window {
            [b'<', b'/'] | [b'/', b'>'] => depth = depth.saturating_sub(1),
            [b'<', b'!' | b'?'] => {}
            [b'<', _] => {
                depth += 1;
                most = most.max(depth);
            }
            _ => {}
        }
    }
    most
}
