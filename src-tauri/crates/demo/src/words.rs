//! What Demo says, in English and in Chinese.

mod compare;
mod direct;
mod figures;

use drawing::Measured;
use protocol::Language;

use super::question::Asked;
use figures::{aspect, grouped, light, listed, percent, sharpness, size};

pub(super) use figures::plain_mime;

/// A picture of the question, as found.
pub(super) enum Found {
    /// Decoded and measured.
    Picture {
        /// MIME type that the data URL named.
        mime: String,
        /// What was measured.
        measured: Box<Measured>,
        /// What arrived.
        bytes: Vec<u8>,
        /// Number of an earlier picture of the question with the same bytes.
        same_as: Option<usize>,
    },
    /// An address that was not followed.
    Link {
        /// Its host.
        host: String,
    },
}

impl Found {
    /// Is it this very file?
    pub(super) fn holds(&self, other: &[u8]) -> bool {
        matches!(self, Self::Picture { bytes, .. } if bytes == other)
    }
}

/// A picture that was measured, with its number in the question.
#[derive(Clone, Copy)]
struct Seen<'a> {
    number: usize,
    mime: &'a str,
    measured: &'a Measured,
    same_as: Option<usize>,
}

/// One language's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Words {
    zh: bool,
}

impl Words {
    /// Chinese where the question holds Han characters, else as given.
    pub(super) fn of(language: Language, question: &str) -> Self {
        Self {
            zh: question.chars().any(is_han) || language == Language::Chinese,
        }
    }

    /// One of two.
    fn pick<'a>(self, en: &'a str, zh: &'a str) -> &'a str {
        if self.zh { zh } else { en }
    }

    // Reasoning: what is being done.

    pub(super) fn nothing_to_decode(self) -> String {
        self.pick(
            "The last message holds no picture to decode.\n",
            "最后一条消息里没有图片可解码。\n",
        )
        .to_owned()
    }

    pub(super) fn decodes(self, mime: &str, bytes: usize) -> String {
        let size = size(bytes as u64);
        if self.zh {
            format!("正在解码 data URL：{mime}，{size}……\n")
        } else {
            format!("Decoding data URL: {mime}, {size} …\n")
        }
    }

    pub(super) fn measures(self, measured: &Measured) -> String {
        let Measured {
            format,
            width,
            height,
            ..
        } = measured;
        if self.zh {
            format!("{format}，{width} × {height}：测量颜色、亮度、清晰度、透明度和元数据。\n")
        } else {
            format!(
                "{format}, {width} × {height}: measuring colours, brightness, sharpness, transparency and metadata.\n"
            )
        }
    }

    pub(super) fn skips_link(self, number: usize, host: &str) -> String {
        if self.zh {
            format!("第 {number} 张图片是指向 {host} 的链接；演示没有网络，跳过。\n")
        } else {
            format!(
                "Picture {number} is a link to {host}; Demo has no network, so it is left out.\n"
            )
        }
    }

    // Errors.

    pub(super) fn unreadable_request(self, reason: &str) -> String {
        if self.zh {
            format!("演示无法读取这个请求：{reason}。")
        } else {
            format!("Demo cannot read this request: {reason}.")
        }
    }

    pub(super) fn broken_data_url(self, number: usize, of: usize) -> String {
        if self.zh {
            format!(
                "第 {number} 张图片（共 {of} 张）不是可以解码的 base64 data URL。请移除它，重新添加后再发送。"
            )
        } else {
            format!(
                "Picture {number} of {of} did not arrive as a base64 data URL that can be decoded. Remove it, attach it again and resend."
            )
        }
    }

    pub(super) fn broken_picture(self, number: usize, of: usize, reason: &str) -> String {
        if self.zh {
            format!("第 {number} 张图片（共 {of} 张）到达时无法测量：{reason}")
        } else {
            format!("Picture {number} of {of}, as it arrived, cannot be measured: {reason}")
        }
    }

    // The answer.

