//! Waiting for a provider: as long as it may be silent, and no longer than makes sense
//! after the computer slept, when the connection is dead and nobody says so.

use std::future::Future;
use std::pin::pin;
use std::time::{Duration, Instant};

use tokio::time::{sleep, timeout};

/// How long to wait. There is no limit to an answer as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection, TLS included; 15 s by default.
    pub connect: Duration,
    /// For any byte, of the request or the answer, comments included; 300 s by
    /// default: thinking models are silent for long.
    pub idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            idle: Duration::from_secs(300),
        }
    }
}

/// Between two looks at whether the computer slept.
const LOOK: Duration = Duration::from_secs(2);

/// A sleep shorter than this is none: clocks are set by less.
pub(crate) const NAP: Duration = Duration::from_secs(5);

/// After a sleep a connection that lives says something within this.
const AWAKE: Duration = Duration::from_secs(15);

/// Nothing came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Late {
    /// For as long as it may be silent. What the computer slept does not count.
    Silent,
    /// After the computer slept.
    Slept,
}

/// How long the computer has slept, counted from anywhere.
pub(crate) trait Sleep {
    /// Grows by each sleep.
    fn slept(&self) -> Duration;
}

/// The clocks of the system: one stops in a sleep, the other does not. `Instant` stops
/// on Linux (`CLOCK_MONOTONIC`) and macOS (`mach_absolute_time`); on Windows it goes on,
/// and the limit of silence counts.
#[derive(Debug)]
pub(crate) struct Clocks {
    awake: Instant,
    all: Always,
}

impl Clocks {
    pub fn new() -> Self {
        Self {
            awake: Instant::now(),
            all: Always::now(),
        }
    }
}

impl Sleep for Clocks {
    fn slept(&self) -> Duration {
        self.all.elapsed().saturating_sub(self.awake.elapsed())
    }
}

/// A clock that goes on in a sleep. Linux has one that nobody sets; elsewhere it is
/// that of the wall.
#[cfg(target_os = "linux")]
#[derive(Debug)]
struct Always(Duration);

#[cfg(target_os = "linux")]
impl Always {
    fn now() -> Self {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        let seconds = u64::try_from(now.tv_sec).unwrap_or_default();
        let nanos = u32::try_from(now.tv_nsec).unwrap_or_default();
        Self(Duration::new(seconds, nanos))
    }

    fn elapsed(&self) -> Duration {
        Self::now().0.saturating_sub(self.0)
    }
}

#[cfg(not(target_os = "linux"))]
#[derive(Debug)]
struct Always(std::time::SystemTime);

#[cfg(not(target_os = "linux"))]
impl Always {
    fn now() -> Self {
        Self(std::time::SystemTime::now())
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed().unwrap_or_default()
    }
}

/// Waits for something of a connection, for `idle` at most, or until shortly after a
/// sleep.
pub(crate) async fn within<T>(
    idle: Duration,
    clock: &impl Sleep,
    work: impl Future<Output = T>,
) -> Result<T, Late> {
    let mut work = pin!(work);
    let before = clock.slept();
    let mut left = idle;
    while left > Duration::ZERO {
        let look = left.min(LOOK);
        if let Ok(done) = timeout(look, &mut work).await {
            return Ok(done);
        }
        left -= look;
        if clock.slept().saturating_sub(before) >= NAP {
            let last = left.min(AWAKE);
            return tokio::select! {
                biased;
                done = &mut work => Ok(done),
                () = sleep(last) => Err(Late::Slept),
            };
        }
    }
    Err(Late::Silent)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::pending;

    use super::*;

    struct Slept(Cell<Duration>);

    impl Sleep for Slept {
        fn slept(&self) -> Duration {
            self.0.get()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_sleep_ends_the_wait_soon_and_silence_when_its_time_is_over() {
        let (idle, clock) = (Duration::from_secs(300), Slept(Cell::default()));
        let begun = tokio::time::Instant::now();
        let late = within(idle, &clock, pending::<()>()).await;
        assert_eq!((late, begun.elapsed()), (Err(Late::Silent), idle));

        let begun = tokio::time::Instant::now();
        let sleeps = async {
            sleep(Duration::from_secs(60)).await;
            clock.0.set(Duration::from_secs(3600));
            pending::<()>().await;
        };
        assert_eq!(within(idle, &clock, sleeps).await, Err(Late::Slept));
        assert!(begun.elapsed() < Duration::from_secs(80));

        // One that goes on after the sleep goes on; a clock that is set by little is none.
        let goes_on = async {
            clock.0.set(Duration::from_secs(7200));
            sleep(Duration::from_secs(10)).await;
        };
        assert_eq!(within(idle, &clock, goes_on).await, Ok(()));
        let set = async {
            clock.0.set(Duration::from_secs(7202));
            sleep(Duration::from_secs(200)).await;
        };
        assert_eq!(within(idle, &clock, set).await, Ok(()));
    }
}
