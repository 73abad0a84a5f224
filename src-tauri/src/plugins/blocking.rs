use protocol::{ErrorCode, IpcError};
use tauri::async_runtime;

/// Runs what waits for a person or a disk.
///
/// # Errors
/// The work's own, or that it panicked.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, IpcError> + Send + 'static,
) -> Result<T, IpcError> {
    let done = async_runtime::spawn_blocking(work).await;
    done.unwrap_or_else(|_| {
        Err(IpcError::new(
            ErrorCode::Internal,
            "This stopped unexpectedly. Try again.",
        ))
    })
}
