//! Asks the person by a dialog of the system's, over the window: the page neither sees
//! it nor can answer it. Nothing waits for it: the page goes on meanwhile.

#[cfg(target_os = "linux")]
mod gtk_dialog;
#[cfg(not(target_os = "linux"))]
mod system_dialog;

use consent::{Answer, Confirm, Question};
use protocol::Language;
use settings::Preferences;
use tauri::{AppHandle, Manager, Runtime};
use tokio::sync::oneshot;

#[cfg(target_os = "linux")]
use self::gtk_dialog::show;
#[cfg(not(target_os = "linux"))]
use self::system_dialog::show;

/// Asks over the window of this app.
pub struct Dialogs<R: Runtime>(pub AppHandle<R>);

impl<R: Runtime> Confirm for Dialogs<R> {
    fn confirm(&self, question: Question) -> Answer {
        let preferences = self.0.try_state::<Preferences>();
        let language = preferences.map_or(Language::English, |all| all.language()());
        let (tell, told) = oneshot::channel();
        show(&self.0, question.words(language), tell);
        // A dialog that is gone without an answer allowed nothing.
        Box::pin(async { told.await.unwrap_or(false) })
    }
}
