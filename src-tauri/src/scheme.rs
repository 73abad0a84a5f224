//! `attachment://localhost/<hash>`: pictures for the page, by content hash and
//! never by path.

use history::History;
use tauri::{
    Manager, Runtime, UriSchemeContext, UriSchemeResponder,
    http::{Request, Response, StatusCode, header},
};

/// Name of the scheme; `http://attachment.localhost/` on Windows.
pub const NAME: &str = "attachment";

/// Answers a request of the page for a picture.
pub fn answer<R: Runtime>(
    context: UriSchemeContext<'_, R>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let history = context
        .app_handle()
        .try_state::<History>()
        .map(|state| state.inner().clone());
    let hash = request.uri().path().trim_start_matches('/').to_owned();
    tauri::async_runtime::spawn_blocking(move || responder.respond(picture(history, &hash)));
}

fn picture(history: Option<History>, hash: &str) -> Response<Vec<u8>> {
    let found = history.and_then(|history| history.picture(hash).ok().flatten());
    let Some((mime, bytes)) = found else {
        let mut missing = Response::new(Vec::new());
        *missing.status_mut() = StatusCode::NOT_FOUND;
        return missing;
    };
    let built = Response::builder()
        .header(header::CONTENT_TYPE, mime)
        .header(
            header::CACHE_CONTROL,
            "private, max-age=31536000, immutable",
        )
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .body(bytes);
    built.unwrap_or_default()
}