    /// The whole answer, as markdown.
    pub(super) fn answer(self, asked: &Asked, found: &[Found]) -> String {
        let seen: Vec<Seen<'_>> = found
            .iter()
            .enumerate()
            .filter_map(|(at, found)| match found {
                Found::Picture {
                    mime,
                    measured,
                    same_as,
                    ..
                } => Some(Seen {
                    number: at + 1,
                    mime,
                    measured,
                    same_as: *same_as,
                }),
                Found::Link { .. } => None,
            })
            .collect();
        let mut blocks = vec![self.first_line(found.len())];
        match seen.as_slice() {
            [] => {}
            [one] => blocks.extend(self.one(*one, &asked.text)),
            [first, ..] => blocks.extend(self.several(&seen, *first)),
        }
        blocks.extend(self.left_out(asked, found));
        blocks.push(if seen.is_empty() {
            self.no_picture(asked)
        } else {
            self.close(asked)
        });
        blocks.join("\n\n") + "\n"
    }

    fn first_line(self, pictures: usize) -> String {
        match (self.zh, pictures) {
            (false, 0) => {
                "**Demo** · no model: it measures pictures, and none came with this message."
                    .to_owned()
            }
            (false, 1) => {
                "**Demo** · no model: what follows is measured from the picture this app sent."
                    .to_owned()
            }
            (false, n) => format!(
                "**Demo** · no model: what follows is measured from the {n} pictures this app sent."
            ),
            (true, 0) => "**演示** · 没有模型：它只测量图片，而这条消息没有附带图片。".to_owned(),
            (true, 1) => "**演示** · 没有模型：以下内容由本应用发送的图片测量得出。".to_owned(),
            (true, n) => {
                format!("**演示** · 没有模型：以下内容由本应用发送的 {n} 张图片测量得出。")
            }
        }
    }

    fn one(self, seen: Seen<'_>, question: &str) -> Vec<String> {
        let mut blocks = Vec::new();
        let direct = self.direct(question, seen.measured);
        if !direct.is_empty() {
            blocks.push(direct);
        }
        blocks.push(self.facts(seen));
        blocks.push(self.colours(seen.measured));
        blocks
    }

    /// All that was measured of one picture but its colours, as a table.
    fn facts(self, seen: Seen<'_>) -> String {
        let m = seen.measured;
        let row =
            |en: &str, zh: &str, value: String| format!("| {} | {value} |", self.pick(en, zh));
        [
            format!(
                "| {} | {} |",
                self.pick("Measured", "测量项"),
                self.pick("Value", "结果")
            ),
            "|---|---|".to_owned(),
            row("Format", "格式", self.format(seen)),
            row("Size", "尺寸", self.pixels(m)),
            row("Bytes", "字节", self.bytes(m)),
            row("Brightness", "亮度", light(m.brightness, self.zh)),
            row("Sharpness", "清晰度", sharpness(m.sharpness, self.zh)),
            row("Transparency", "透明", self.alpha(m).to_owned()),
            row("Metadata", "元数据", self.metadata(m).to_owned()),
        ]
        .join("\n")
    }

    fn format(self, seen: Seen<'_>) -> String {
        let Seen {
            mime,
            measured: Measured { format, .. },
            ..
        } = seen;
        let honest = mime == format!("image/{}", format.to_ascii_lowercase());
        match (self.zh, honest) {
            (false, true) => format!("{format}, sent as `{mime}`"),
            (false, false) => format!("{format}, though sent as `{mime}`"),
            (true, true) => format!("{format}，以 `{mime}` 发送"),
            (true, false) => format!("{format}，但以 `{mime}` 发送"),
        }
    }

    fn pixels(self, m: &Measured) -> String {
        let (width, height) = (m.width, m.height);
        let shape = aspect(width, height, self.zh);
        if self.zh {
            format!("{width} × {height} 像素，{shape}")
        } else {
            format!("{width} × {height} pixels, {shape}")
        }
    }

    fn bytes(self, m: &Measured) -> String {
        let (short, exact) = (size(m.bytes), grouped(m.bytes));
        match (self.zh, m.bytes < 1024) {
            (false, true) => format!("{exact} bytes"),
            (false, false) => format!("{short} ({exact} bytes)"),
            (true, true) => format!("{exact} 字节"),
            (true, false) => format!("{short}（{exact} 字节）"),
        }
    }

