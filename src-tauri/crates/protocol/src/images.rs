use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::IpcError;

/// Where an attachment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum AttachmentState {
    /// Being read and fitted.
    Preparing,
    /// Can be sent.
    Ready,
    /// Cannot be sent; `error` says why.
    Failed,
}

/// A picture in the composer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// Id of this attachment, new for each.
    pub id: String,
    /// File name, or what stands for one.
    pub name: String,
    /// Where it stands.
    pub state: AttachmentState,
    /// The picture, when ready and one.
    pub picture: Option<Picture>,
    /// The video, when ready and one.
    pub video: Option<Video>,
    /// The link, when it is one that was not fetched.
    pub link: Option<Link>,
    /// Why it failed.
    pub error: Option<IpcError>,
}

/// A picture as it is kept and sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Picture {
    /// SHA-256 of the bytes that are sent, hex. Shown from `attachment://localhost/<hash>`.
    pub hash: String,
    /// File name it came with.
    pub name: String,
    /// `image/jpeg`, `image/png`, `image/webp` or `image/gif`.
    pub mime: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Bytes that are sent.
    pub bytes: u32,
    /// Width of what was given, in pixels, upright.
    pub original_width: u32,
    /// Height of what was given, in pixels, upright.
    pub original_height: u32,
    /// Bytes of what was given.
    pub original_bytes: u32,
    /// What was done to it, in the order done.
    pub done: Vec<Done>,
    /// A provider refused it: later requests leave it out.
    pub refused: bool,
}

/// A video as it is kept and sent: its bytes are not changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Video {
    /// SHA-256 of its bytes, hex.
    pub hash: String,
    /// File name it came with.
    pub name: String,
    /// `video/mp4`, `video/quicktime`, `video/webm` or `video/x-msvideo`.
    pub mime: String,
    /// Bytes of the file; a request carries a third more.
    pub bytes: u32,
}

/// A link to a picture or a video. Nothing is fetched before it is sent or previewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    /// The address, `https`.
    pub url: String,
    /// Its host, shown before anything is fetched.
    pub host: String,
    /// It names a video, by its ending.
    pub video: bool,
    /// A provider refused it: later requests leave it out.
    pub refused: bool,
}

/// `images|add_link`: an address of a picture or a video that was pasted.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AddLinkParams {
    /// The address, `https`.
    pub url: String,
}

/// One thing that was done to a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Done {
    /// Turned upright by its EXIF orientation.
    Oriented,
    /// Made smaller.
    Resized,
    /// Stored in another format or quality.
    Reencoded,
    /// A place (GPS) was taken out.
    LocationRemoved,
    /// Other metadata was taken out.
    MetadataRemoved,
    /// Only the first frame was kept.
    FirstFrame,
    /// Transparency was laid on white.
    Flattened,
}

/// Event `attachment`: an attachment came, or changed its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AttachmentEvent {
    /// The attachment as it is now.
    pub attachment: Attachment,
}

/// Event `drag`: something is dragged over the window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum DragEvent {
    /// It came over the window.
    Enter {
        /// How many things it holds.
        count: u32,
    },
    /// It left, or was dropped.
    Leave,
}

/// `images|list`: attachments that wait in the composer, after a reload.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AttachmentList {
    /// In the order they came.
    pub attachments: Vec<Attachment>,
}

/// `images|remove`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AttachmentIdParams {
    /// Id of the attachment.
    pub id: String,
}
