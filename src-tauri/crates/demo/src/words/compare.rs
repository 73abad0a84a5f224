//! Several pictures beside each other.

use drawing::Measured;

use super::figures::{hex, light, percent, sharpness, size};
use super::{Seen, Words};

impl Words {
    /// Several pictures, compared in a table and in words.
    pub(super) fn several(self, seen: &[Seen<'_>], first: Seen<'_>) -> Vec<String> {
        let mut lines = vec![
            self.pick(
                "| # | Format | Pixels | Bytes | Main colours | Brightness | Sharpness | Transparency | Metadata |",
                "| # | 格式 | 像素 | 大小 | 主要颜色 | 亮度 | 清晰度 | 透明 | 元数据 |",
            )
            .to_owned(),
            "|---:|---|---:|---:|---|---|---|---|---|".to_owned(),
        ];
        lines.extend(seen.iter().map(|seen| {
            let m = seen.measured;
            let colours: Vec<String> = m
                .dominant
                .iter()
                .take(3)
                .map(|colour| {
                    let name = self.pick(colour.name_en, colour.name_zh);
                    format!("{name} `{}` {}", hex(colour), percent(colour.share))
                })
                .collect();
            let colours = if colours.is_empty() {
                "–".to_owned()
            } else {
                colours.join(self.pick(", ", "，"))
            };
            format!(
                "| {} | {} | {} × {} | {} | {colours} | {} | {} | {} | {} |",
                seen.number,
                self.format(*seen),
                m.width,
                m.height,
                size(m.bytes),
                light(m.brightness, self.zh),
                sharpness(m.sharpness, self.zh),
                self.alpha(m),
                self.metadata(m),
            )
        }));
        let mut blocks = vec![lines.join("\n")];
        blocks.push(self.compared(seen, first));
        blocks
    }

    /// Which picture is the most of what.
    fn compared(self, seen: &[Seen<'_>], first: Seen<'_>) -> String {
        let by = |value: fn(&Measured) -> f64| {
            let best = seen.iter().fold(first, |best, next| {
                if value(next.measured) > value(best.measured) {
                    *next
                } else {
                    best
                }
            });
            let shared = seen
                .iter()
                .filter(|s| value(s.measured) >= value(best.measured))
                .count();
            (shared == 1).then_some(best.number)
        };
        let facts = [
            (
                by(|m| f64::from(m.width) * f64::from(m.height)),
                "most pixels",
                "像素最多",
            ),
            (by(|m| m.bytes as f64), "most bytes", "字节最多"),
            (by(|m| f64::from(m.brightness)), "brightest", "最亮"),
            (by(|m| f64::from(m.sharpness)), "sharpest", "最清晰"),
        ];
        let mut lines: Vec<String> = facts
            .iter()
            .filter_map(|(number, en, zh)| {
                let number = (*number)?;
                Some(if self.zh {
                    format!("- {zh}：第 {number} 张")
                } else {
                    format!("- The {en}: picture {number}")
                })
            })
            .collect();
        lines.extend(seen.iter().filter_map(|seen| {
            let (number, same) = (seen.number, seen.same_as?);
            Some(if self.zh {
                format!("- 第 {number} 张与第 {same} 张逐字节相同")
            } else {
                format!("- Picture {number} is byte for byte the same as picture {same}")
            })
        }));
        if lines.is_empty() {
            return self
                .pick(
                    "They are alike in all that was compared.",
                    "所比较的各项都相同。",
                )
                .to_owned();
        }
        lines.join("\n")
    }
}
