//! Each kind of file, by what decodes and codes it.

pub(crate) mod av1;
pub(crate) mod bmp;
pub(crate) mod drawn;
pub(crate) mod fonts;
pub(crate) mod heif;
pub(crate) mod hevc;
pub(crate) mod jpeg;
pub(crate) mod pdf;
pub(crate) mod png;
pub(crate) mod svg;
pub(crate) mod tiff;
pub(crate) mod webp;
pub(crate) mod yuv;
