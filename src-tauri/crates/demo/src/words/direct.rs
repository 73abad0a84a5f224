//! What was asked for by name, said first.

use drawing::Measured;

use super::Words;
use super::figures::{hex, light, percent, sharpness, size};

/// Something Demo can measure, and the words that ask for it.
struct Topic {
    /// Beginnings of English words.
    en: &'static [&'static str],
    /// Parts of Chinese text.
    zh: &'static [&'static str],
    say: fn(Words, &Measured) -> String,
}

const TOPICS: &[Topic] = &[
    Topic {
        en: &["colour", "color", "hue", "palette"],
        zh: &["颜色", "色彩", "什么色", "色调", "配色"],
        say: Words::say_colour,
    },
    Topic {
        en: &[
            "size",
            "big",
            "large",
            "dimension",
            "resolution",
            "pixel",
            "width",
            "height",
            "wide",
            "tall",
        ],
        zh: &[
            "多大",
            "尺寸",
            "大小",
            "分辨率",
            "像素",
            "宽",
            "多高",
            "长宽",
        ],
        say: Words::say_size,
    },
    Topic {
        en: &["format", "jpeg", "jpg", "png", "webp", "gif", "mime"],
        zh: &["格式", "文件类型"],
        say: Words::say_format,
    },
    Topic {
        en: &["sharp", "blur", "focus"],
        zh: &["清晰", "模糊", "锐", "对焦"],
        say: Words::say_sharpness,
    },
    Topic {
        en: &["bright", "dark", "exposure"],
        zh: &["亮度", "明亮", "多亮", "暗", "曝光"],
        say: Words::say_brightness,
    },
    Topic {
        en: &["metadata", "exif", "gps", "location", "privacy"],
        zh: &["元数据", "位置", "定位", "隐私"],
        say: Words::say_metadata,
    },
    Topic {
        en: &["transparen", "alpha"],
        zh: &["透明"],
        say: Words::say_alpha,
    },
];

impl Topic {
    fn asked(&self, question: &str) -> bool {
        let named = |word: &str| self.en.iter().any(|start| word.starts_with(start));
        self.zh.iter().any(|part| question.contains(part))
            || question
                .split(|c: char| !c.is_ascii_alphanumeric())
                .any(named)
    }
}

impl Words {
    /// A sentence for each thing the question names that can be measured;
    /// empty where it names none.
    pub(super) fn direct(self, question: &str, measured: &Measured) -> String {
        let question = question.to_lowercase();
        let sentences: Vec<String> = TOPICS
            .iter()
            .filter(|topic| topic.asked(&question))
            .map(|topic| (topic.say)(self, measured))
            .collect();
        sentences.join(self.pick(" ", ""))
    }

    fn say_colour(self, m: &Measured) -> String {
        let Some(first) = m.dominant.first() else {
            return self
                .pick(
                    "Every pixel of it is transparent.",
                    "它的每个像素都是透明的。",
                )
                .to_owned();
        };
        let (hex, share) = (hex(first), percent(first.share));
        let greys = match (self.zh, m.grey) {
            (_, false) => "",
            (false, true) => " It holds nothing but greys.",
            (true, true) => "整张图片只有灰度。",
        };
        if self.zh {
            format!(
                "占比最大的颜色是**{}**（`{hex}`），约 {share}。{greys}",
                first.name_zh
            )
        } else {
            format!(
                "The colour that covers most is **{}** (`{hex}`), about {share} of it.{greys}",
                first.name_en
            )
        }
    }

    fn say_size(self, m: &Measured) -> String {
        let (width, height, size) = (m.width, m.height, size(m.bytes));
        if self.zh {
            format!("尺寸是 **{width} × {height}** 像素，文件 {size}。")
        } else {
            format!("It is **{width} × {height}** pixels, {size}.")
        }
    }

    fn say_format(self, m: &Measured) -> String {
        let format = m.format;
        if self.zh {
            format!("格式是 **{format}**。")
        } else {
            format!("Its format is **{format}**.")
        }
    }

    fn say_sharpness(self, m: &Measured) -> String {
        let value = sharpness(m.sharpness, self.zh);
        if self.zh {
            format!("清晰度（拉普拉斯方差）：**{value}**。")
        } else {
            format!("Its sharpness (variance of the Laplacian) is **{value}**.")
        }
    }

    fn say_brightness(self, m: &Measured) -> String {
        let value = light(m.brightness, self.zh);
        if self.zh {
            format!("平均亮度：**{value}**。")
        } else {
            format!("Its mean brightness is **{value}**.")
        }
    }

    fn say_metadata(self, m: &Measured) -> String {
        match (self.zh, m.metadata) {
            (false, true) => "**Some metadata** is in what arrived.",
            (false, false) => "**No metadata** is in what arrived: no EXIF, no place.",
            (true, true) => "收到的文件里**还有元数据**。",
            (true, false) => "收到的文件里**没有元数据**：没有 EXIF，没有位置。",
        }
        .to_owned()
    }

    fn say_alpha(self, m: &Measured) -> String {
        match (self.zh, m.alpha) {
            (false, true) => "It has transparency.",
            (false, false) => "It has no transparency.",
            (true, true) => "它带有透明度。",
            (true, false) => "它没有透明部分。",
        }
        .to_owned()
    }
}
