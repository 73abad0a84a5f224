//! Files that hold no pixels but say what is to be drawn.

use std::time::Duration;

use super::pdf::page::Page;
use super::svg::Drawing;

/// What was read of one.
#[derive(Debug, Clone)]
pub(crate) enum Drawn {
    /// An SVG, and what reading it took: what is left is to draw it.
    Svg(Drawing, Duration),
    /// The first page of a PDF, drawn.
    Page(Page),
}
