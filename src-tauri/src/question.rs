//! A question by the system's dialog, for what the page cannot or may not ask.

use gtk::prelude::{DialogExt, GtkWindowExt, IsA, MessageDialogExt};
use gtk::{ButtonsType, DialogFlags, MessageDialog, MessageType, ResponseType, Window};

/// What is asked, and the two answers.
pub struct Question<'a> {
    /// In a line.
    pub title: &'a str,
    /// The rest.
    pub text: &'a str,
    /// The answer whose response is [`ResponseType::Cancel`]. Escape has another.
    pub no: &'a str,
    /// The answer whose response is [`ResponseType::Accept`].
    pub yes: &'a str,
}

impl Question<'_> {
    /// The dialog, over a window where there is one; not yet shown.
    pub fn dialog(&self, parent: Option<&impl IsA<Window>>) -> MessageDialog {
        let flags = DialogFlags::MODAL | DialogFlags::DESTROY_WITH_PARENT;
        let kind = MessageType::Warning;
        let dialog = MessageDialog::new(parent, flags, kind, ButtonsType::None, self.title);
        dialog.set_secondary_text(Some(self.text));
        dialog.set_title("Dragoman");
        dialog.add_button(self.no, ResponseType::Cancel);
        dialog.add_button(self.yes, ResponseType::Accept);
        dialog.set_default_response(ResponseType::Cancel);
        dialog
    }
}
