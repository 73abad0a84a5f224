//! Numbers as people read them.

use drawing::Colour;

/// `412 KB`, `1.4 MB`; 1 KB is 1024 bytes.
pub(crate) fn size(bytes: u64) -> String {
    const KB: f64 = 1024.0;
    let value = bytes as f64;
    if value < KB {
        format!("{bytes} B")
    } else if value < KB * KB {
        format!("{:.0} KB", value / KB)
    } else {
        format!("{:.1} MB", value / KB / KB)
    }
}

/// `421,888`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `3 words`.
pub(super) fn listed(number: usize, noun: &str) -> String {
    format!("{} {noun}", grouped(number as u64))
}

/// `46%`; what is there is never 0 %.
pub(super) fn percent(share: f32) -> String {
    let whole = (share * 100.0).round();
    if whole < 1.0 && share > 0.0 {
        "<1%".to_owned()
    } else {
        format!("{whole:.0}%")
    }
}

/// `#4682b4`.
pub(super) fn hex(colour: &Colour) -> String {
    format!("#{:02x}{:02x}{:02x}", colour.r, colour.g, colour.b)
}

/// `landscape, 4:3`.
pub(super) fn aspect(width: u32, height: u32, zh: bool) -> String {
    let (mut a, mut b) = (width, height);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    let (w, h) = (width / a.max(1), height / a.max(1));
    let ratio = if w.max(h) <= 32 {
        format!("{w}:{h}")
    } else if width >= height {
        format!("{:.2}:1", f64::from(width) / f64::from(height.max(1)))
    } else {
        format!("1:{:.2}", f64::from(height) / f64::from(width.max(1)))
    };
    match (width.cmp(&height), zh) {
        (std::cmp::Ordering::Equal, false) => "square".to_owned(),
        (std::cmp::Ordering::Equal, true) => "正方形".to_owned(),
        (std::cmp::Ordering::Greater, false) => format!("landscape, {ratio}"),
        (std::cmp::Ordering::Greater, true) => format!("横向，{ratio}"),
        (std::cmp::Ordering::Less, false) => format!("portrait, {ratio}"),
        (std::cmp::Ordering::Less, true) => format!("纵向，{ratio}"),
    }
}

/// `62%, bright`, of a mean brightness from 0 to 1.
pub(super) fn light(brightness: f32, zh: bool) -> String {
    let (en, cn) = match brightness {
        b if b < 0.1 => ("very dark", "很暗"),
        b if b < 0.35 => ("dark", "偏暗"),
        b if b < 0.65 => ("medium", "适中"),
        b if b < 0.9 => ("bright", "偏亮"),
        _ => ("very bright", "很亮"),
    };
    let share = percent(brightness);
    if zh {
        format!("{share}，{cn}")
    } else {
        format!("{share}, {en}")
    }
}

/// `512, sharp`, of the variance of the Laplacian of the brightness (0 to 255)
/// at a long side of at most 512 pixels; 100 is the usual line to soft.
pub(super) fn sharpness(value: f32, zh: bool) -> String {
    let (en, cn) = match value {
        v if v < 1.0 => ("flat, no edges", "没有边缘"),
        v if v < 100.0 => ("soft", "偏柔"),
        v if v < 500.0 => ("fairly sharp", "较清晰"),
        _ => ("sharp", "清晰"),
    };
    if zh {
        format!("{value:.0}，{cn}")
    } else {
        format!("{value:.0}, {en}")
    }
}

/// A MIME type that may stand in a table: of its own characters only, and short.
pub(crate) fn plain_mime(mime: &str) -> String {
    mime.chars()
        .filter(|c| c.is_ascii_alphanumeric() || "/+.-".contains(*c))
        .take(64)
        .collect()
}
