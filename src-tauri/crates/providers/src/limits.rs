use serde::{Deserialize, Serialize};

use crate::Tokens;

/// What a request may hold; what is left out is unknown.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Bytes of one picture, as a file (base64 makes it a third larger).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_bytes: Option<u64>,
    /// Pixels of one picture, width × height.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_pixels: Option<u64>,
    /// Pixels of its longer side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_side: Option<u32>,
    /// Least pixels of its shorter side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_side_min: Option<u32>,
    /// Longer side to shorter, at most: 200 for 200:1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_ratio: Option<f64>,
    /// Pictures of one request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub images: Option<u32>,
    /// Bytes of one request body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_bytes: Option<u64>,
    /// MIME types of pictures: `image/jpeg`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime: Option<Vec<String>>,
    /// Takes `https` links to pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub links: Option<bool>,
    /// Takes pictures in the request itself, as data URLs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embedded: Option<bool>,
    /// Values `detail` takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Vec<String>>,
    /// How many tokens a picture costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<Tokens>,
    /// Videos of one request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub videos: Option<u32>,
    /// Bytes of one video, as a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_bytes: Option<u64>,
    /// Seconds of one video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_seconds: Option<f64>,
    /// MIME types of videos: `video/mp4`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_mime: Option<Vec<String>>,
    /// Pictures a second that `fps` may ask for; it is not sent where unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_fps: Option<Fps>,
    /// Takes `https` links to videos.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_links: Option<bool>,
}

/// A range of pictures a second.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fps {
    /// At least.
    pub min: f64,
    /// At most.
    pub max: f64,
}

impl Limits {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// These limits, with those of `under` where these say nothing.
    #[must_use]
    pub fn over(&self, under: &Self) -> Self {
        Self {
            image_bytes: self.image_bytes.or(under.image_bytes),
            image_pixels: self.image_pixels.or(under.image_pixels),
            image_side: self.image_side.or(under.image_side),
            image_side_min: self.image_side_min.or(under.image_side_min),
            image_ratio: self.image_ratio.or(under.image_ratio),
            images: self.images.or(under.images),
            body_bytes: self.body_bytes.or(under.body_bytes),
            mime: self.mime.clone().or_else(|| under.mime.clone()),
            links: self.links.or(under.links),
            embedded: self.embedded.or(under.embedded),
            detail: self.detail.clone().or_else(|| under.detail.clone()),
            tokens: self.tokens.clone().or_else(|| under.tokens.clone()),
            videos: self.videos.or(under.videos),
            video_bytes: self.video_bytes.or(under.video_bytes),
            video_seconds: self.video_seconds.or(under.video_seconds),
            video_mime: self.video_mime.clone().or_else(|| under.video_mime.clone()),
            video_fps: self.video_fps.or(under.video_fps),
            video_links: self.video_links.or(under.video_links),
        }
    }
}
