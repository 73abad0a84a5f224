//! Backups of the home that is open.

use std::path::Path;

use backup::{Folder, Made, Progress, Source, State, Why};
use protocol::dates::now;
use protocol::{
    BackupDone, BackupFailure, BackupSchedule, BackupState, ErrorCode, IpcError, Millis, Settings,
};

use crate::App;

const HOUR: Millis = 60 * 60 * 1000;
const DAY: Millis = 24 * HOUR;

impl App {
    /// Makes a backup of the home in a folder, and notes how it went in the home. Blocking.
    ///
    /// # Errors
    /// [`ErrorCode::Backup`].
    pub fn back_up(
        &self,
        home: &Path,
        settings: &Settings,
        folder: &Path,
        version: &str,
        goes_on: &mut dyn FnMut(Progress) -> bool,
    ) -> Result<Made, IpcError> {
        let mut state = State::read(home);
        if !self.history.is_kept() {
            let message = "Nothing is kept in this session, so there is nothing to back up.";
            return Err(IpcError::new(ErrorCode::Backup, message).arg("why", "no_home"));
        }
        let made = Folder::for_home(folder, home).and_then(|folder| {
            let source = Source {
                history: &self.history,
                home,
                settings,
                app: version,
                id: &state.home,
            };
            backup::make(&folder, &source, now(), goes_on)
        });
        match &made {
            Ok(made) => state.made(made, folder),
            // The person knows.
            Err(error) if error.why == Why::Stopped => {}
            Err(error) => state.failed(now(), error.clone().into()),
        }
        // How it went is told, whether or not it can be noted.
        let _ = state.write(home);
        Ok(made?)
    }

    /// Can a backup be brought back? Asked before the person is.
    ///
    /// # Errors
    /// [`ErrorCode::Backup`]: another process uses the home.
    pub fn may_restore(&self, home: &Path) -> Result<(), IpcError> {
        match self.history.is_kept() && !self.history.is_shared() {
            true => Ok(()),
            false => Err(backup::Error::new(home, Why::HomeInUse).into()),
        }
    }
}

/// How the backups of a home stand. Blocking.
pub fn backup_state(home: &Path) -> BackupState {
    let State { last, failure, .. } = State::read(home);
    BackupState {
        last: last.map(|last| BackupDone {
            at: last.at,
            folder: last.folder.display().to_string(),
            bytes: last.bytes,
            written: last.written,
            lost: last.lost,
        }),
        failure: failure.map(|failure| BackupFailure {
            at: failure.at,
            error: failure.error,
        }),
        running: None,
    }
}

/// Is it time for a backup? One that failed is tried again after an hour.
pub fn is_backup_due(schedule: BackupSchedule, state: &BackupState, at: Millis) -> bool {
    let period = match schedule {
        BackupSchedule::Off => return false,
        BackupSchedule::Daily => DAY,
        BackupSchedule::Weekly => 7 * DAY,
    };
    // A clock that was set back is no reason to wait for years.
    let is_past = |then: Millis, long: Millis| then > at || at - then >= long;
    let last = state
        .last
        .as_ref()
        .is_none_or(|last| is_past(last.at, period));
    let failed = &state.failure;
    last && failed
        .as_ref()
        .is_none_or(|failed| is_past(failed.at, HOUR))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_was_missed_is_due_and_one_that_failed_again_after_an_hour() {
        let at = 1_795_883_405_000;
        let mut state = BackupState::default();
        let due = |schedule, state: &BackupState| is_backup_due(schedule, state, at);
        let (off, daily, weekly) = (
            BackupSchedule::Off,
            BackupSchedule::Daily,
            BackupSchedule::Weekly,
        );
        assert!(!due(off, &state) && due(daily, &state) && due(weekly, &state));
        let done = |before: Millis| {
            Some(BackupDone {
                at: at - before,
                folder: String::new(),
                bytes: 0,
                written: 0,
                lost: 0,
            })
        };
        for (before, is_daily, is_weekly) in [
            (0, false, false),
            (DAY - 1, false, false),
            (DAY, true, false),
            (7 * DAY, true, true),
            (300 * DAY, true, true),
            // By a clock that was wrong then.
            (-9_000 * DAY, true, true),
        ] {
            state.last = done(before);
            assert_eq!(
                (due(daily, &state), due(weekly, &state)),
                (is_daily, is_weekly)
            );
        }
        let error = IpcError::new(ErrorCode::Backup, "");
        for (before, is_due) in [(HOUR - 1, false), (HOUR, true)] {
            let (at, error) = (at - before, error.clone());
            state.failure = Some(BackupFailure { at, error });
            assert_eq!(due(daily, &state), is_due);
        }
    }
}
