//! Codecs that no decoder here knows, by the name of their container: what
//! [`Error::Unsupported`](crate::Error::Unsupported) calls the kind of such a file.
//!
//! [`in_tiff`] names a compression of TIFF, [`in_heif`] a coding within HEIF. A survey
//! that meets one says so instead of calling the file damaged.

/// A TIFF, by the compression of its first directory (tag 259; the numbers are those of
/// libtiff 4.7 and of the Library of Congress's list).
pub fn in_tiff(compression: u64) -> &'static str {
    match compression {
        9 | 34_661 => "TIFF with JBIG",
        10 => "TIFF with JBIG in colour",
        32_766 => "TIFF with NeXT's compression",
        32_809 => "TIFF with ThunderScan's compression",
        32_895..=32_898 => "TIFF with a compression for print",
        32_908 | 32_909 => "TIFF with Pixar's compression",
        33_004 => "TIFF with lossy JPEG 2000",
        33_007 => "TIFF with a compression by Asymetrix",
        34_676 | 34_677 => "TIFF with SGI's LogLuv",
        34_887 => "TIFF with LERC",
        34_892 => "TIFF with lossy JPEG of a camera",
        34_926 => "TIFF with an early form of Zstandard",
        34_927 => "TIFF with an early form of WebP",
        34_933 => "TIFF with PNG",
        34_934 | 22_610 => "TIFF with JPEG XR",
        50_002 | 52_546 => "TIFF with JPEG XL",
        _ => "TIFF with an uncommon compression",
    }
}

/// A HEIF file, by the type of its primary item (ISO/IEC 23008-12; registered at
/// mp4ra.org).
pub fn in_heif(item_type: [u8; 4]) -> &'static str {
    match &item_type {
        b"avc1" | b"avc2" | b"avc3" | b"avc4" => "HEIF with AVC (H.264)",
        b"hev1" => "HEIF with HEVC of the kind hev1",
        b"lhv1" => "HEIF with layered HEVC",
        b"vvc1" | b"vvi1" => "HEIF with VVC (H.266)",
        b"evc1" => "HEIF with EVC",
        b"av02" => "HEIF with AV2",
        b"j2k1" => "HEIF with JPEG 2000",
        b"jxl1" | b"jxli" => "HEIF with JPEG XL",
        b"jxs1" => "HEIF with JPEG XS",
        b"unci" => "HEIF without compression",
        b"mski" => "HEIF with a mask only",
        b"tmap" => "HEIF with a map of tones",
        _ => "HEIF with an uncommon codec",
    }
}
