//! Colours as people see and name them.

/// A colour in OKLab, where distance is about how different two colours look
/// (bottosson.github.io/posts/oklab).
#[derive(Debug, Clone, Copy)]
pub struct Lab {
    l: f32,
    a: f32,
    b: f32,
}

impl Lab {
    /// How different they look.
    pub fn distance(self, other: Self) -> f32 {
        let (l, a, b) = (self.l - other.l, self.a - other.a, self.b - other.b);
        (l * l + a * a + b * b).sqrt()
    }

    /// As [`Self::distance`], for names: hue and strength count more than light.
    fn unlike(self, other: Self) -> f32 {
        let (l, a, b) = (self.l - other.l, self.a - other.a, self.b - other.b);
        (l * l + 4.0 * (a * a + b * b)).sqrt()
    }

    /// Has no hue to speak of; in the dark it takes more to be seen.
    fn is_neutral(self) -> bool {
        let least = if self.l < 0.25 { 0.025 } else { 0.02 };
        self.a.hypot(self.b) < least
    }
}

/// sRGB to OKLab.
pub fn lab(rgb: [u8; 3]) -> Lab {
    let [r, g, b] = rgb.map(|v| {
        let v = f32::from(v) / 255.0;
        if v <= 0.04045 {
            v / 12.92
        } else {
            ((v + 0.055) / 1.055).powf(2.4)
        }
    });
    let l = (0.412_221_46 * r + 0.536_332_55 * g + 0.051_445_995 * b).cbrt();
    let m = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
    let s = (0.088_302_46 * r + 0.281_718_85 * g + 0.629_978_7 * b).cbrt();
    Lab {
        l: 0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
        a: 1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
        b: 0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
    }
}

/// The nearest name, in English and in Chinese.
///
/// A colour with hardly any hue is named as a grey and no other is, as a grey
/// that is near in every other way would be the wrong word for it.
pub fn name(rgb: [u8; 3]) -> (&'static str, &'static str) {
    let wanted = lab(rgb);
    let names = if wanted.is_neutral() { GREYS } else { COLOURS };
    names
        .iter()
        .min_by(|(a, ..), (b, ..)| lab(*a).unlike(wanted).total_cmp(&lab(*b).unlike(wanted)))
        .map_or(("", ""), |(_, en, zh)| (en, zh))
}

type Name = ([u8; 3], &'static str, &'static str);

const GREYS: &[Name] = &[
    ([0, 0, 0], "black", "黑色"),
    ([24, 24, 24], "near black", "近黑色"),
    ([55, 55, 55], "very dark grey", "深炭灰色"),
    ([90, 90, 90], "dark grey", "深灰色"),
    ([128, 128, 128], "grey", "灰色"),
    ([169, 169, 169], "mid grey", "中灰色"),
    ([211, 211, 211], "light grey", "浅灰色"),
    ([240, 240, 240], "off-white", "灰白色"),
    ([255, 255, 255], "white", "白色"),
];

