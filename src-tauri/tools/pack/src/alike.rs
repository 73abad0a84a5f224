//! What packages say is held against what the programs say, and what each system is told
//! against what the others are.

use std::fs;

use serde_json::Value;

use crate::root;

fn read(path: &str) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The options that the help names, in their long form.
fn options() -> Vec<String> {
    let source = read("src-tauri/src/args.rs");
    let (_, help) = source.split_once("const HELP_ENGLISH: &str = ").unwrap();
    let (help, _) = help.split_once("\";").unwrap();
    let words = help.split([' ', '\n', ',']);
    let mut options: Vec<String> = words
        .filter(|word| word.starts_with("--") && word.len() > 2)
        .map(str::to_owned)
        .collect();
    options.sort();
    options.dedup();
    assert!(options.len() >= 3, "{options:?}");
    options
}

#[test]
fn the_manual_and_the_completions_name_every_option() {
    let manual = read("packaging/linux/dragoman.1").replace('\\', "");
    for option in options() {
        assert!(manual.contains(&option), "no {option} in the manual");
        for file in ["dragoman.bash", "_dragoman", "dragoman.fish"] {
            let completions = read(&format!("packaging/linux/completions/{file}"));
            // fish names them without their dashes.
            let bare = option.trim_start_matches('-');
            let named = if file.ends_with(".fish") {
                bare
            } else {
                &option
            };
            assert!(completions.contains(named), "no {option} in {file}");
        }
    }
    assert!(manual.contains("DRAGOMAN_HOME"));
}

#[test]
fn tauris_bundler_packs_what_is_packed_elsewhere() {
    let config: Value = serde_json::from_str(&read("src-tauri/tauri.conf.json")).unwrap();
    let overlay: Value = serde_json::from_str(&read("src-tauri/tauri.bundle.conf.json")).unwrap();
    assert_eq!(overlay["identifier"], config["identifier"]);
    assert_eq!(overlay["bundle"]["active"], true);
    let programs = overlay["bundle"]["externalBin"].as_array().unwrap();
    for name in ["dragoman-cli", "dragoman-draw"] {
        assert!(
            programs
                .iter()
                .any(|program| program.as_str().unwrap().ends_with(name)),
            "no {name}"
        );
    }
    let named = config["bundle"]["icon"].as_array().unwrap().iter();
    let hooks = &overlay["bundle"]["windows"]["nsis"]["installerHooks"];
    for file in named.chain([hooks, &overlay["bundle"]["licenseFile"]]) {
        let path = root().join("src-tauri").join(file.as_str().unwrap());
        assert!(path.is_file(), "no {}", path.display());
    }
}

#[test]
fn each_system_opens_the_same_kinds() {
    let entry = |name: &str| read(&format!("packaging/linux/{name}.desktop"));
    let entry = entry("zz-dragoman") + &entry("dragoman");
    let kinds: String = entry
        .lines()
        .filter_map(|line| line.strip_prefix("MimeType="))
        .collect();
    let metadata = read("packaging/linux/dev.dragoman.desktop.metainfo.xml");
    let kinds: Vec<&str> = kinds.split_terminator(';').collect();
    for kind in &kinds {
        assert!(
            metadata.contains(&format!("<mediatype>{kind}</mediatype>")),
            "no {kind}"
        );
    }
    assert_eq!(metadata.matches("<mediatype>").count(), kinds.len());
    let (plist, hooks) = (
        read("src-tauri/Info.plist"),
        read("packaging/windows/hooks.nsh"),
    );
    for (ending, of_apple) in [
        (".jpg", "public.jpeg"),
        (".png", "public.png"),
        (".webp", "org.webmproject.webp"),
        (".gif", "com.compuserve.gif"),
        (".bmp", "com.microsoft.bmp"),
        (".tiff", "public.tiff"),
        (".ico", "com.microsoft.ico"),
        (".avif", "public.avif"),
        (".heic", "public.heic"),
        (".heif", "public.heif"),
        (".svg", "public.svg-image"),
        (".pdf", "com.adobe.pdf"),
    ] {
        assert!(hooks.contains(&format!("\"{ending}\"")), "no {ending}");
        assert!(
            plist.contains(&format!("<string>{of_apple}</string>")),
            "no {of_apple}"
        );
    }
    assert!(plist.contains("<string>dragoman</string>"));
    assert!(hooks.contains("URL Protocol"));
}
