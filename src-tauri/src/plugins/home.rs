use std::path::PathBuf;

use app::Home;
use protocol::{ErrorCode, IpcError};

/// Where everything is kept.
pub fn data(home: &Home) -> Result<PathBuf, IpcError> {
    home.data().ok_or_else(|| {
        IpcError::new(
            ErrorCode::Internal,
            "The system names no folder for data. Set DRAGOMAN_HOME to one.",
        )
    })
}
