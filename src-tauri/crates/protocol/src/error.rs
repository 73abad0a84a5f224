use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What went wrong, as the page acts on it: a code exists where the page words
/// it itself (`error_<code>` in its messages) or offers a next step of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    // Pictures. `args`: `name`, and what each line names.
    /// The bytes are no picture that is known. `args`: `name`.
    NotAPicture,
    /// A picture of a format that is not read yet. `args`: `name`, `format`, and where
    /// that is a phrase `kind` (`raw`, `raw_of`, `cursor`, `coding_of`) and `whose`.
    UnsupportedFormat,
    /// Says it is a picture but does not decode. `args`: `name`, `format`.
    BrokenPicture,
    /// Zero bytes. `args`: `name`.
    EmptyFile,
    /// A folder was dropped. `args`: `name`.
    IsFolder,
    /// Not there (any more), a broken link included. `args`: `name`.
    FileNotFound,
    /// There, but not readable by this user. `args`: `name`.
    FileNotReadable,
    /// Neither file nor folder: a device, a pipe, a socket. `args`: `name`.
    NotAFile,
    /// A share, a phone or a cloud drive, which only the file manager reaches. `args`:
    /// `name`, `place`.
    FileElsewhere,
    /// More bytes than are read. `args`: `name`, `bytes`, `limit` (bytes).
    FileTooLarge,
    /// More pixels than are decoded. `args`: `name`, `width`, `height`, `limit` (pixels).
    TooManyPixels,
    /// Reading it ended the process that reads pictures. `args`: `name`.
    PictureCrashed,
    /// No process that reads pictures can be started. `args`: `name`, `program`, `reason`.
    PictureReader,
    /// A PDF that is encrypted. `args`: `name`.
    PdfProtected,
    /// A PDF with more pages than are attached at once. `args`: `name`, `pages`, `taken`.
    PdfPages,
    /// Fits no request whatever is done. `args`: `name`, `limit` (bytes).
    CannotFit,
    /// What a link names could not be fetched, or is no picture. `args`: `host`, `reason`.
    LinkNotRead,
    /// A link of `dragoman:` that asks for more than it may. `args`: `why` (`alone`,
    /// `form`, `long` with `limit`, `more` with `what`).
    LinkRefused,
    /// A video that no provider takes. `args`: `name`, `format`.
    VideoFormat,
    /// A video larger than the provider takes. `args`: `name`, `bytes`, `limit` (bytes).
    VideoTooLarge,
    /// The model takes no videos. `args`: `model`, and `suggestion`, a model that
    /// does and for which there is a key.
    VideoNotTaken,
    /// The clipboard holds no picture.
    ClipboardEmpty,
    /// The program that owns the clipboard does not answer.
    ClipboardSilent,
    /// A prompt takes text from the clipboard, and there is none to be had. `args`: `why`
    /// (`empty`, `no_window`, `long` with `limit`, characters).
    PromptClipboard,
    /// A preset without a name, or with one that is too long. `args`: `limit`, characters.
    PresetName,
    /// No preset of this name. `args`: `name`.
    PresetNotFound,
    /// An attachment that is not there (any more), or not ready.
    AttachmentNotReady,

    // Keys.
    /// The keyring is locked. `args`: `why`, a [`KeyringReason`](crate::KeyringReason).
    KeyringLocked,
    /// The keyring has no collection to keep keys in.
    KeyringNoCollection,
    /// No keyring can be reached. `args`: `why`, a
    /// [`KeyringReason`](crate::KeyringReason); `reason`, in the system's words.
    KeyringUnavailable,
    /// Empty, too long, or holds characters that no HTTP header takes. `args`: `reason`,
    /// its name `why`, and `limit` where it is too long.
    KeyNotUsable,
    /// The key is not in the keyring (any more).
    KeyNotFound,
    /// This provider needs a key and has none. `args`: `provider`.
    KeyMissing,
    /// The key was entered for another origin. `args`: `origin`, `was`.
    KeyOtherOrigin,

    // Providers and requests.
    /// A base URL that cannot be used. `args`: `url`, `reason`, and its name `why`.
    BaseUrl,
    /// No such provider. `args`: `provider`.
    ProviderNotFound,
    /// A provider manifest that is not valid. `args`: `file`, `field`, `reason`, and
    /// `why` with its facts, as of [`ManifestReason`](crate::ManifestReason).
    Manifest,
    /// A parameter out of its range. `args`: `parameter`, `range`.
    Parameter,
    /// Neither text nor picture to send.
    NothingToSend,
    /// No model chosen.
    ModelMissing,

    // What a provider answered.
    /// 401: the key was refused.
    KeyRefused,
    /// No money, no quota.
    NoBalance,
    /// No such model, or none that this key may use. `args`: `about`, `not_activated`
    /// where the account has to switch it on first; then `url`, where that is done, if
    /// known.
    ModelNotFound,
    /// 429 that goes away by itself.
    RateLimit,
    /// More tokens than the model holds.
    TooLong,
    /// More bytes than the provider takes (413). `args`: `bytes`, `limit` where known.
    TooLarge,
    /// More pictures than the provider takes. `args`: `pictures`, `limit`.
    TooManyPictures,
    /// A picture was refused.
    PictureRefused,
    /// Refused by moderation.
    Moderated,
    /// A parameter was refused. `args`: `parameter`, its name in the request.
    ParameterRefused,
    /// Any other 4xx.
    BadRequest,
    /// 403: not allowed with this key.
    Forbidden,
    /// 5xx, or the provider says it is overloaded.
    ProviderDown,
    /// No API there: a web page, or 404 at the endpoint. `args`: `url`, `suggestion`.
    NotAnApi,
    /// DNS, connect, reset. `args`: `host`, `reason`.
    Network,
    /// The proxy cannot be reached, or refuses. `args`: `host`, `reason`.
    Proxy,
    /// TLS: the certificate was not accepted. `args`: `host`, `reason`.
    Certificate,
    /// Nothing arrived for too long. `args`: `seconds`.
    Timeout,
    /// The answer cannot be read as one. `args`: `reason`.
    BadAnswer,
    /// The provider answered with a redirect, which is not followed. `args`: `url`.
    Redirect,

    // Here.
    /// The data folder or file cannot be written. `args`: `path`, `reason`.
    Storage,
    /// The database is of a newer version of the app. `args`: `path`.
    StorageNewer,
    /// It could not be learned whether there is a newer version. `args`: `why`
    /// (`unreached` with `reason`, `unsigned`, `expired`, `older`, `malformed`).
    UpdateUnknown,
    /// A newer version did not take the place of this one, which is as it was. `args`:
    /// `reason`.
    UpdateNotInstalled,
    /// Everything was to be forgotten, and another process uses it: nothing was removed.
    HomeInUse,
    /// No backup was made, or none brought back. `args`: `path`; `why` (`gone`,
    /// `no_folder`, `inside_home`, `read_only`, `full`, `busy`, `no_set`, `altered` and
    /// `missing` with `name`, `newer`, `home_in_use`, `stopped`, `no_home`, `history` and
    /// `system` with `reason`).
    Backup,
    /// Not everything was forgotten. `args`: `why`; `keys`: `keys`, how many are left, and
    /// `reason`; `files`: `path`, `reason`.
    NotForgotten,
    /// No such conversation or message.
    NotFound,
    /// This conversation is answering already.
    Busy,
    /// The person did not allow it in a dialog of the shell; nothing was changed.
    NotAllowed,
    /// Anything else; a bug.
    Internal,
}

