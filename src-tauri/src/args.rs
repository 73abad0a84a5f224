//! What the window's program takes on its command line.

use std::ffi::OsString;
use std::path::Path;

use composer::Outside;

use crate::words::Words;

/// By which a first one is handed the right to show its window: not for people.
const ACTIVATION: &str = "--activation=";

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// The window.
    Window(Start),
    /// What may be asked for.
    Help,
    /// Which version this is.
    Version,
}

/// How the window is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Start {
    /// Drawn without the graphics card.
    pub safe_graphics: bool,
    /// By what the desktop knows that the person wants the window now.
    pub activation: Option<String>,
    /// What it opens with.
    pub outside: Outside,
}

impl Start {
    /// A command line that [`read`] reads as this, in any folder.
    #[cfg(target_os = "linux")]
    pub fn words(&self) -> Vec<String> {
        let activation = self.activation.iter();
        let activation = activation.map(|token| format!("{ACTIVATION}{token}"));
        activation.chain(self.outside.words()).collect()
    }
}

/// Reads the arguments, the program's name not among them; files are those of `folder`.
///
/// # Errors
/// The first option that means nothing here.
pub fn read(
    arguments: impl IntoIterator<Item = OsString>,
    folder: Option<&Path>,
) -> Result<Asked, String> {
    let mut start = Start::default();
    let mut named = Vec::new();
    let mut told = Vec::new();
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        let text = argument.to_string_lossy();
        match text.as_ref() {
            "--" => told.extend(arguments.by_ref()),
            "--safe-graphics" => start.safe_graphics = true,
            "-h" | "--help" => return Ok(Asked::Help),
            "-V" | "--version" => return Ok(Asked::Version),
            // The number by which macOS knows a program that is opened from the Finder.
            process if process.starts_with("-psn_") => {}
            option if option.starts_with('-') => match option.strip_prefix(ACTIVATION) {
                Some(token) => start.activation = Some(token.to_owned()),
                None => return Err(text.into_owned()),
            },
            _ => named.push(argument),
        }
    }
    start.outside = Outside::read(&named, &told, folder);
    Ok(Asked::Window(start))
}

/// The text of `--help`.
pub fn help(words: Words) -> &'static str {
    words.of(HELP_ENGLISH, HELP_CHINESE)
}

/// What is said of an option that means nothing.
pub fn unknown(option: &str, words: Words) -> String {
    words
        .of(
            "Dragoman knows no option “{}”. A file of that name is ./{}; a question that \
             begins with a dash stands after --.",
            "Dragoman 不认识选项“{}”。同名的文件请写成 ./{};以连字符开头的问题请写在 -- 之后。",
        )
        .replace("{}", option)
}

const HELP_ENGLISH: &str = "\
Dragoman: ask vision models about pictures.

Usage: dragoman [OPTIONS] [FILE…] [QUESTION] [-- QUESTION]

Opens the window with these pictures attached and this question filled in; nothing is
sent. What is there is a file, the rest is the question; after -- all of it is. Where
the window is open already, it takes them.

Options:
      --safe-graphics  Draw without the graphics card, for this start: for a window
                       that stays empty, and for “Error 71 (Protocol error)”
  -h, --help           Print this help
  -V, --version        Print the version

DRAGOMAN_HOME=FOLDER   Keep everything in this folder

Links of other programs: dragoman://ask?text=QUESTION fills in the question.
From a terminal, without a window: dragoman-cli --help";

const HELP_CHINESE: &str = "\
Dragoman:就图片向视觉模型提问。

用法:dragoman [选项] [文件…] [问题] [-- 问题]

打开窗口,附上这些图片,填入这个问题,不会发送。存在的是文件,其余是问题;
-- 之后全部是问题。窗口已经打开时,由它接收。

选项:
      --safe-graphics  本次启动不用显卡绘制:用于窗口一直空白,
                       或出现“Error 71 (Protocol error)”时
  -h, --help           显示本帮助
  -V, --version        显示版本

DRAGOMAN_HOME=文件夹   所有数据都放在这个文件夹里

其他程序的链接:dragoman://ask?text=问题 会填入问题。
在终端里使用,不开窗口:dragoman-cli --help";

#[cfg(test)]
mod tests {
    use protocol::Language;

    use super::*;

    fn asked(arguments: &[&str]) -> Result<Asked, String> {
        read(arguments.iter().map(OsString::from), None)
    }

    fn window(safe_graphics: bool, text: &str) -> Result<Asked, String> {
        Ok(Asked::Window(Start {
            safe_graphics,
            activation: None,
            outside: Outside {
                text: text.to_owned(),
                ..Outside::default()
            },
        }))
    }

    #[test]
    fn options_are_read_and_others_named() {
        assert_eq!(asked(&[]), window(false, ""));
        assert_eq!(asked(&["--safe-graphics"]), window(true, ""));
        assert_eq!(asked(&["-psn_0_12345"]), window(false, ""));
        assert_eq!(asked(&["--safe-graphics", "--help"]), Ok(Asked::Help));
        assert_eq!(asked(&["what", "-V"]), Ok(Asked::Version));
        for unknown in ["--safe-grafics", "-x.png", "-", "--display=:1"] {
            assert_eq!(asked(&["what", unknown]), Err(unknown.to_owned()));
        }
        assert_eq!(asked(&["what", "is it?"]), window(false, "what is it?"));
        assert_eq!(asked(&["--", "--help", "-x"]), window(false, "--help -x"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn another_process_reads_what_it_is_handed() {
        let start = Start {
            activation: Some("gnome-shell/Files/12-0-pc_TIME99".to_owned()),
            outside: Outside {
                files: vec!["/a b/-c.png".into(), "https://a.example/b.png".into()],
                links: Vec::new(),
                text: "-- is it?".to_owned(),
            },
            safe_graphics: false,
        };
        let handed = start.words().into_iter().map(OsString::from);
        assert_eq!(read(handed, None), Ok(Asked::Window(start.clone())));
        assert_eq!(Start::default().words(), [""; 0]);
    }

    #[test]
    fn the_help_names_every_option_in_both_languages() {
        for language in [Language::English, Language::Chinese] {
            let help = help(Words::in_language(language));
            for option in [
                "--safe-graphics",
                "--help",
                "--version",
                "DRAGOMAN_HOME",
                "dragoman://ask?text=",
            ] {
                assert!(help.contains(option), "no {option} in {help}");
            }
            assert!(unknown("--x", Words::in_language(language)).contains("“--x”"));
        }
    }
}
