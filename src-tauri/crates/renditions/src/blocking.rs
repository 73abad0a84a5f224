//! What blocks, on threads that may.

use std::future::Future;

use protocol::{ErrorCode, IpcError};
use tokio::{runtime::Handle, task::spawn_blocking};

/// What [`blocking`] calls work on a file.
pub const WORK: &str = "Preparing this file";

/// Runs what blocks on a thread that may. `what` names it, should it end in a panic.
///
/// # Errors
/// Its own; [`ErrorCode::Internal`] when it panicked.
pub async fn blocking<T: Send + 'static>(
    what: &'static str,
    work: impl FnOnce() -> Result<T, IpcError> + Send + 'static,
) -> Result<T, IpcError> {
    spawn_blocking(work).await.unwrap_or_else(|_| {
        let message = format!("{what} stopped unexpectedly. Try again.");
        Err(IpcError::new(ErrorCode::Internal, message))
    })
}

/// Waits for a call: from within [`blocking`] only, where nothing else waits.
pub fn wait<T>(work: impl Future<Output = T>) -> T {
    Handle::current().block_on(work)
}
