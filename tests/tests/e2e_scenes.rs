//! Every screen of the page in the engine that shows it, light and dark, held
//! against the rules of axe-core: what cannot be read, reached or named.
//!
//! The page stands on its fake of the shell, so each state is there at once; the
//! browser is WebKitGTK's own, which comes with the library.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use tests::desktop::Keyring;
use tests::site::Site;
use tests::stage::play;
use tests::wait;
use tests::window::{App, Window};

/// Where WebKitGTK keeps its small browser.
const BROWSERS: &[&str] = &[
    "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/libexec/webkit2gtk-4.1/MiniBrowser",
    "/usr/lib/webkit2gtk-4.1/MiniBrowser",
];

const FIRST: &str = "[data-testid=conversation] button";
const SETTINGS: &str = "[data-testid=settings]";

/// What is opened in a scene, click by click, beside the scenes themselves.
const OPENED: &[(&str, &[&str])] = &[
    ("many", &[SETTINGS]),
    ("manykeys", &[SETTINGS, "[data-testid=provider-models]"]),
    ("manykeys", &[SETTINGS, "[data-testid=provider-more]"]),
    ("manykeys", &[SETTINGS, "[data-testid=provider-add]"]),
    ("manykeys", &[SETTINGS, "[data-testid=key-test]"]),
    ("nokeyring", &[SETTINGS]),
    ("locked", &[SETTINGS]),
    ("orphans", &[SETTINGS]),
    ("chat", &[SETTINGS, "[data-testid=tab-general]"]),
    ("chat", &[SETTINGS, "[data-testid=tab-network]"]),
    (
        "chat",
        &[
            SETTINGS,
            "[data-testid=tab-network]",
            "[data-testid=proxy] [value=manual]",
        ],
    ),
    ("chat", &[SETTINGS, "[data-testid=tab-data]"]),
    ("chat", &[SETTINGS, "[data-testid=tab-about]"]),
    ("empty", &["[data-testid=model-picker]"]),
    ("many", &["[data-testid=model-picker]"]),
    ("params", &[FIRST, "[data-testid=parameters]"]),
    (
        "error:parameter_refused",
        &[FIRST, "[data-testid=parameters]"],
    ),
    ("chat", &[FIRST, "[data-testid=message-picture] button"]),
    ("tall", &["[data-testid=attachment] button"]),
    ("chat", &["[data-testid=conversation] [aria-haspopup=menu]"]),
    (
        "chat",
        &[
            "[data-testid=conversation] [aria-haspopup=menu]",
            "[role=menuitem]:last-child",
        ],
    ),
    ("chat", &[FIRST, "[data-testid=message-reasoning] button"]),
];

/// Waits until the page can be used, opens what is asked for, and waits until all
/// of it stands still. Answers with what it did not find.
const OPEN: &str = r"
const [steps, done] = arguments;
const until = async (found) => {
  const end = Date.now() + 20000;
  for (let what = found(); ; what = found()) {
    if (what || Date.now() > end) return what;
    await new Promise((go) => setTimeout(go, 20));
  }
};
const still = async () => {
  await new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)));
  const ends = document.getAnimations().filter((one) => {
    const { endTime } = one.effect.getComputedTiming();
    return one.playState === 'running' && Number.isFinite(endTime);
  });
  await Promise.allSettled(ends.map((one) => one.finished));
};
(async () => {
  if (!(await until(() => document.querySelector('.app.known')))) return done('the page');
  for (const step of steps) {
    const part = await until(() => document.querySelector(step));
    if (!part) return done(step);
    part.click();
    await still();
  }
  await still();
  done(null);
})();
";

/// Answers with a line for each finding: the rule, where, and why.
const LOOK: &str = r"
const done = arguments[arguments.length - 1];
axe.run(document, { resultTypes: ['violations'] }).then(
  ({ violations }) =>
    done(
      violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) =>
          `${id} at ${target.join(' ')}: ${failureSummary.split('\n').slice(1).join(' ').trim()}`),
      ),
    ),
  (error) => done([String(error)]),
);
";

