use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ErrorCode, IpcError, Millis, Usage};

/// How the operating system's keyring stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum KeyringState {
    /// Keys can be stored and used.
    Ready,
    /// There, but locked; unlocking it and trying again helps.
    Locked,
    /// There, but without a collection to keep keys in: one has to be made or
    /// chosen first, as in KeePassXC a database for the Secret Service.
    #[serde(rename = "no_collection")]
    NoCollection,
    /// Not there.
    Unavailable,
}

/// Why the keyring cannot be used. Also `why` of the errors of the keyring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum KeyringReason {
    /// It is locked, and nobody was asked to unlock it.
    Locked,
    /// The person closed its prompt, or it could not be shown.
    Dismissed,
    /// Its prompt was not answered in time.
    Unanswered,
    /// The person stopped waiting for it.
    Stopped,
    /// It does not answer at all.
    NoAnswer,
    /// It has no collection to keep keys in.
    NoCollection,
    /// Nothing answers to its name.
    NoService,
    /// None is known for this system.
    NoKeyring,
    /// What it gave back is no key.
    NoKey,
    /// Anything else, as its own words say.
    Failed,
}

impl KeyringReason {
    /// Its name on the wire.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Locked => "locked",
            Self::Dismissed => "dismissed",
            Self::Unanswered => "unanswered",
            Self::Stopped => "stopped",
            Self::NoAnswer => "no_answer",
            Self::NoCollection => "no_collection",
            Self::NoService => "no_service",
            Self::NoKeyring => "no_keyring",
            Self::NoKey => "no_key",
            Self::Failed => "failed",
        }
    }
}

/// Answer of `keys|status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyringStatus {
    /// How it stands.
    pub state: KeyringState,
    /// What the keyring calls itself: "Secret Service", "Keychain", "Credential Manager".
    pub backend: String,
    /// Why it is not ready.
    pub reason: Option<KeyringReason>,
    /// The system's own words for it, where it has some.
    pub detail: Option<String>,
    /// Its prompt is open: it waits for the person to unlock it.
    pub waiting: bool,
}

/// Event `keyring`: its prompt opened, or is gone. What needs a key waits meanwhile;
/// `keys|stop` ends the wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyringEvent {
    /// It is open.
    pub waiting: bool,
}

/// Where a key is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Keep {
    /// In the operating system's keyring.
    Keyring,
    /// In memory, until the app ends; only on request.
    Session,
}

/// All that the page ever learns of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyInfo {
    /// Id of the key, not secret.
    pub id: String,
    /// Provider it belongs to.
    pub provider: String,
    /// Scheme, host and port it may be sent to.
    pub origin: String,
    /// The user's name for it.
    pub label: String,
    /// Its last four characters (fewer of a short key: never more than a quarter of it).
    pub last4: String,
    /// Where it is kept.
    pub kept: Keep,
    /// Is it the one in use for its provider?
    pub chosen: bool,
    /// False when the provider's base URL has since moved to another origin.
    pub usable: bool,
    /// When it was entered.
    #[ts(type = "number")]
    pub created_at: Millis,
    /// When it was last used.
    #[ts(type = "number | null")]
    pub used_at: Option<Millis>,
    /// It was given up lately and rests until then; the next key answers.
    #[ts(type = "number | null")]
    pub rests_until: Option<Millis>,
    /// Why it rests.
    pub rests_because: Option<ErrorCode>,
}

/// `keys|list`: every key, each provider's in the order they are tried.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyList {
    /// The keys.
    pub keys: Vec<KeyInfo>,
}

/// `keys|set`: stores a new key. Answer: its [`KeyInfo`].
#[derive(Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeySetParams {
    /// Provider it belongs to; its present origin is bound to the key.
    pub provider: String,
    /// The user's name for it; empty for none.
    pub label: String,
    /// The key itself: the only way in, and there is none out.
    pub key: String,
    /// Where to keep it.
    pub keep: Keep,
}

/// `keys|test`: asks the provider whether it takes a key: a stored one (`id`),
/// or one that is not stored (`provider` and `key`).
#[derive(Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyTestParams {
    /// Provider to ask.
    pub provider: String,
    /// A stored key.
    pub id: Option<String>,
    /// A key just typed.
    pub key: Option<String>,
}

/// Answer of `keys|test`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyTestReport {
    /// The provider answered as an API.
    pub reachable: bool,
    /// It accepted the key; `None` when it could not be told.
    pub accepted: Option<bool>,
    /// How many models it lists.
    pub models: Option<u32>,
    /// Time to its answer, in milliseconds.
    pub took_ms: u32,
    /// What went wrong.
    pub error: Option<IpcError>,
}

/// Names one key: `keys|remove`, `keys|choose`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyIdParams {
    /// Id of the key.
    pub id: String,
}

/// `keys|order`: the order in which a provider's keys are tried; the first is
/// the chosen one.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyOrderParams {
    /// The provider.
    pub provider: String,
    /// All of its keys' ids.
    pub ids: Vec<String>,
}

/// `keys|probe`: shows a model a tiny picture with a known answer. Costs a few tokens.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyProbeParams {
    /// Provider to ask.
    pub provider: String,
    /// A stored key; the chosen one when `None`.
    pub id: Option<String>,
    /// Model to ask.
    pub model: String,
}

/// Answer of `keys|probe`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyProbeReport {
    /// The model named what the picture shows; `None` when it did not answer.
    pub sees: Option<bool>,
    /// What it answered, at most 300 characters.
    pub answer: String,
    /// Time to its whole answer, in milliseconds.
    pub took_ms: u32,
    /// Tokens it took.
    pub usage: Option<Usage>,
    /// What went wrong.
    pub error: Option<IpcError>,
}

/// `keys|rename`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyRenameParams {
    /// Id of the key.
    pub id: String,
    /// Its new name.
    pub label: String,
}

/// A key in the keyring that no provider is known to have: what is left of a
/// history that was set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OrphanKey {
    /// Id of the key, not secret.
    pub id: String,
    /// Scheme, host and port it was entered for.
    pub origin: String,
    /// Ids of the providers that are at this origin now, and take a key.
    pub providers: Vec<String>,
}

/// `keys|orphans`: every such key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OrphanList {
    /// The keys.
    pub keys: Vec<OrphanKey>,
}

/// `keys|adopt`: gives such a key to a provider. Answer: its [`KeyInfo`].
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyAdoptParams {
    /// Id of the key.
    pub id: String,
    /// The origin it was entered for.
    pub origin: String,
    /// Provider it is to belong to, which must be at this origin.
    pub provider: String,
    /// The user's name for it; empty for none.
    pub label: String,
}

/// `keys|discard`: takes such a key out of the keyring.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyDiscardParams {
    /// Id of the key.
    pub id: String,
    /// The origin it was entered for.
    pub origin: String,
}

/// Never shows the key.
impl std::fmt::Debug for KeySetParams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeySetParams")
            .field("provider", &self.provider)
            .field("label", &self.label)
            .field("key", &"<redacted>")
            .field("keep", &self.keep)
            .finish()
    }
}

/// Never shows the key.
impl std::fmt::Debug for KeyTestParams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyTestParams")
            .field("provider", &self.provider)
            .field("id", &self.id)
            .field("key", &self.key.as_ref().map(|_| "<redacted>"))
            .finish()
    }
}
