//! What the operating system must provide: named, and on Debian and its
//! kin installed.

use anyhow::{Context, Result, bail, ensure};

use crate::shell::{command, has, output, run};

/// What packages are needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Building and testing the crates.
    Crates,
    /// Building and running the app.
    Run,
    /// Packing a release build.
    Bundle,
    /// The tests of the real window too.
    Test,
    /// Installing the package in a Debian of its own, and judging it.
    Package,
}

/// Debian packages to build the crates.
const DEBIAN_CRATES: &[&str] = &["build-essential", "cmake", "nasm"];

/// Debian packages to build and run the app beside.
const DEBIAN_RUN: &[&str] = &["pkg-config", "libwebkit2gtk-4.1-dev", "libdbus-1-dev"];

/// Debian packages that pack what was built.
const DEBIAN_BUNDLE: &[&str] = &["binutils", "dpkg-dev"];

/// Debian packages that install and judge a package.
const DEBIAN_PACKAGE: &[&str] = &[
    "appstream",
    "bash",
    "desktop-file-utils",
    "fish",
    "lintian",
    "man-db",
    "mmdebstrap",
    "rpm",
    "zsh",
];

/// Debian packages that the tests of the real window need beside.
const DEBIAN_TEST: &[&str] = &[
    "xvfb",
    "dbus",
    "gnome-keyring",
    "openbox",
    "sway",
    "fcitx5",
    "fcitx5-pinyin",
    "fcitx5-frontend-gtk3",
    "fcitx5-module-xorg",
    "hunspell-en-us",
    "webkit2gtk-driver",
    "mount",
    "strace",
    "util-linux",
];

/// pkg-config modules that the build looks for on Linux.
const MODULES: &[&str] = &["webkit2gtk-4.1", "dbus-1"];

/// Programs that build libjpeg-turbo, and its fast paths.
const BUILDERS: &[&str] = &["cmake", "nasm"];

/// Programs that the tests of the real window start.
const PROGRAMS: &[&str] = &[
    "Xvfb",
    "dbus-daemon",
    "dbus-send",
    "gnome-keyring-daemon",
    "openbox",
    "sway",
    "swaymsg",
    "fcitx5",
    "fcitx5-remote",
    "WebKitWebDriver",
    "setpriv",
    "mount",
    "strace",
    "unshare",
];

/// Sees to it that what is needed is there.
///
/// # Errors
/// When something is missing that cannot be installed here; the message names
/// it and the command that installs it.
pub fn ensure_packages(need: Need) -> Result<()> {
    if cfg!(target_os = "linux") {
        if has("apt-get") && has("dpkg-query") {
            install_debian(need)
        } else {
            name_linux(need)
        }
    } else if cfg!(target_os = "macos") {
        ensure!(
            output("xcode-select", &["-p"]).is_some() && BUILDERS.iter().all(|name| has(name)),
            "Apple's command line tools, cmake or nasm are missing. Install them, and Node where \
             it is not there:\n  xcode-select --install && brew install cmake nasm node"
        );
        Ok(())
    } else {
        ensure!(
            BUILDERS.iter().all(|name| has(name)),
            "cmake or nasm is missing. Install them, and put nasm on the path:\
             \n  winget install Kitware.CMake NASM.NASM"
        );
        // The web view is part of Windows 11 and kept up to date by Edge; without the
        // compiler cargo itself could not have built this.
        eprintln!(
            "If the window stays empty: winget install Microsoft.EdgeWebView2Runtime\n\
             If the linker is missing: winget install Microsoft.VisualStudio.2022.BuildTools"
        );
        Ok(())
    }
}

fn install_debian(need: Need) -> Result<()> {
    let wanted = match need {
        Need::Crates => DEBIAN_CRATES.to_vec(),
        Need::Run => [DEBIAN_CRATES, DEBIAN_RUN].concat(),
        Need::Bundle => [DEBIAN_CRATES, DEBIAN_RUN, DEBIAN_BUNDLE].concat(),
        Need::Test => [DEBIAN_CRATES, DEBIAN_RUN, DEBIAN_TEST].concat(),
        Need::Package => [
            DEBIAN_CRATES,
            DEBIAN_RUN,
            DEBIAN_BUNDLE,
            DEBIAN_TEST,
            DEBIAN_PACKAGE,
        ]
        .concat(),
    };
    let missing: Vec<&str> = wanted
        .into_iter()
        .filter(|name| !is_installed(name))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    eprintln!("Missing system packages: {list}");
    let root = output("id", &["-u"]).as_deref() == Some("0");
    ensure!(
        root || has("sudo"),
        "They are installed by root, and there is no sudo. Run as root:\n  apt-get install {list}"
    );
    let apt = |arguments: &[&str]| {
        let mut apt = if root {
            command("env")
        } else {
            command("sudo")
        };
        if !root {
            apt.arg("env");
        }
        apt.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"])
            .args(arguments);
        apt
    };
    run(&mut apt(&["update"]))?;
    let install = ["install", "--yes", "--no-install-recommends"];
    run(apt(&install).args(&missing))
        .with_context(|| format!("cannot install {list}; try: sudo apt-get install {list}"))
}

fn is_installed(package: &str) -> bool {
    output(
        "dpkg-query",
        &["--show", "--showformat=${db:Status-Status}", package],
    )
    .is_some_and(|status| status.lines().any(|line| line == "installed"))
}

/// Names what is missing, for package managers that are not ours to run.
fn name_linux(need: Need) -> Result<()> {
    let mut missing: Vec<&str> = BUILDERS.iter().filter(|name| !has(name)).copied().collect();
    if need != Need::Crates {
        if !has("pkg-config") {
            missing.push("pkg-config");
        }
        let absent = |module: &&&str| output("pkg-config", &["--exists", module]).is_none();
        missing.extend(MODULES.iter().filter(absent));
    }
    if need == Need::Test {
        missing.extend(PROGRAMS.iter().filter(|program| !has(program)));
    }
    if missing.is_empty() {
        return Ok(());
    }
    bail!(
        "Missing: {}. Install them:\n  \
         Fedora: sudo dnf install gcc cmake nasm pkgconf webkit2gtk4.1-devel dbus-devel\n          \
         (tests: xorg-x11-server-Xvfb dbus-daemon dbus-tools gnome-keyring openbox sway fcitx5 fcitx5-chinese-addons fcitx5-gtk3 hunspell-en-US webkit2gtk4.1 strace)\n  \
         Arch:   sudo pacman -S --needed base-devel cmake nasm webkit2gtk-4.1 dbus\n          \
         (tests: xorg-server-xvfb gnome-keyring openbox sway fcitx5 fcitx5-chinese-addons fcitx5-gtk hunspell-en_us strace)",
        missing.join(", ")
    )
}
