//! The words of a question, in the person's language.

use protocol::Language;

use crate::{Place, Question};

/// What a dialog says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The question, on one line.
    pub title: String,
    /// What it is about, and what to look at.
    pub text: String,
    /// The button that allows it.
    pub yes: &'static str,
    /// The button that does not: the one that Enter and Escape press.
    pub no: &'static str,
}

impl Question {
    /// Its words; a language other than Chinese reads English.
    pub fn words(&self, language: Language) -> Words {
        let zh = language == Language::Chinese;
        let (title, lines) = match self {
            Self::Provider { name, was, now, .. } => provider(name, was.as_ref(), now, zh),
            Self::Proxy { was, now } => proxy(was.as_deref(), now, zh),
            Self::Paste => paste(zh),
            Self::Fetch { hosts } => fetch(hosts, zh),
            Self::Save => save(zh),
            Self::Print => print(zh),
            Self::Forget { folder } => forget(folder, zh),
            Self::Restore { when, from, home } => restore(when, from, home, zh),
            Self::Install { version } => install(version, zh),
            Self::Open { url } => open(url, zh),
        };
        let (yes, no) = match (self, zh) {
            (Self::Forget { .. }, true) => ("全部清除", "取消"),
            (Self::Forget { .. }, false) => ("Remove everything", "Cancel"),
            (Self::Restore { .. }, true) => ("恢复", "取消"),
            (Self::Restore { .. }, false) => ("Bring back", "Cancel"),
            (Self::Install { .. }, true) => ("安装并重启", "取消"),
            (Self::Install { .. }, false) => ("Install and restart", "Cancel"),
            (_, true) => ("允许", "取消"),
            (_, false) => ("Allow", "Cancel"),
        };
        Words {
            title,
            text: lines.join("\n\n"),
            yes,
            no,
        }
    }
}

fn provider(name: &str, was: Option<&Place>, now: &Place, zh: bool) -> (String, Vec<String>) {
    let name = apart(name);
    let host = ending(host(&now.origin));
    let here = address(&now.origin, zh);
    let moved = was.filter(|was| was.origin != now.origin);
    let title = match (moved, was, zh) {
        (Some(_), _, false) => format!("Move to {host}?"),
        (Some(_), _, true) => format!("改为 {host}？"),
        (None, Some(_), false) => format!("Send the key to {host} in another way?"),
        (None, Some(_), true) => format!("改变向 {host} 发送密钥的方式？"),
        (None, None, false) => format!("Send to {host}?"),
        (None, None, true) => format!("发送到 {host}？"),
    };
    let mut lines = vec![match (moved, zh) {
        (Some(was), false) => {
            let was = place(&was.origin, zh);
            format!("“{name}” was at:\n{was}\nFrom now on it will be at:\n{here}")
        }
        (Some(was), true) => {
            let was = place(&was.origin, zh);
            format!("“{name}”原来的地址：\n{was}\n今后的地址：\n{here}")
        }
        (None, false) => format!("“{name}” is at:\n{here}"),
        (None, true) => format!("“{name}”的地址：\n{here}"),
    }];
    if let Some(was) = was.filter(|was| was.header != now.header) {
        let (was, now) = (header(was, zh), header(now, zh));
        lines.push(match zh {
            false => format!("It took its key so: {was}.\nFrom now on: {now}."),
            true => format!("原来发送密钥的方式：{was}。\n今后：{now}。"),
        });
    }
    if now.is_private {
        lines.push(said(
            zh,
            "This address is in the network around this machine.",
            "这是本机所在网络内的地址。",
        ));
    }
    if now.origin.starts_with("http://") {
        lines.push(said(
            zh,
            "It is asked without encryption: others in this network can read along.",
            "与它的通信不加密：同一网络中的其他人可以读到内容。",
        ));
    }
    lines.push(said(
        zh,
        "Pictures, text and the key that you enter for it will be sent there. Allow it only if you know this address.",
        "图片、文字和您为它输入的密钥都会发送到那里。只有认识这个地址时才允许。",
    ));
    (title, lines)
}

