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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
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
    /// What became of the metadata of the video, when it is one.
    pub metadata: Option<VideoMetadata>,
    /// The link, when it is one that was not fetched.
    pub link: Option<Link>,
    /// Why it failed.
    pub error: Option<IpcError>,
    /// A small picture of it is at `attachment://localhost/thumbnail/<id>`; it
    /// comes before the rest is done.
    pub thumbnail: bool,
    /// What the person chose for it.
    pub options: PictureOptions,
}

/// What a person chose for a picture before sending it. The file that was given
/// and the master made of it stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct PictureOptions {
    /// Send the master itself, where the limits allow.
    pub original: bool,
    /// Keep a long picture in one piece.
    pub whole: bool,
    /// Only this part, sent as a picture of its own.
    pub crop: Option<Area>,
    /// Drawn on it, in this order.
    pub marks: Vec<Mark>,
}

/// A part of a picture, in pixels of its master, from the top left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Area {
    /// From the left edge.
    pub x: u32,
    /// From the top edge.
    pub y: u32,
    /// At least 1.
    pub width: u32,
    /// At least 1.
    pub height: u32,
}

/// A point of a picture, in pixels of its master, from the top left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Point {
    /// From the left edge.
    pub x: u32,
    /// From the top edge.
    pub y: u32,
}

/// Something drawn on a picture before it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Mark {
    /// An arrow that points at `to`.
    Arrow {
        /// Where it begins.
        from: Point,
        /// Where its head is.
        to: Point,
    },
    /// A frame.
    Frame {
        /// Around what.
        area: Area,
    },
    /// Made unreadable: what was there cannot be had back from what is sent.
    Blur {
        /// What.
        area: Area,
    },
}

/// A picture as it is kept and sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
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
    /// SHA-256 of its master, hex: what was given, upright and without
    /// metadata. Empty for a picture of before masters were kept.
    pub master: String,
    /// Tokens it takes by the provider's published formula, where there is one.
    pub tokens: Option<u32>,
    /// The pieces that are sent instead of it, in reading order; empty when it
    /// goes in one piece.
    pub tiles: Vec<Tile>,
    /// The address in an answer's text that it was loaded from; `None` for any other.
    pub link: Option<String>,
    /// What the person chose for it; the page has no use for it here.
    #[serde(skip)]
    #[ts(skip)]
    pub options: PictureOptions,
}

/// A piece of a long picture, as it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Tile {
    /// SHA-256 of its bytes, hex.
    pub hash: String,
    /// Which part of the master it shows.
    pub area: Area,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Bytes.
    pub bytes: u32,
}

/// `images|target`: the model that pictures in the composer are fitted to.
/// Those that change are told by the event `attachment`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TargetParams {
    /// Its provider.
    pub provider: String,
    /// Its id.
    pub model: String,
    /// `detail` that is asked for.
    pub detail: Option<String>,
}

/// `images|options`: what the person chose for an attachment.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PictureOptionsParams {
    /// Id of the attachment.
    pub id: String,
    /// All of it.
    pub options: PictureOptions,
}

/// `images|crop`: attaches a part of an attachment as a picture of its own,
/// after the whole.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CropParams {
    /// Id of the attachment.
    pub id: String,
    /// Which part.
    pub area: Area,
}

/// `images|order`, `images|keep_unsent`: the order in which attachments are sent.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AttachmentOrderParams {
    /// Ids of all of them.
    pub ids: Vec<String>,
}

/// `images|save`: writes a picture to a file that the person names in a dialog. True
/// when it was written.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PictureSaveParams {
    /// Hash of the picture's bytes.
    pub hash: String,
    /// What the dialog offers as its name, without an ending.
    pub name: String,
}

/// `images|again`: attaches a picture of a conversation once more.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PictureAgainParams {
    /// The message it stands in.
    pub message: String,
    /// Its hash.
    pub hash: String,
}

/// Event `folder`: a folder was dropped; its pictures come when the person says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FolderEvent {
    /// Names it in `images|take_folder`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Files in it that look like pictures or videos, those of its folders included.
    pub files: u32,
    /// There are more than are taken at once.
    pub more: bool,
}

/// `images|take_folder`: takes the files of a dropped folder, or leaves it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TakeFolderParams {
    /// From the event `folder`.
    pub id: String,
    /// False leaves it.
    pub take: bool,
}

/// What became of what a video says beside what it shows: where, when and with what it
/// was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum VideoMetadata {
    /// There was none.
    None,
    /// It was taken out.
    Removed,
    /// Some may have stayed: the file could not be read to its end.
    Stays,
}

/// A video as it is kept and sent: its pictures and sounds as they came.
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

/// `images|paste`: what came of a paste.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PastedText {
    /// The clipboard holds this text and no picture that is meant; nothing was
    /// attached. Else pictures come as attachments.
    pub text: Option<String>,
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
    /// Transparency was laid on a ground that contrasts.
    Flattened,
    /// Only the first page was kept.
    FirstPage,
    /// Some of the text of a drawing could not be drawn: no font here has it.
    TextMissing,
    /// Parts of a drawing were left out: linked pictures, pages and drawings within.
    PartsMissing,
    /// The file was cut off: the picture is all there, but coarser than it was.
    CutOff,
}

/// Event `attachment`: an attachment came, or changed its state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AttachmentEvent {
    /// The draft that owns it.
    pub draft: String,
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
