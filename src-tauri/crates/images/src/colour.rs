//! Colours as people see and name them.

/// A colour in OKLab, where distance is about how different two colours look
/// (bottosson.github.io/posts/oklab).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lab {
    l: f32,
    a: f32,
    b: f32,
}

impl Lab {
    pub(crate) fn distance(self, other: Self) -> f32 {
        let (l, a, b) = (self.l - other.l, self.a - other.a, self.b - other.b);
        (l * l + a * a + b * b).sqrt()
    }
}

/// sRGB to OKLab.
pub(crate) fn lab(rgb: [u8; 3]) -> Lab {
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
pub(crate) fn name(rgb: [u8; 3]) -> (&'static str, &'static str) {
    let wanted = lab(rgb);
    NAMES
        .iter()
        .min_by(|(a, ..), (b, ..)| {
            lab(*a)
                .distance(wanted)
                .total_cmp(&lab(*b).distance(wanted))
        })
        .map_or(("", ""), |(_, en, zh)| (en, zh))
}

type Name = ([u8; 3], &'static str, &'static str);

const NAMES: &[Name] = &[
    ([0, 0, 0], "black", "黑色"),
    ([51, 51, 51], "very dark grey", "深灰近黑"),
    ([90, 90, 90], "dark grey", "深灰色"),
    ([128, 128, 128], "grey", "灰色"),
    ([169, 169, 169], "mid grey", "中灰色"),
    ([211, 211, 211], "light grey", "浅灰色"),
    ([240, 240, 240], "off-white", "灰白色"),
    ([255, 255, 255], "white", "白色"),
    ([255, 0, 0], "red", "红色"),
    ([200, 30, 45], "crimson", "绯红色"),
    ([139, 0, 0], "dark red", "深红色"),
    ([70, 10, 20], "dark maroon", "暗栗色"),
    ([178, 84, 66], "brick red", "砖红色"),
    ([255, 99, 71], "tomato red", "番茄红"),
    ([250, 128, 114], "salmon", "鲑红色"),
    ([255, 192, 203], "pink", "粉色"),
    ([255, 105, 180], "hot pink", "亮粉色"),
    ([199, 21, 133], "magenta red", "紫红色"),
    ([255, 0, 255], "magenta", "品红色"),
    ([255, 165, 0], "orange", "橙色"),
    ([255, 100, 0], "deep orange", "深橙色"),
    ([255, 218, 185], "peach", "桃色"),
    ([210, 180, 140], "tan", "棕褐色"),
    ([160, 110, 60], "light brown", "浅棕色"),
    ([120, 70, 30], "brown", "棕色"),
    ([65, 40, 20], "dark brown", "深棕色"),
    ([245, 240, 220], "cream", "米色"),
    ([255, 255, 0], "yellow", "黄色"),
    ([255, 250, 170], "pale yellow", "浅黄色"),
    ([255, 215, 0], "gold", "金色"),
    ([184, 134, 11], "dark gold", "暗金色"),
    ([128, 128, 0], "olive", "橄榄色"),
    ([75, 83, 32], "army green", "军绿色"),
    ([173, 220, 60], "lime green", "黄绿色"),
    ([0, 255, 0], "bright green", "亮绿色"),
    ([60, 160, 60], "green", "绿色"),
    ([0, 100, 0], "dark green", "深绿色"),
    ([20, 45, 25], "very dark green", "墨绿色"),
    ([144, 238, 144], "light green", "浅绿色"),
    ([140, 165, 130], "sage green", "鼠尾草绿"),
    ([46, 139, 87], "sea green", "海绿色"),
    ([64, 224, 208], "turquoise", "绿松石色"),
    ([0, 255, 255], "cyan", "青色"),
    ([0, 128, 128], "teal", "蓝绿色"),
    ([47, 111, 134], "teal blue", "青蓝色"),
    ([15, 50, 60], "dark teal", "深青色"),
    ([190, 235, 240], "pale cyan", "浅青色"),
    ([173, 216, 230], "light blue", "浅蓝色"),
    ([100, 180, 240], "sky blue", "天蓝色"),
    ([70, 130, 180], "steel blue", "钢蓝色"),
    ([112, 128, 144], "slate grey", "石板灰"),
    ([65, 105, 225], "royal blue", "宝蓝色"),
    ([0, 0, 255], "blue", "蓝色"),
    ([0, 0, 150], "deep blue", "深蓝色"),
    ([15, 25, 70], "navy blue", "藏青色"),
    ([75, 0, 130], "indigo", "靛蓝色"),
    ([128, 0, 128], "purple", "紫色"),
    ([60, 20, 70], "dark purple", "深紫色"),
    ([147, 112, 219], "violet", "紫罗兰色"),
    ([221, 160, 221], "plum", "梅红色"),
    ([215, 205, 240], "lavender", "淡紫色"),
];