fn proxy(was: Option<&str>, now: &str, zh: bool) -> (String, Vec<String>) {
    let host = ending(host(now));
    let now = address(now, zh);
    let was = match was {
        Some(was) => address(was, zh),
        None => said(zh, "none of your own", "没有自行设置"),
    };
    match zh {
        false => (
            format!("Send everything through {host}?"),
            vec![
                format!(
                    "Proxy so far:\n{was}\nFrom now on, all requests but those to this machine and to your own network go through:\n{now}"
                ),
                "A proxy sees whom you ask, and when. Allow it only if you know it.".to_owned(),
            ],
        ),
        true => (
            format!("所有请求都经过 {host}？"),
            vec![
                format!("目前的代理：\n{was}\n今后，除发往本机和本地网络的请求外，都经过：\n{now}"),
                "代理能看到您在什么时候向谁提问。只有认识它时才允许。".to_owned(),
            ],
        ),
    }
}

fn paste(zh: bool) -> (String, Vec<String>) {
    let title = said(zh, "Read the clipboard?", "读取剪贴板？");
    let text = said(
        zh,
        "The window wants to paste, but no key was pressed and nothing was clicked just before. Allow it only if you asked for it.",
        "窗口要粘贴，但刚才没有按键，也没有点击。只有确实是您要粘贴时才允许。",
    );
    (title, vec![text])
}

fn save(zh: bool) -> (String, Vec<String>) {
    let title = said(
        zh,
        "Save a part of the answer to a file?",
        "把回答的一部分存为文件？",
    );
    let text = said(
        zh,
        "The window wants to save a file, but no key was pressed and nothing was clicked just before. Allow it only if you asked for it; you then choose which file.",
        "窗口要保存文件，但刚才没有按键，也没有点击。只有确实是您要保存时才允许，接着由您选择文件。",
    );
    (title, vec![text])
}

fn print(zh: bool) -> (String, Vec<String>) {
    let title = said(zh, "Print the conversation?", "打印这个对话？");
    let text = said(
        zh,
        "The window wants to print, but no key was pressed and nothing was clicked just before. Allow it only if you asked for it; you then choose the printer.",
        "窗口要打印，但刚才没有按键，也没有点击。只有确实是您要打印时才允许，接着由您选择打印机。",
    );
    (title, vec![text])
}

fn fetch(hosts: &[String], zh: bool) -> (String, Vec<String>) {
    let hosts: Vec<String> = hosts.iter().map(|host| written(host, zh)).collect();
    let title = match (hosts.as_slice(), zh) {
        ([host], false) => format!("Fetch a picture from {}?", ending(host)),
        ([host], true) => format!("从 {} 获取图片？", ending(host)),
        (_, false) => "Fetch pictures from these hosts?".to_owned(),
        (_, true) => "从这些主机获取图片？".to_owned(),
    };
    let text = said(
        zh,
        "The window wants to fetch it, but no key was pressed and nothing was clicked just before. Whoever runs the host sees the whole link and your address. Allow it only if you asked for it.",
        "窗口要获取图片，但刚才没有按键，也没有点击。主机的运营者会看到完整的链接和您的网络地址。只有确实是您的意思时才允许。",
    );
    (title, vec![hosts.join("\n"), text])
}

fn forget(folder: &str, zh: bool) -> (String, Vec<String>) {
    let title = said(zh, "Forget everything?", "清除所有数据？");
    let folder = apart(folder);
    let what = match zh {
        false => format!(
            "All conversations, pictures, settings and providers that you added are removed from:\n{folder}\nSo is every key that Dragoman keeps in the system’s keyring, those of its other folders too."
        ),
        true => format!(
            "以下文件夹中的所有对话、图片、设置和您添加的服务商都会被删除：\n{folder}\n系统密钥环中由 Dragoman 保存的所有密钥也会被删除，包括它在其他文件夹下使用的密钥。"
        ),
    };
    let then = said(
        zh,
        "Answers that are being written end, and Dragoman closes. This cannot be undone.",
        "正在进行的回答会结束，然后 Dragoman 关闭。此操作无法撤销。",
    );
    (title, vec![what, then])
}

fn restore(when: &str, from: &str, home: &str, zh: bool) -> (String, Vec<String>) {
    let title = match zh {
        false => format!("Bring back the backup of {when}?"),
        true => format!("恢复 {when} 的备份？"),
    };
    let (from, home) = (apart(from), apart(home));
    let what = match zh {
        false => format!(
            "It is read from:\n{from}\nand takes the place of the conversations, pictures, settings and providers in:\n{home}\nThose are set aside in a folder beside it, and nothing of them is removed."
        ),
        true => format!(
            "备份位于：\n{from}\n恢复后将取代以下文件夹中的对话、图片、设置和服务商：\n{home}\n原有的数据会移到旁边的文件夹中保留，不会删除。"
        ),
    };
    let then = said(
        zh,
        "Answers that are being written end, and Dragoman starts again. No key is in a backup: those that are missing are listed then.",
        "正在进行的回答会结束，Dragoman 会重新启动。备份中不含密钥，届时会列出需要重新输入的密钥。",
    );
    (title, vec![what, then])
}

