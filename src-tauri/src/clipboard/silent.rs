/// Whoever owns the clipboard does not answer.
pub struct Silent;
