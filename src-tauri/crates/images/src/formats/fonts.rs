//! The fonts that words are drawn in, of drawings and of pages: those of the system, and
//! one of our own, so that Latin words are drawn everywhere.

use std::sync::{Arc, LazyLock};

use resvg::usvg::fontdb::{Database, Family};

/// Noto Sans, its Latin letters (SIL Open Font License 1.1, see `fonts/OFL.txt`).
pub(crate) const OWN: &[u8] = include_bytes!("../../fonts/latin.ttf");

/// What stands for a family that says only what kind it is, best first: those that come
/// with systems, by their names.
pub(crate) const SANS: &[&str] = &[
    "Noto Sans",
    "DejaVu Sans",
    "Liberation Sans",
    "Arial",
    "Helvetica",
    "Helvetica Neue",
    "Segoe UI",
    "Roboto",
    "Ubuntu",
    "Cantarell",
    "FreeSans",
    "Nimbus Sans",
];
pub(crate) const SERIF: &[&str] = &[
    "Noto Serif",
    "DejaVu Serif",
    "Liberation Serif",
    "Times New Roman",
    "Times",
    "FreeSerif",
    "Nimbus Roman",
];
pub(crate) const MONOSPACE: &[&str] = &[
    "Noto Sans Mono",
    "DejaVu Sans Mono",
    "Liberation Mono",
    "Menlo",
    "Consolas",
    "Courier New",
    "FreeMono",
    "Nimbus Mono PS",
];
/// For Chinese, of which a font for Japanese or Korean has some, and some otherwise.
pub(crate) const CHINESE: &[&str] = &[
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "Hiragino Sans GB",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "SimSun",
];

/// For Chinese as it is written in Taiwan and Hong Kong, for Japanese, for Korean.
pub(crate) const TRADITIONAL: &[&str] = &[
    "Noto Sans CJK TC",
    "Noto Sans TC",
    "Source Han Sans TC",
    "PingFang TC",
    "Microsoft JhengHei",
    "Heiti TC",
];
pub(crate) const JAPANESE: &[&str] = &[
    "Noto Sans CJK JP",
    "Noto Sans JP",
    "Source Han Sans",
    "Hiragino Sans",
    "Yu Gothic",
];
pub(crate) const KOREAN: &[&str] = &[
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "Source Han Sans K",
    "Apple SD Gothic Neo",
    "Malgun Gothic",
];

/// Families to ask for, in their order.
pub(crate) fn families<'a>(names: &'a [&'a str]) -> impl Iterator<Item = Family<'a>> {
    names.iter().copied().map(Family::Name)
}

/// The fonts that there are, looked up once.
pub(crate) fn all() -> Arc<Database> {
    static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
        let mut fonts = Database::new();
        fonts.load_system_fonts();
        fonts.load_font_data(OWN.to_vec());
        Arc::new(fonts)
    });
    Arc::clone(&FONTS)
}

#[cfg(test)]
mod tests {
    use resvg::usvg::fontdb::{Query, Stretch, Style, Weight};

    use super::*;

    #[test]
    fn latin_words_have_a_font_on_every_system() {
        let mut own = Database::new();
        own.load_font_data(OWN.to_vec());
        let wanted: Vec<_> = families(SANS).collect();
        for fonts in [&own, &*all()] {
            for (weight, style) in [
                (Weight::NORMAL, Style::Normal),
                (Weight::BLACK, Style::Italic),
                (Weight::THIN, Style::Oblique),
            ] {
                let found = fonts.query(&Query {
                    families: &wanted,
                    weight,
                    stretch: Stretch::UltraCondensed,
                    style,
                });
                assert!(found.is_some(), "{weight:?} {style:?}");
            }
        }
    }
}
