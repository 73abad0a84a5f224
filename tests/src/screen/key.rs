//! The keys that tests press.

/// Keys of a keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// Return.
    Enter,
    /// Esc.
    Escape,
    /// Tabulator.
    Tab,
    /// Shift, left.
    Shift,
    /// Control, left.
    Control,
    /// Alt, left.
    Alt,
    /// The arrow upwards.
    Up,
    /// The arrow to the left.
    Left,
    /// The arrow to the right.
    Right,
    /// A letter or digit of the Latin alphabet.
    Char(char),
}
