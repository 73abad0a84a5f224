//! Places on the screen.

/// A point of the screen, in pixels from its upper left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// To the right.
    pub x: i16,
    /// Down.
    pub y: i16,
}

/// Where a window is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rect {
    /// Its upper left corner.
    pub origin: Point,
    /// Pixels across.
    pub width: u16,
    /// Pixels down.
    pub height: u16,
}

impl Rect {
    /// Its middle.
    pub fn center(&self) -> Point {
        let half = |size: u16| i16::try_from(size / 2).unwrap_or(i16::MAX);
        Point {
            x: self.origin.x + half(self.width),
            y: self.origin.y + half(self.height),
        }
    }
}
