//! What the services keep, and what they ask of whoever keeps it.
//!
//! [`KeyRows`], [`ModelRows`] and [`Blobs`] are implemented by the history, which
//! keeps everything in its home, and by [`Memory`], which keeps it for this run.

mod blobs;
mod keys;
mod memory;
mod models;
mod parts;

use std::{future::Future, pin::Pin};

pub use blobs::{Blobs, Bytes, Rendition};
pub use keys::{KeyChange, KeyRow, KeyRows};
pub use memory::Memory;
pub use models::{ModelChange, ModelRow, ModelRows, ProviderRows, ProviderState};
pub use parts::Part;
use protocol::IpcError;

/// The answer of whoever keeps it. What was asked is carried out even if nobody
/// waits for it.
pub type Reply<T> = Pin<Box<dyn Future<Output = Result<T, IpcError>> + Send>>;

/// Is given the rows as they are after a change, where the change is made: the last
/// change is the last to be seen. It is dropped where the change fails.
pub type Seen<T> = Box<dyn FnOnce(T) + Send>;

/// The time now, in milliseconds since the Unix epoch.
pub fn now() -> protocol::Millis {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| {
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        })
}
