//! From a drop to what is seen of it, beside the time that the picture itself takes.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use images::Limits;
use serde_json::{Value, json};
use tests::desktop::Keyring;
use tests::drag::Drag;
use tests::pictures::{encode, photo, screenshot};
use tests::stage::{Stage, play};
use tests::steps::wait_attachments;
use tests::wait;
use tests::window::Window;

use crate::figures::median;

/// What a drop may take beside the picture's own time: a part of that, and this.
const SHARE: f64 = 1.2;
const BESIDE: f64 = 50.0;

/// Width and height of the pictures: 12 megapixels.
const SIZE: (u32, u32) = (4032, 3024);

/// Between two measurements: what was dropped is put away.
const SETTLE: Duration = Duration::from_millis(400);

/// Notes when the first small picture is there and when the card says `ready`, as
/// milliseconds since the epoch.
const WATCH: &str = r"
    window.benchDrop = {}
    const now = () => performance.timeOrigin + performance.now()
    const card = '[data-testid=attachment]'
    // A picture's load does not reach the window.
    document.addEventListener('load', ({ target }) => {
        if (target.closest?.(card)) window.benchDrop.thumbnail ??= now()
    }, true)
    const look = () => {
        if (document.querySelector(card + '[data-state=ready]')) window.benchDrop.ready ??= now()
    }
    new MutationObserver(look)
        .observe(document.body, { subtree: true, childList: true, attributes: true })
";

/// Milliseconds of one kind of file.
pub struct Drops {
    kind: &'static str,
    /// From the drop, as its source sends it, to the small picture in the page.
    thumbnail: f64,
    /// From the drop to `ready` in the page.
    ready: f64,
    /// The file read and fitted to the same limits by the crate alone.
    own: f64,
}

impl Drops {
    pub fn print(&self) {
        let Self {
            kind,
            thumbnail,
            ready,
            own,
        } = self;
        let goal = SHARE * own + BESIDE;
        let is = if *ready <= goal { "held" } else { "MISSED" };
        println!(
            "drop of a {kind:<16}  {thumbnail:6.0} ms to its small picture, {ready:.0} ms to ready; \
             the crate alone {own:.0} ms: at most {goal:.0} ms, {is}"
        );
    }

    pub fn json(&self) -> Value {
        json!({
            "kind": self.kind, "thumbnail_ms": self.thumbnail, "ready_ms": self.ready,
            "own_ms": self.own, "goal_ms": SHARE * self.own + BESIDE,
        })
    }
}

/// Drops new files of each kind onto the app, and fits them without it, in turn.
///
/// # Errors
/// When a step fails.
pub fn drops(runs: usize) -> Result<Vec<Drops>> {
    let mut measured = Vec::new();
    play("bench-drops", Keyring::Unlocked, |stage| {
        let window = stage.open()?;
        window.script(WATCH, &[])?;
        for (kind, ending) in [("12 MP JPEG", "jpg"), ("12 MP PNG", "png")] {
            measured.push(of_kind(stage, &window, kind, ending, runs)?);
        }
        Ok(())
    })?;
    Ok(measured)
}

fn of_kind(
    stage: &Stage,
    window: &Window,
    kind: &'static str,
    ending: &str,
    runs: usize,
) -> Result<Drops> {
    let mut seen: Vec<[f64; 3]> = Vec::new();
    // The first of each kind only warms the machine.
    for run in 0..=runs {
        // Never the same twice: the app knows what it has seen.
        let seed = u32::try_from(run)?;
        let (width, height) = SIZE;
        let bytes = match ending {
            "jpg" => encode(&photo(width, height, seed), image::ImageFormat::Jpeg)?,
            _ => encode(&screenshot(width, height, seed), image::ImageFormat::Png)?,
        };
        let path = stage.desktop.path(&format!("{run}.{ending}"));
        fs::write(&path, bytes)?;
        window.script("window.benchDrop = {}", &[])?;
        let drag = Drag::files(&stage.desktop, &[&path])?;
        drag.over(window.rect()?.center())?;
        std::thread::sleep(SETTLE);
        let dropped = drag.drop_at()?;
        let [thumbnail, ready] = wait::until("both to be seen", || {
            let seen = window.script("return window.benchDrop", &[])?;
            let at = |name| Some(seen.get(name)?.as_f64()? - dropped);
            Ok(at("thumbnail").zip(at("ready")).map(<[f64; 2]>::from))
        })?;
        window.part("attachment-remove").click()?;
        wait_attachments(window, "ready", 0)?;
        std::thread::sleep(SETTLE);
        let limits = Limits::default();
        let before = Instant::now();
        let (name, bytes) = images::read(&path, &limits)?;
        images::prepare(&name, &bytes, &limits)?;
        let own = before.elapsed().as_secs_f64() * 1e3;
        if run > 0 {
            seen.push([thumbnail, ready, own]);
        }
        fs::remove_file(&path).context("the file that was dropped")?;
    }
    let middle = |at: usize| median(seen.iter().filter_map(|times| times.get(at).copied()));
    Ok(Drops {
        kind,
        thumbnail: middle(0),
        ready: middle(1),
        own: middle(2),
    })
}