const COLOURS: &[Name] = &[
    ([255, 0, 0], "red", "红色"),
    ([200, 30, 45], "crimson", "绯红色"),
    ([139, 0, 0], "dark red", "深红色"),
    ([100, 45, 60], "maroon", "栗色"),
    ([50, 12, 20], "dark maroon", "暗栗色"),
    ([178, 84, 66], "brick red", "砖红色"),
    ([255, 99, 71], "tomato red", "番茄红"),
    ([250, 128, 114], "salmon", "鲑红色"),
    ([255, 192, 203], "pink", "粉色"),
    ([200, 158, 170], "dusty pink", "灰粉色"),
    ([255, 105, 180], "hot pink", "亮粉色"),
    ([199, 21, 133], "magenta red", "紫红色"),
    ([255, 0, 255], "magenta", "品红色"),
    ([255, 165, 0], "orange", "橙色"),
    ([255, 100, 0], "deep orange", "深橙色"),
    ([255, 218, 185], "peach", "桃色"),
    ([245, 238, 215], "cream", "奶油色"),
    ([205, 190, 160], "beige", "米色"),
    ([190, 150, 105], "tan", "棕褐色"),
    ([140, 122, 108], "taupe", "灰褐色"),
    ([160, 110, 60], "light brown", "浅棕色"),
    ([120, 70, 30], "brown", "棕色"),
    ([65, 40, 20], "dark brown", "深棕色"),
    ([42, 25, 10], "very dark brown", "暗棕色"),
    ([255, 255, 0], "yellow", "黄色"),
    ([255, 250, 170], "pale yellow", "浅黄色"),
    ([255, 215, 0], "gold", "金色"),
    ([184, 134, 11], "dark gold", "暗金色"),
    ([128, 128, 0], "olive", "橄榄色"),
    ([75, 83, 32], "army green", "军绿色"),
    ([40, 45, 18], "dark olive", "深橄榄色"),
    ([173, 220, 60], "lime green", "黄绿色"),
    ([0, 255, 0], "bright green", "亮绿色"),
    ([60, 160, 60], "green", "绿色"),
    ([0, 100, 0], "dark green", "深绿色"),
    ([15, 40, 22], "very dark green", "墨绿色"),
    ([144, 238, 144], "light green", "浅绿色"),
    ([200, 225, 205], "pale green", "淡绿色"),
    ([140, 165, 130], "sage green", "鼠尾草绿"),
    ([85, 105, 85], "greyish green", "灰绿色"),
    ([46, 139, 87], "sea green", "海绿色"),
    ([64, 224, 208], "turquoise", "绿松石色"),
    ([0, 255, 255], "cyan", "青色"),
    ([0, 128, 128], "teal", "蓝绿色"),
    ([47, 111, 134], "teal blue", "青蓝色"),
    ([15, 50, 60], "dark teal", "深青色"),
    ([190, 235, 240], "pale cyan", "浅青色"),
    ([173, 216, 230], "light blue", "浅蓝色"),
    ([225, 235, 250], "pale blue", "淡蓝色"),
    ([100, 180, 240], "sky blue", "天蓝色"),
    ([130, 155, 180], "dusty blue", "灰蓝色"),
    ([70, 130, 180], "steel blue", "钢蓝色"),
    ([80, 98, 118], "slate blue", "石板蓝"),
    ([40, 52, 68], "dark slate", "深石板色"),
    ([65, 105, 225], "royal blue", "宝蓝色"),
    ([0, 0, 255], "blue", "蓝色"),
    ([0, 0, 150], "deep blue", "深蓝色"),
    ([15, 25, 70], "navy blue", "藏青色"),
    ([5, 10, 30], "very dark blue", "墨蓝色"),
    ([75, 0, 130], "indigo", "靛蓝色"),
    ([128, 0, 128], "purple", "紫色"),
    ([60, 20, 70], "dark purple", "深紫色"),
    ([28, 12, 36], "very dark purple", "暗紫色"),
    ([125, 98, 132], "mauve", "灰紫色"),
    ([147, 112, 219], "violet", "紫罗兰色"),
    ([221, 160, 221], "plum", "梅红色"),
    ([215, 205, 240], "lavender", "淡紫色"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_people_would_say() {
        let cases = [
            ([0, 0, 0], "black"),
            ([0x17, 0x17, 0x17], "near black"),
            ([0x12, 0x0b, 0x0b], "near black"),
            ([254, 254, 253], "white"),
            ([250, 5, 5], "red"),
            ([0x80, 0x82, 0x7f], "grey"),
            ([0x2f, 0x6f, 0x86], "teal blue"),
            ([0x63, 0x2f, 0x3e], "maroon"),
            ([0xc9, 0x9e, 0xaa], "dusty pink"),
            ([0x06, 0x22, 0x4a], "navy blue"),
            ([0x87, 0xce, 0xeb], "light blue"),
        ];
        for (rgb, wanted) in cases {
            assert_eq!(name(rgb).0, wanted, "{rgb:?}");
        }
    }

    #[test]
    fn each_name_names_itself_and_stands_once() {
        for names in [GREYS, COLOURS] {
            for (rgb, en, zh) in names {
                assert_eq!(name(*rgb), (*en, *zh));
            }
        }
    }
}