fn ui(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../ui")
        .join(path)
}

/// WebKitGTK's own browser, to be driven.
fn browser() -> Result<App> {
    let binary = BROWSERS
        .iter()
        .map(PathBuf::from)
        .find(|path| path.is_file())
        .context("WebKitGTK's MiniBrowser is missing; it comes with libwebkit2gtk-4.1-0")?;
    Ok(App {
        binary,
        args: vec!["--automation".to_owned()],
        env: Vec::new(),
    })
}

/// The findings on one screen.
fn look(window: &Window, axe: &str, url: &str, steps: &[&str]) -> Result<Vec<String>> {
    let session = window.session();
    session.go(url)?;
    let missing = session.execute_async(OPEN, &[json!(steps)])?;
    ensure!(missing.is_null(), "{url} has no {missing}");
    session.execute(axe, &[])?;
    let found = session.execute_async(LOOK, &[])?;
    Ok(serde_json::from_value(found)?)
}

/// All screens in one theme and language.
fn all_screens(theme: &str, language: &str) -> Result<()> {
    let name = format!("scenes-{theme}-{language}");
    let axe = fs::read_to_string(ui("node_modules/axe-core/axe.min.js"))
        .context("axe-core is missing; cargo xtask test installs it")?;
    play(&name, Keyring::Absent, |stage| {
        let site = Site::serve(&ui("dist-fake"))?;
        let window = stage.open_app(&browser()?)?;
        window.session().resize(1200, 900)?;
        window.session().go(&site.url(""))?;
        let scenes = wait::until("the fake to name its scenes", || {
            let named = window.script("return window.scenes ?? null", &[])?;
            Ok(serde_json::from_value::<Option<Vec<String>>>(named)?)
        })?;
        ensure!(scenes.len() > 30, "the fake names its scenes: {scenes:?}");
        let has_talk = |scene: &str| !matches!(scene, "empty" | "fresh" | "many" | "manykeys");
        let plain = scenes.iter().map(|scene| {
            let steps: &[&str] = match scene.as_str() {
                // What is dragged over the window comes a moment after the page.
                "drop" => &[".drop"],
                name if has_talk(name) => &[FIRST],
                _ => &[],
            };
            (scene.as_str(), steps)
        });
        let mut findings = Vec::new();
        for (scene, steps) in plain.chain(OPENED.iter().copied()) {
            let url = site.url(&format!(
                "?scene={scene}&lang={language}&theme={theme}&pace=0"
            ));
            for finding in look(&window, &axe, &url, steps)? {
                findings.push(format!("{scene} {steps:?}: {finding}"));
            }
        }
        assert_eq!(findings, Vec::<String>::new(), "{theme}, {language}");
        Ok(())
    })
}

#[test]
fn every_light_screen_can_be_read_reached_and_named() -> Result<()> {
    all_screens("light", "en")
}

#[test]
fn every_dark_screen_can_be_read_reached_and_named() -> Result<()> {
    all_screens("dark", "zh-CN")
}

/// The rules find what is wrong: else a run without a finding would say nothing.
#[test]
fn what_is_wrong_is_found() -> Result<()> {
    let axe = fs::read_to_string(ui("node_modules/axe-core/axe.min.js"))?;
    play("scenes-wrong", Keyring::Absent, |stage| {
        let site = Site::serve(&ui("dist-fake"))?;
        let window = stage.open_app(&browser()?)?;
        let url = site.url("?scene=empty&theme=light");
        assert_eq!(look(&window, &axe, &url, &[])?, Vec::<String>::new());
        let spoil = "document.querySelector('h1').style.color = '#ccc';
                     document.querySelector('[data-testid=attach]').removeAttribute('aria-label');";
        window.script(spoil, &[])?;
        let found = window.session().execute_async(LOOK, &[])?;
        let rules: Vec<&str> = found
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .filter_map(|finding| finding.split(' ').next())
            .collect();
        assert_eq!(rules, ["button-name", "color-contrast"]);
        Ok(())
    })
}