/// Every error that reaches the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct IpcError {
    /// What the page acts on.
    pub code: ErrorCode,
    /// One or two plain English sentences: the thing, the limit, the next step.
    /// The page shows its own wording of `code` with `args` where it has one.
    pub message: String,
    /// The values that `message` names, for the page's own wording.
    #[ts(type = "Record<string, string>")]
    pub args: BTreeMap<String, String>,
    /// How long to wait before the next try, in milliseconds.
    #[ts(type = "number | null")]
    pub retry_after_ms: Option<u64>,
    /// What the provider itself said.
    pub detail: Option<Box<ErrorDetail>>,
}

/// The provider's own words, kept whole and copyable.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ErrorDetail {
    /// HTTP status.
    pub status: Option<u16>,
    /// The provider's message.
    pub message: Option<String>,
    /// The provider's code or type, as text.
    pub code: Option<String>,
    /// The request id, from a header or the message.
    pub request_id: Option<String>,
}

impl IpcError {
    /// An error with its English message.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            args: BTreeMap::new(),
            retry_after_ms: None,
            detail: None,
        }
    }

    /// Adds a value that the message names.
    #[must_use]
    pub fn arg(mut self, name: &str, value: impl ToString) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }

    /// Adds what the provider said.
    #[must_use]
    pub fn with_detail(mut self, detail: ErrorDetail) -> Self {
        self.detail = Some(Box::new(detail));
        self
    }
}

impl std::fmt::Display for IpcError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for IpcError {}
