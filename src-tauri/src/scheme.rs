//! `attachment://localhost/<hash>`: pictures for the page, by content hash and
//! never by path; `/small/<hash>`: one in small, for lists; `/thumbnail/<id>`: the
//! small picture of an attachment.

use composer::Composer;
use history::History;
use tauri::{
    AppHandle, Manager, Runtime, UriSchemeContext, UriSchemeResponder,
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
    let app = context.app_handle().clone();
    let path = request.uri().path().trim_start_matches('/').to_owned();
    tauri::async_runtime::spawn(async move {
        responder.respond(answered(find(&app, &path).await));
    });
}

async fn find<R: Runtime>(app: &AppHandle<R>, path: &str) -> Option<(String, Vec<u8>)> {
    let composer = || app.try_state::<Composer>();
    if let Some(id) = path.strip_prefix("thumbnail/") {
        return composer()?.thumbnail(id);
    }
    if let Some(hash) = path.strip_prefix("small/") {
        let composer = composer()?.inner().clone();
        return composer.small(hash).await;
    }
    let history = app.try_state::<History>()?.inner().clone();
    history.picture(path).await.ok()?
}

/// Neither changes under its name.
fn answered(found: Option<(String, Vec<u8>)>) -> Response<Vec<u8>> {
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
