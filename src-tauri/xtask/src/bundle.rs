//! `cargo xtask bundle`: a release build, packed for this machine's kind.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::page;
use crate::shell::{cargo, command, has, output, root, run, target};
use crate::system::{self, Need};

/// The entry in the desktop's menu.
const ENTRY: &str = "[Desktop Entry]
Type=Application
Name=Dragoman
Comment=Ask vision models about pictures
Comment[zh_CN]=向视觉模型询问图片
Exec=dragoman
Icon=dragoman
Terminal=false
Categories=Utility;Graphics;
";

/// What is packed: each package, and the program that it builds. They find each other
/// by lying in one folder.
const PROGRAMS: &[(&str, &str)] = &[
    ("dragoman", "dragoman"),
    ("cli", "dragoman-cli"),
    ("draw", "dragoman-draw"),
];

/// Licences: of Dragoman, and of what its programs hold of others besides crates. Each file,
/// and its name under `usr/share/doc/dragoman/`.
const LICENCES: &[(&str, &str)] = &[
    ("LICENSE", "LICENSE"),
    ("LICENSE-MIT", "LICENSE-MIT"),
    ("LICENSE-APACHE", "LICENSE-APACHE"),
    (
        "src-tauri/providers/MODELS-DEV-LICENSE",
        "MODELS-DEV-LICENSE",
    ),
    ("src-tauri/crates/images/fonts/OFL.txt", "NOTO-SANS-OFL.txt"),
    ("ui/src/transcript/fonts/OFL.txt", "STIX-TWO-MATH-OFL.txt"),
];

/// Sizes of the icon that are installed, and their files under `icons/`.
const ICONS: &[(&str, &str)] = &[
    ("32x32", "32x32.png"),
    ("128x128", "128x128.png"),
    ("256x256", "128x128@2x.png"),
];

/// Shells whose completions are installed, and where, under `usr/share`.
const COMPLETIONS: &[(&str, &str)] = &[
    ("bash", "bash-completion/completions/dragoman-cli"),
    ("zsh", "zsh/vendor-completions/_dragoman-cli"),
    ("fish", "fish/vendor_completions.d/dragoman-cli.fish"),
];

/// Builds for release and packs: a `.tar.gz`, and a `.deb` where `dpkg-deb` is.
///
/// # Errors
/// When a step fails, or on a system for which nothing is packed yet.
pub fn bundle() -> Result<()> {
    ensure!(
        cfg!(target_os = "linux"),
        "packing is done on Linux only so far"
    );
    system::ensure_packages(Need::Run)?;
    page::ensure_built()?;
    // Together, so that what they stand on is built once.
    let packages = PROGRAMS
        .iter()
        .flat_map(|(package, _)| ["--package", package]);
    run(cargo().args(["build", "--release"]).args(packages))?;
    let folder = target().join("bundle");
    let tree = folder.join("tree");
    if tree.exists() {
        fs::remove_dir_all(&tree)?;
    }
    for (_, name) in PROGRAMS {
        let from = target().join("release").join(name);
        copy(&from, &tree.join("usr/bin").join(name))?;
    }
    document_command_line(&tree)?;
    for (size, name) in ICONS {
        let to = format!("usr/share/icons/hicolor/{size}/apps/dragoman.png");
        copy(&root().join("icons").join(name), &tree.join(to))?;
    }
    for (from, name) in LICENCES {
        copy(
            &root().join(from),
            &tree.join("usr/share/doc/dragoman").join(name),
        )?;
    }
    write(&tree.join("usr/share/applications/dragoman.desktop"), ENTRY)?;
    let version = env!("CARGO_PKG_VERSION");
    let archive = folder.join(format!(
        "dragoman-{version}-linux-{}.tar.gz",
        std::env::consts::ARCH
    ));
    run(command("tar")
        .arg("-C")
        .arg(&tree)
        .arg("-czf")
        .arg(&archive)
        .arg("usr"))?;
    println!("{}", archive.display());
    if has("dpkg-deb") {
        pack_debian(&folder, &tree, version)?;
    }
    Ok(())
}

/// What the command line says of itself: its manual, and completions.
fn document_command_line(tree: &Path) -> Result<()> {
    let program = tree.join("usr/bin/dragoman-cli");
    let manual = tree.join("usr/share/man/man1");
    fs::create_dir_all(&manual)?;
    run(command(&program).arg("man").arg(&manual))?;
    for (shell, file) in COMPLETIONS {
        let text = output(&program.to_string_lossy(), &["completions", shell]);
        let text = text.with_context(|| format!("no completions for {shell}"))?;
        write(&tree.join("usr/share").join(file), &text)?;
    }
    Ok(())
}

fn pack_debian(folder: &Path, tree: &Path, version: &str) -> Result<()> {
    let arch = output("dpkg", &["--print-architecture"]).context("dpkg tells no architecture")?;
    let control = format!(
        "Package: dragoman\nVersion: {version}\nArchitecture: {arch}\nSection: utils\n\
         Priority: optional\nMaintainer: The Dragoman authors <dragoman@localhost>\n\
         Depends: libwebkit2gtk-4.1-0, libgtk-3-0, libdbus-1-3\n\
         Recommends: gnome-keyring | kwalletmanager\n\
         Description: Ask vision models about pictures\n \
         Drag a picture in, ask about it, read the answer as it is written.\n"
    );
    write(&tree.join("DEBIAN/control"), &control)?;
    let package = folder.join(format!("dragoman_{version}_{arch}.deb"));
    run(command("dpkg-deb")
        .args(["--root-owner-group", "--build"])
        .arg(tree)
        .arg(&package))?;
    println!("{}", package.display());
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to.parent().context("a file lies in a folder")?)?;
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}

fn write(to: &Path, text: &str) -> Result<()> {
    fs::create_dir_all(to.parent().context("a file lies in a folder")?)?;
    fs::write(to, text).with_context(|| format!("cannot write {}", to.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_of_others_comes_with_its_licence() {
        for (from, name) in LICENCES {
            let words = fs::read_to_string(root().join(from));
            assert!(words.is_ok_and(|words| words.len() > 100), "{name}");
        }
        let fonts = root().join("src-tauri/crates/images/fonts");
        for entry in fs::read_dir(&fonts).unwrap() {
            let path = entry.unwrap().path();
            if path
                .extension()
                .is_some_and(|ending| ending == "ttf" || ending == "otf")
            {
                let font = path.file_name().unwrap().to_str().unwrap();
                let told = LICENCES.iter().any(|(from, _)| {
                    let from = root().join(from);
                    from.starts_with(&fonts) && fs::read_to_string(from).unwrap().contains(font)
                });
                assert!(told, "{font} has no licence in the package");
            }
        }
    }
}
