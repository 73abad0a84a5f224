//! `read`: whatever a drop may name.

use std::fs;
use std::path::Path;

use images::{Error, Limits, read};
use protocol::{ErrorCode, IpcError};

use crate::fixtures::{flat, png};

fn refused(path: &Path) -> Error {
    read(path, &Limits::default()).unwrap_err()
}

fn code(error: &Error) -> ErrorCode {
    IpcError::from(error.clone()).code
}

#[test]
fn reads_a_file_with_any_name() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("假期 photo 1.png");
    let bytes = png(flat(2, 2, [1, 2, 3]));
    fs::write(&path, &bytes).unwrap();
    assert_eq!(
        read(&path, &Limits::default()),
        Ok(("假期 photo 1.png".into(), bytes))
    );
}

#[test]
fn refuses_what_is_not_there() {
    let dir = tempfile::tempdir().unwrap();
    let gone = dir.path().join("gone.png");
    fs::write(&gone, b"x").unwrap();
    fs::remove_file(&gone).unwrap();
    for path in [
        gone.as_path(),
        Path::new("relative.png"),
        Path::new("otherhost/etc/passwd"),
        Path::new("../../etc/passwd"),
        Path::new(""),
        &dir.path().join("a\0b"),
        &dir.path().join("x".repeat(300)),
    ] {
        let error = refused(path);
        let known = matches!(error, Error::NotFound { .. } | Error::NotReadable { .. });
        assert!(known, "{path:?}: {error:?}");
        assert!(!error.to_string().is_empty());
    }
    let error = refused(&gone);
    assert_eq!(code(&error), ErrorCode::FileNotFound);
    assert!(error.to_string().contains("gone.png"), "{error}");
}

#[test]
fn refuses_a_folder_and_an_empty_file() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(code(&refused(dir.path())), ErrorCode::IsFolder);
    assert_eq!(code(&refused(Path::new("/"))), ErrorCode::IsFolder);
    let empty = dir.path().join("empty.jpg");
    fs::write(&empty, b"").unwrap();
    assert_eq!(
        refused(&empty),
        Error::Empty {
            name: "empty.jpg".into()
        }
    );
}

#[test]
fn refuses_more_bytes_than_the_limit_and_takes_as_many() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("big.bin");
    fs::write(&path, vec![7; 101]).unwrap();
    let limits = |file_bytes| Limits {
        file_bytes,
        ..Limits::default()
    };
    let error = read(&path, &limits(100)).unwrap_err();
    assert_eq!(
        error,
        Error::TooLarge {
            name: "big.bin".into(),
            bytes: 101,
            limit: 100
        }
    );
    assert!(read(&path, &limits(101)).is_ok());
    // Never read: a file of a terabyte that holds nothing.
    let path = dir.path().join("sparse.bin");
    fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
    assert_eq!(code(&refused(&path)), ErrorCode::FileTooLarge);
}

#[test]
fn a_link_from_a_browser_names_its_host() {
    let error = refused(Path::new(
        "https://user:secret@pics.example.com/cat.png?key=secret",
    ));
    assert_eq!(
        error,
        Error::LinkNotRead {
            host: "pics.example.com".into()
        }
    );
    let error = IpcError::from(error);
    assert_eq!(error.args["host"], "pics.example.com");
    assert!(!error.message.contains("secret"));
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn follows_a_link_and_refuses_one_that_leads_nowhere() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::write(at("real.png"), b"bytes").unwrap();
        symlink(at("real.png"), at("good.png")).unwrap();
        symlink(at("nowhere"), at("broken.png")).unwrap();
        symlink(at("loop.png"), at("loop.png")).unwrap();
        symlink(dir.path(), at("folder.png")).unwrap();
        let good = read(&at("good.png"), &Limits::default());
        assert_eq!(good, Ok(("good.png".into(), b"bytes".to_vec())));
        for name in ["broken.png", "loop.png"] {
            assert_eq!(refused(&at(name)), Error::NotFound { name: name.into() });
        }
        assert_eq!(
            refused(&at("folder.png")),
            Error::IsFolder {
                name: "folder.png".into()
            }
        );
    }

    #[test]
    fn never_waits_for_a_pipe_a_socket_or_a_device() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("pipe.png");
        let made = std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap();
        assert!(made.success());
        let socket = dir.path().join("socket.png");
        let _listener = UnixListener::bind(&socket).unwrap();
        for path in [
            pipe.as_path(),
            &socket,
            Path::new("/dev/zero"),
            Path::new("/dev/tty"),
        ] {
            let (send, receive) = std::sync::mpsc::channel();
            let asked = path.to_owned();
            std::thread::spawn(move || send.send(refused(&asked)));
            // Opening a pipe would wait for ever; this only ends a test that fails.
            let error = receive
                .recv_timeout(std::time::Duration::from_secs(20))
                .unwrap();
            assert_eq!(code(&error), ErrorCode::NotAFile, "{path:?}");
        }
    }

    #[test]
    fn says_when_a_file_may_not_be_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret.png");
        fs::write(&path, b"bytes").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
        if fs::File::open(&path).is_ok() {
            eprintln!("this user may read everything: a file that the kernel refuses stands in");
            // A regular file, by its metadata, whose first byte cannot be read.
            let path = Path::new("/proc/self/mem");
            if path.exists() {
                assert_eq!(code(&refused(path)), ErrorCode::FileNotReadable);
            }
            return;
        }
        let error = refused(&path);
        assert_eq!(code(&error), ErrorCode::FileNotReadable);
        assert!(error.to_string().contains("secret.png"), "{error}");
        assert!(error.to_string().contains("permission"), "{error}");
    }
}