    fn alpha(self, m: &Measured) -> &'static str {
        match (self.zh, m.alpha) {
            (false, true) => "there is some",
            (false, false) => "none",
            (true, true) => "有",
            (true, false) => "无",
        }
    }

    fn metadata(self, m: &Measured) -> &'static str {
        match (self.zh, m.metadata) {
            (false, true) => "some is in what arrived",
            (false, false) => "none in what arrived",
            (true, true) => "收到的文件里还有",
            (true, false) => "收到的文件里没有",
        }
    }

    fn colours(self, m: &Measured) -> String {
        if m.dominant.is_empty() {
            return self
                .pick(
                    "It has no colour: every pixel is transparent.",
                    "没有颜色：每个像素都是透明的。",
                )
                .to_owned();
        }
        let mut lines = vec![
            self.pick("**Colours that cover most**", "**占比最大的颜色**")
                .to_owned(),
            String::new(),
            self.pick("| Colour | Name | Share |", "| 颜色 | 名称 | 占比 |")
                .to_owned(),
            "|---|---|---:|".to_owned(),
        ];
        lines.extend(m.dominant.iter().map(|colour| {
            let name = self.pick(colour.name_en, colour.name_zh);
            format!(
                "| `{}` | {name} | {} |",
                figures::hex(colour),
                percent(colour.share)
            )
        }));
        lines.join("\n")
    }

    /// What came along and was not measured.
    fn left_out(self, asked: &Asked, found: &[Found]) -> Option<String> {
        let mut lines = Vec::new();
        for (at, found) in found.iter().enumerate() {
            if let Found::Link { host } = found {
                let number = at + 1;
                lines.push(if self.zh {
                    format!("第 {number} 张图片是指向 {host} 的链接；演示没有网络，因此没有测量。")
                } else {
                    format!("Picture {number} is a link to {host}; Demo has no network, so it was not measured.")
                });
            }
        }
        if asked.others > 0 {
            let n = asked.others;
            lines.push(if self.zh {
                format!("另有 {n} 项既不是文字也不是图片，没有查看。")
            } else {
                format!(
                    "{n} more {} neither text nor picture, and {} not looked at.",
                    if n == 1 { "part is" } else { "parts are" },
                    if n == 1 { "was" } else { "were" }
                )
            });
        }
        if asked.earlier > 0 {
            let n = asked.earlier;
            lines.push(if self.zh {
                format!("本对话之前还有 {n} 张图片随请求一起发送；演示只测量最后一条消息的图片。")
            } else {
                format!(
                    "{n} earlier {} of this conversation came along too; Demo measures those of the last message only.",
                    if n == 1 { "picture" } else { "pictures" }
                )
            });
        }
        (!lines.is_empty()).then(|| lines.join("\n\n"))
    }

    fn no_picture(self, asked: &Asked) -> String {
        let said = self.of_the_question(&asked.text);
        if self.zh {
            format!(
                "{said}\n\n要试一试：把图片拖到窗口里，粘贴图片，或用输入框旁的添加按钮选择图片，然后再提问。要让真正的模型回答，请在“设置”里添加密钥，并在输入框下选择模型。"
            )
        } else {
            format!(
                "{said}\n\nTo try it: drag a picture onto the window, paste one, or pick one with the attach button, and ask again. For an answer by a real model, add a key in Settings and choose a model in the composer."
            )
        }
    }

    fn close(self, asked: &Asked) -> String {
        let said = self.of_the_question(&asked.text);
        if self.zh {
            format!(
                "{said}图片里画的是什么，只有模型能回答：请在“设置”里添加密钥，并在输入框下选择模型。"
            )
        } else {
            format!(
                "{said} What a picture shows, only a model can say: add a key in Settings and choose a model in the composer."
            )
        }
    }

    /// What can truly be said of the question.
    fn of_the_question(self, text: &str) -> String {
        let text = text.trim();
        let characters = text.chars().count();
        let han = text.chars().filter(|c| is_han(*c)).count();
        let words = text.split_whitespace().count();
        let plural = |n: usize, one: &str, many: &str| listed(n, if n == 1 { one } else { many });
        match (self.zh, characters) {
            (false, 0) => "No text came with it.".to_owned(),
            (true, 0) => "没有附带文字。".to_owned(),
            (false, _) => format!(
                "Your text has {} in {}.",
                plural(characters, "character", "characters"),
                plural(words, "word", "words")
            ),
            (true, _) => format!("你的文字共 {characters} 个字符，其中汉字 {han} 个。"),
        }
    }
}

/// A Han character (CJK unified ideographs, their extensions and compatibility forms).
fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}
