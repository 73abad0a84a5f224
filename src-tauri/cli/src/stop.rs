//! Ctrl+C, and the system's other words for it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::watch;

/// Tells that this process is to stop. Cheap to clone; clones are one.
#[derive(Clone)]
pub struct Stop {
    told: watch::Receiver<Option<u8>>,
    /// A question is being asked: who asks it sees to the rest.
    asking: Arc<AtomicBool>,
}

impl Stop {
    /// Listens from now on: the first SIGINT, SIGTERM or SIGHUP is told, the second
    /// ends the process. Where there are no signals the system ends it.
    pub fn listen() -> Self {
        let (tell, told) = watch::channel(None);
        #[cfg(unix)]
        listen(tell);
        #[cfg(not(unix))]
        drop(tell);
        Self {
            told,
            asking: Arc::default(),
        }
    }

    /// From now on it is for who asks.
    pub fn asking(&self) {
        self.asking.store(true, Ordering::Relaxed);
    }

    /// Waits for it while nothing is being asked; the code to exit with.
    pub async fn unasked(&mut self) -> u8 {
        let code = self.asked().await;
        if self.asking.load(Ordering::Relaxed) {
            return std::future::pending().await;
        }
        code
    }

    /// Waits for it; the code to exit with.
    pub async fn asked(&mut self) -> u8 {
        match self.told.wait_for(Option::is_some).await.map(|code| *code) {
            Ok(Some(code)) => code,
            _ => std::future::pending().await,
        }
    }
}

#[cfg(unix)]
fn listen(tell: watch::Sender<Option<u8>>) {
    use signal_hook::{
        consts::{SIGHUP, SIGINT, SIGTERM},
        iterator::Signals,
    };
    // Where it cannot be heard the system ends the process.
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM, SIGHUP]) else {
        return;
    };
    std::thread::spawn(move || {
        for signal in signals.forever() {
            // As a shell tells that a signal ended it.
            let code = u8::try_from(128 + signal).unwrap_or(u8::MAX);
            if tell.send_replace(Some(code)).is_some() {
                std::process::exit(code.into());
            }
        }
    });
}
