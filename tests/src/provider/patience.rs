use std::time::Duration;

/// How long a blocked writer waits before it looks whether its client is there.
pub const LOOK: Duration = Duration::from_millis(50);