fn install(version: &str, zh: bool) -> (String, Vec<String>) {
    let version = apart(version);
    let title = match zh {
        false => format!("Install version {version}?"),
        true => format!("安装版本 {version}？"),
    };
    let text = said(
        zh,
        "It is downloaded, its signature is checked, and Dragoman restarts. Answers that are being written end, with the text that is there.",
        "将下载新版本并检查签名，然后重启 Dragoman。正在进行的回答会结束，已有的文字会保留。",
    );
    (title, vec![text])
}

fn open(url: &str, zh: bool) -> (String, Vec<String>) {
    let title = said(zh, "Open this link?", "打开这个链接？");
    let text = said(
        zh,
        "The window wants to open it in another program, but no key was pressed and nothing was clicked just before. Allow it only if you asked for it.",
        "窗口要用其他程序打开它，但刚才没有按键，也没有点击。只有确实是您的意思时才允许。",
    );
    (title, vec![short(url), text])
}

fn said(zh: bool, english: &str, chinese: &str) -> String {
    if zh { chinese } else { english }.to_owned()
}

/// An origin without its scheme.
fn host(origin: &str) -> &str {
    origin.split_once("://").map_or(origin, |(_, host)| host)
}

/// The end of a host, which says whose it is, where all of it is too long for a title.
fn ending(host: &str) -> String {
    let left = host.chars().count().saturating_sub(60);
    match left {
        0 => host.to_owned(),
        _ => format!("…{}", host.chars().skip(left).collect::<String>()),
    }
}

/// Where a provider was.
fn place(origin: &str, zh: bool) -> String {
    match origin {
        "" => said(zh, "this app itself", "应用内部"),
        _ => address(origin, zh),
    }
}

/// An origin in ASCII, and its host as it is written where that differs.
fn address(origin: &str, zh: bool) -> String {
    match unicode(host(origin)) {
        None => origin.to_owned(),
        Some(host) if zh => format!("{origin}（写作 {host}）"),
        Some(host) => format!("{origin} (written {host})"),
    }
}

fn written(host: &str, zh: bool) -> String {
    match unicode(host) {
        None => host.to_owned(),
        Some(other) if zh => format!("{host}（写作 {other}）"),
        Some(other) => format!("{host} (written {other})"),
    }
}

/// A host with letters beyond ASCII, as it is written.
fn unicode(host: &str) -> Option<String> {
    let (written, read) = idna::domain_to_unicode(host);
    (read.is_ok() && written != host).then(|| apart(&written))
}

/// How a key is sent.
fn header(place: &Place, zh: bool) -> String {
    match &place.header {
        None => said(zh, "no key is sent", "不发送密钥"),
        Some(header) if zh => format!("请求头 {header}"),
        Some(header) => format!("in the header {header}"),
    }
}

/// A name whose direction does not reach the text around it (UAX #9, isolates).
fn apart(name: &str) -> String {
    if name.is_ascii() {
        name.to_owned()
    } else {
        format!("\u{2068}{name}\u{2069}")
    }
}

