//! Which files may be opened: fonts, to be read. By Landlock, from Linux 5.13 on.

use std::path::PathBuf;

use landlock::{
    ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError,
    RulesetStatus, Scope, path_beneath_rules,
};

/// Where fonts are, and what says where they are.
const FONTS: [&str; 8] = [
    "/etc/fonts",
    "/usr/share/fonts",
    "/usr/share/fontconfig",
    "/usr/share/texmf/fonts",
    "/usr/local/share/fonts",
    "/usr/X11R6/lib/X11/fonts",
    "/run/current-system/sw/share/X11/fonts",
    "/run/host/fonts",
];
/// The same of a person, by the variable that names the folder they are in.
const OWN: [(&str, &str); 6] = [
    ("HOME", ".fonts"),
    ("HOME", ".local/share/fonts"),
    ("HOME", ".config/fontconfig"),
    ("HOME", ".nix-profile/share/fonts"),
    ("XDG_DATA_HOME", "fonts"),
    ("XDG_CONFIG_HOME", "fontconfig"),
];

/// The newest whose rights are known here; an older system holds what it knows.
const NEWEST: ABI = ABI::V6;

/// Allows this process and all of its threads to read fonts, and no file besides; no
/// connection, and no word to another process. False where the system has no such thing.
pub fn hold() -> bool {
    matches!(
        restricted(),
        Ok(RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced)
    )
}

fn restricted() -> Result<RulesetStatus, RulesetError> {
    let own = OWN.iter().filter_map(|(name, folder)| {
        let home = std::env::var_os(name).map(PathBuf::from)?;
        home.is_absolute().then(|| home.join(folder))
    });
    // One that is not there is left out.
    let fonts = FONTS.iter().map(PathBuf::from).chain(own);
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let status = Ruleset::default()
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?
        .add_rules(path_beneath_rules(fonts, read))?
        .restrict_self()?;
    Ok(status.ruleset)
}
