//! What the window's program takes on its command line.

use std::ffi::OsString;

use crate::words::Words;

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The window.
    Window {
        /// Drawn without the graphics card.
        safe_graphics: bool,
    },
    /// What may be asked for.
    Help,
    /// Which version this is.
    Version,
}

/// Reads the arguments, the program's name not among them.
///
/// # Errors
/// The first argument that means nothing here.
pub fn read(arguments: impl Iterator<Item = OsString>) -> Result<Asked, String> {
    let mut safe_graphics = false;
    for argument in arguments {
        let argument = argument.to_string_lossy();
        match argument.as_ref() {
            "--safe-graphics" => safe_graphics = true,
            "-h" | "--help" => return Ok(Asked::Help),
            "-V" | "--version" => return Ok(Asked::Version),
            // The number by which macOS knows a program that is opened from the Finder.
            process if process.starts_with("-psn_") => {}
            _ => return Err(argument.into_owned()),
        }
    }
    Ok(Asked::Window { safe_graphics })
}

/// The text of `--help`.
pub fn help(words: Words) -> &'static str {
    words.of(HELP_ENGLISH, HELP_CHINESE)
}

/// What is said of an argument that means nothing.
pub fn unknown(argument: &str, words: Words) -> String {
    words
        .of(
            "Dragoman knows no argument “{}”. Its window takes pictures by drop and paste; \
             dragoman --help names the options, dragoman-cli asks without a window.",
            "Dragoman 不认识参数“{}”。图片请拖入或粘贴到窗口;选项见 dragoman --help,\
             不开窗口提问请用 dragoman-cli。",
        )
        .replace("{}", argument)
}

const HELP_ENGLISH: &str = "\
Dragoman: ask vision models about pictures.

Usage: dragoman [OPTIONS]

Options:
      --safe-graphics  Draw without the graphics card, for this start: for a window
                       that stays empty, and for “Error 71 (Protocol error)”
  -h, --help           Print this help
  -V, --version        Print the version

DRAGOMAN_HOME=FOLDER   Keep everything in this folder

From a terminal, without a window: dragoman-cli --help";

const HELP_CHINESE: &str = "\
Dragoman:就图片向视觉模型提问。

用法:dragoman [选项]

选项:
      --safe-graphics  本次启动不用显卡绘制:用于窗口一直空白,
                       或出现“Error 71 (Protocol error)”时
  -h, --help           显示本帮助
  -V, --version        显示版本

DRAGOMAN_HOME=文件夹   所有数据都放在这个文件夹里

在终端里使用,不开窗口:dragoman-cli --help";

#[cfg(test)]
mod tests {
    use protocol::Language;

    use super::*;

    fn asked(arguments: &[&str]) -> Result<Asked, String> {
        read(arguments.iter().map(OsString::from))
    }

    #[test]
    fn options_are_read_and_others_named() {
        let window = |safe_graphics| Ok(Asked::Window { safe_graphics });
        assert_eq!(asked(&[]), window(false));
        assert_eq!(asked(&["--safe-graphics"]), window(true));
        assert_eq!(asked(&["-psn_0_12345"]), window(false));
        assert_eq!(asked(&["--safe-graphics", "--help"]), Ok(Asked::Help));
        assert_eq!(asked(&["-V"]), Ok(Asked::Version));
        assert_eq!(asked(&["--safe-grafics"]), Err("--safe-grafics".to_owned()));
        assert_eq!(asked(&["cat.png"]), Err("cat.png".to_owned()));
    }

    #[test]
    fn the_help_names_every_option_in_both_languages() {
        for language in [Language::English, Language::Chinese] {
            let help = help(Words::in_language(language));
            for option in ["--safe-graphics", "--help", "--version", "DRAGOMAN_HOME"] {
                assert!(help.contains(option), "no {option} in {help}");
            }
            assert!(unknown("--x", Words::in_language(language)).contains("“--x”"));
        }
    }
}