/// Long addresses hide what matters below the edge of a screen.
fn short(url: &str) -> String {
    let mut shown: String = url.chars().take(300).collect();
    if shown.len() < url.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(origin: &str, header: Option<&str>) -> Place {
        Place {
            origin: origin.to_owned(),
            is_private: origin.contains("192.168."),
            header: header.map(str::to_owned),
        }
    }

    fn moved(was: Option<Place>, now: Place) -> Question {
        Question::Provider {
            id: "mine".to_owned(),
            name: "我的 Mine".to_owned(),
            was,
            now,
        }
    }

    fn both(question: &Question) -> [Words; 2] {
        [Language::English, Language::Chinese].map(|language| question.words(language))
    }

    #[test]
    fn a_question_names_the_host_that_was_and_that_will_be_in_both_languages() {
        let (was, now) = ("https://mine.example", "https://other.example:8443");
        let bearer = Some("Authorization");
        let questions = [
            moved(Some(at(was, bearer)), at(now, bearer)),
            Question::Proxy {
                was: Some(was.to_owned()),
                now: now.to_owned(),
            },
        ];
        for words in questions.iter().flat_map(both) {
            assert!(words.title.contains("other.example:8443"), "{words:?}");
            assert!(
                words.text.contains(was) && words.text.contains(now),
                "{words:?}"
            );
        }
        let new = both(&moved(None, at(now, bearer)));
        assert!(new.iter().all(|words| words.text.contains(now)));
        assert!(new[0].text.contains("我的 Mine") && new[1].text.contains("我的 Mine"));
        assert_eq!((new[0].yes, new[0].no), ("Allow", "Cancel"));
        assert_eq!((new[1].yes, new[1].no), ("允许", "取消"));
    }

    #[test]
    fn another_header_and_plain_http_in_a_private_network_are_said() {
        let far = "https://mine.example";
        let key = moved(
            Some(at(far, Some("Authorization"))),
            at(far, Some("x-collect")),
        );
        for words in both(&key) {
            assert!(words.text.contains("Authorization") && words.text.contains("x-collect"));
        }
        let none = moved(Some(at(far, None)), at(far, Some("x-collect")));
        assert!(both(&none)[0].text.contains("no key is sent"));
        let [en, zh] = both(&moved(None, at("http://192.168.1.5:8000", None)));
        assert!(en.text.contains("without encryption") && en.text.contains("network around"));
        assert!(zh.text.contains("不加密") && zh.text.contains("本机所在网络"));
        let [en, _] = both(&moved(None, at(far, None)));
        assert!(!en.text.contains("without encryption"));
    }

    #[test]
    fn a_host_beyond_ascii_is_shown_in_ascii_and_as_it_is_written() {
        // A Cyrillic а among them.
        for written in ["中文.example", "\u{430}pi.example"] {
            let ascii = idna::domain_to_ascii(written).unwrap();
            assert!(ascii.starts_with("xn--"));
            for port in ["", ":8443"] {
                let (ascii, written) = (format!("{ascii}{port}"), format!("{written}{port}"));
                let place = at(&format!("https://{ascii}"), None);
                let fetch = Question::Fetch {
                    hosts: vec![ascii.clone()],
                };
                for words in both(&moved(None, place)) {
                    assert!(words.title.contains(&ascii) && !words.title.contains(&written));
                    assert!(words.text.contains(&ascii), "{words:?}");
                    assert!(words.text.contains(&written), "{words:?}");
                }
                for words in both(&fetch) {
                    assert!(words.text.contains(&ascii) && words.text.contains(&written));
                }
            }
        }
    }

    #[test]
    fn of_a_long_host_the_title_has_the_end() {
        let posing = format!("https://api.openai.com.{}.evil.example", "a.".repeat(80));
        for words in both(&moved(None, at(&posing, None))) {
            assert!(words.title.contains(".evil.example"), "{}", words.title);
            assert!(words.title.chars().count() < 100, "{}", words.title);
            assert!(words.text.contains(&posing));
        }
    }

    #[test]
    fn what_is_asked_without_a_press_names_what_it_is_about() {
        let questions = [
            (Question::Paste, ["clipboard", "剪贴板"]),
            (Question::Save, ["answer", "回答"]),
            (Question::Print, ["conversation", "对话"]),
            (
                Question::Fetch {
                    hosts: vec!["pictures.example:81".to_owned()],
                },
                ["pictures.example:81"; 2],
            ),
            (
                Question::Forget {
                    folder: "/home/mei/.local/share/dragoman".to_owned(),
                },
                ["/home/mei/.local/share/dragoman"; 2],
            ),
            (
                Question::Install {
                    version: "1.2.3".to_owned(),
                },
                ["1.2.3"; 2],
            ),
            (
                Question::Open {
                    url: "https://far.example/?q=1".to_owned(),
                },
                ["https://far.example/?q=1"; 2],
            ),
        ];
        for (question, named) in questions {
            for (words, named) in both(&question).into_iter().zip(named) {
                let all = format!("{} {}", words.title, words.text);
                assert!(all.contains(named), "{words:?}");
            }
        }
    }

    #[test]
    fn a_restore_names_the_backup_and_both_folders() {
        let question = Question::Restore {
            when: "2026-11-28 16:30 UTC".to_owned(),
            from: "/media/disk".to_owned(),
            home: "/home/mei/data".to_owned(),
        };
        for words in both(&question) {
            assert!(words.title.contains("2026-11-28 16:30 UTC"), "{words:?}");
            for folder in ["/media/disk", "/home/mei/data"] {
                assert!(words.text.contains(folder), "{words:?}");
            }
        }
    }
}
