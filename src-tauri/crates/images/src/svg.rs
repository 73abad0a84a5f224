//! SVG, drawn by `resvg`: no file and no address is opened, no script is run.

use std::sync::{Arc, OnceLock};

use image::{DynamicImage, RgbaImage};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{ImageHrefResolver, Options, Tree, fontdb};

use crate::raw::holds;

/// Markup that is read at most; a drawing of more is a map or a bomb.
const MARKUP: usize = 16 << 20;
/// Elements within elements.
const DEPTH: usize = 256;

/// Width and height in pixels, as the drawing says itself.
pub(crate) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    Some(whole(tree(bytes)?.size()))
}

/// The drawing at its own size, on nothing.
pub(crate) fn decode(bytes: &[u8]) -> Option<DynamicImage> {
    let tree = tree(bytes)?;
    let (width, height) = whole(tree.size());
    let mut pixels = Pixmap::new(width, height)?;
    let (sx, sy) = (
        width as f32 / tree.size().width(),
        height as f32 / tree.size().height(),
    );
    resvg::render(&tree, Transform::from_scale(sx, sy), &mut pixels.as_mut());
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

fn tree(bytes: &[u8]) -> Option<Tree> {
    if bytes.len() > MARKUP || depth(bytes) > DEPTH {
        return None;
    }
    let mut options = Options {
        resources_dir: None,
        image_href_resolver: ImageHrefResolver {
            resolve_data: inline(),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    };
    if holds(bytes, b"<text") || holds(bytes, b":text") {
        options.fontdb = fonts();
    }
    Tree::from_data(bytes, &options).ok()
}

/// Pictures within the drawing; a drawing within one could nest without end.
fn inline() -> resvg::usvg::ImageHrefDataResolverFn<'static> {
    let known = ImageHrefResolver::default_data_resolver();
    Box::new(move |mime, data, options| {
        let picture = matches!(
            mime,
            "image/png" | "image/jpg" | "image/jpeg" | "image/gif" | "image/webp"
        );
        picture.then(|| known(mime, data, options)).flatten()
    })
}

/// The system's fonts, looked up once, when the first drawing with words comes.
fn fonts() -> Arc<fontdb::Database> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    Arc::clone(FONTS.get_or_init(|| {
        let mut fonts = fontdb::Database::new();
        fonts.load_system_fonts();
        Arc::new(fonts)
    }))
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
