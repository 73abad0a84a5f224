//! Ctrl+C, and a reader that goes.

use std::io::{BufRead, BufReader, Read};
use std::process::Child;
use std::sync::{Arc, Barrier};

use protocol::MessageState;
use rustix::process::{Pid, Signal, kill_process};

use crate::desk::{HEAD, Provider, cli, delta, home, kept, send};

/// A provider that says one line, and then nothing until the client leaves; it meets
/// the barrier then.
fn stalls() -> (Provider, Arc<Barrier>) {
    let left = Arc::new(Barrier::new(2));
    let leaves = Arc::clone(&left);
    let provider = Provider::start(move |socket, _| {
        send(socket, &format!("{HEAD}{}", delta("This much\n")));
        let _ = socket.read(&mut [0]);
        leaves.wait();
    });
    (provider, left)
}

fn first_line(child: &mut Child) -> BufReader<std::process::ChildStdout> {
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    assert!(line.contains("This much"), "{line}");
    out
}

fn interrupt(child: &Child) {
    let pid = Pid::from_child(child);
    kill_process(pid, Signal::INT).unwrap();
}

#[test]
fn ctrl_c_stops_and_what_came_is_kept() {
    let (provider, left) = stalls();
    let home = home(&provider);
    let mut child = cli(home.path())
        .args(["ask", "-m", "loop/m", "--keep", "Why?"])
        .spawn()
        .unwrap();
    let _out = first_line(&mut child);
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    left.wait();
    let expected = [
        (MessageState::Complete, "Why?".to_owned()),
        (MessageState::Stopped, "This much\n".to_owned()),
    ];
    assert_eq!(kept(home.path()), [expected.to_vec()]);
    let leftover = std::fs::read_dir(home.path()).unwrap().flatten();
    let runs = leftover.filter(|one| one.file_name().to_string_lossy().contains(".run-"));
    assert_eq!(runs.count(), 0, "the run ended and left nothing to mend");
}

#[test]
fn ctrl_c_stops_what_is_not_kept() {
    let (provider, left) = stalls();
    let home = home(&provider);
    let mut child = cli(home.path())
        .args(["ask", "-m", "loop/m", "--json", "Why?"])
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut said = String::new();
    while !said.contains("This much") {
        assert_ne!(out.read_line(&mut said).unwrap(), 0);
    }
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    left.wait();
    out.read_to_string(&mut said).unwrap();
    let last = said.lines().last().unwrap();
    assert!(last.contains(r#""outcome":"stopped""#), "{last}");
    assert!(kept(home.path()).is_empty());
}

#[test]
fn a_reader_that_goes_ends_it_quietly_and_what_came_is_kept() {
    let (left, gone) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    let (leaves, goes) = (Arc::clone(&left), Arc::clone(&gone));
    let provider = Provider::start(move |socket, _| {
        send(socket, &format!("{HEAD}{}", delta("This much\n")));
        goes.wait();
        send(socket, &delta("and more\n"));
        let _ = socket.read(&mut [0]);
        leaves.wait();
    });
    let home = home(&provider);
    let mut child = cli(home.path())
        .args(["ask", "-m", "loop/m", "--keep", "Why?"])
        .spawn()
        .unwrap();
    drop(first_line(&mut child));
    gone.wait();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    left.wait();
    let expected = [
        (MessageState::Complete, "Why?".to_owned()),
        (MessageState::Stopped, "This much\nand more\n".to_owned()),
    ];
    assert_eq!(kept(home.path()), [expected.to_vec()]);
}

#[test]
fn ctrl_c_stops_also_where_nobody_reads() {
    let (sent, left) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    let (sends, leaves) = (Arc::clone(&sent), Arc::clone(&left));
    // More than sockets hold, so that what was heard of it is more than a pipe holds.
    let part = "This much\n".repeat(6_000);
    let provider = Provider::start(move |socket, _| {
        send(socket, HEAD);
        for _ in 0..200 {
            send(socket, &delta(&part));
        }
        sends.wait();
        let _ = socket.read(&mut [0]);
        leaves.wait();
    });
    let home = home(&provider);
    let mut child = cli(home.path())
        .args(["ask", "-m", "loop/m", "Why?"])
        .spawn()
        .unwrap();
    sent.wait();
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    left.wait();
}
