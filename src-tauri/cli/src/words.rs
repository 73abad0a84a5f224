//! What is said on stderr, in the language of the environment where there are words.

use protocol::dates::utc;
use protocol::{AnswerNote, ErrorCode, IpcError, Notice};
use serde_json::{Map, Value};

/// The page's own words.
const CHINESE: &str = include_str!("../../../ui/messages/zh-CN.json");
const ENGLISH: &str = include_str!("../../../ui/messages/en.json");

/// Words of one language.
pub struct Words {
    /// The page's, by their names.
    page: Map<String, Value>,
    chinese: bool,
}

impl Words {
    /// Those of the language that `LANG` and its like name; English where it is
    /// neither.
    pub fn of_environment() -> Self {
        Self::of(&settings::locale())
    }

    fn of(locale: &str) -> Self {
        let chinese = locale.to_lowercase().starts_with("zh");
        let page = if chinese { CHINESE } else { ENGLISH };
        Self {
            page: serde_json::from_str(page).unwrap_or_default(),
            chinese,
        }
    }

    /// The language, as a locale begins with it.
    pub fn locale(&self) -> &'static str {
        self.either("en", "zh")
    }

    /// The one of the two that is this language's.
    pub fn either<'a>(&self, english: &'a str, chinese: &'a str) -> &'a str {
        if self.chinese { chinese } else { english }
    }

    /// An error, what the provider itself said of it, and what can be done here; with
    /// the provider that it is about.
    pub fn error(&self, error: &IpcError, about: Option<&str>) -> String {
        let mut lines = vec![self.one_line(error)];
        if let Some(detail) = &error.detail {
            let status = detail.status.map(|status| format!("HTTP {status}"));
            let said = detail.message.as_deref().map(str::trim);
            let said = said.filter(|said| !said.is_empty() && !error.message.contains(said));
            let request = detail.request_id.as_ref().map(|id| format!("request {id}"));
            let all = [status, said.map(str::to_owned), request];
            let all: Vec<_> = all.into_iter().flatten().collect();
            if !all.is_empty() {
                lines.push(format!("  {}", all.join(" · ")));
            }
        }
        let key = matches!(
            error.code,
            ErrorCode::KeyMissing | ErrorCode::KeyNotFound | ErrorCode::KeyOtherOrigin
        );
        if let Some(provider) = about.filter(|_| key) {
            lines.push(format!("  dragoman-cli keys add {provider}"));
        }
        lines.join("\n")
    }

    fn one_line(&self, error: &IpcError) -> String {
        self.worded(error).unwrap_or_else(|| error.message.clone())
    }

    /// The page's words for an error; `None` where it has none, or a value is missing.
    fn worded(&self, error: &IpcError) -> Option<String> {
        let arg = |name: &str| error.args.get(name).filter(|value| !value.is_empty());
        let code = serde_json::to_value(error.code).ok()?;
        let code = code.as_str()?;
        let name = match error.code {
            ErrorCode::BaseUrl => match arg("why") {
                Some(why) => format!("base_url_{why}"),
                None => format!("error_{code}"),
            },
            // The app's words for why, each with what it names.
            ErrorCode::Backup => format!("backup_why_{}", arg("why")?),
            ErrorCode::Network if arg("sent").is_some() => "error_network_sent".to_owned(),
            ErrorCode::PromptClipboard => match arg("why").map(String::as_str) {
                Some("long") => "error_prompt_clipboard_long".to_owned(),
                Some("no_window") => "error_prompt_clipboard_no_window".to_owned(),
                _ => "error_prompt_clipboard".to_owned(),
            },
            ErrorCode::TooLarge if arg("bytes").is_some() && arg("limit").is_some() => {
                "error_too_large_limit".to_owned()
            }
            _ => format!("error_{code}"),
        };
        let value = |name: &str| match name {
            "message" => Some(error.message.clone()),
            "reason" if error.code == ErrorCode::Backup => arg(name).cloned(),
            "reason" => {
                let why = arg("why").map(String::as_str).unwrap_or_default();
                let named = match (error.code, why) {
                    (ErrorCode::Manifest, "address") => format!("base_url_{}", arg("refusal")?),
                    (ErrorCode::Manifest, why) => format!("manifest_{why}"),
                    (_, why) => format!("reason_{why}"),
                };
                let own = self.translated(&named);
                let own = own.and_then(|own| fill(own, |name| arg(name).cloned()));
                let said = own.or_else(|| arg("reason").cloned())?;
                Some(said.trim_end_matches(['.', '。']).to_owned())
            }
            "format" => {
                let phrase =
                    arg("kind").and_then(|kind| self.translated(&format!("format_{kind}")));
                let phrase = phrase.and_then(|phrase| fill(phrase, |name| arg(name).cloned()));
                phrase.or_else(|| arg(name).cloned())
            }
            "bytes" => arg(name).map(|bytes| megabytes(bytes)),
            "limit" => arg(name).map(|limit| match error.code {
                ErrorCode::TooManyPictures | ErrorCode::PromptClipboard | ErrorCode::PresetName => {
                    limit.clone()
                }
                ErrorCode::TooManyPixels => format!("{limit} px"),
                _ => megabytes(limit),
            }),
            _ => arg(name).cloned(),
        };
        fill(self.translated(&name)?, value)
    }

    fn page(&self, name: &str) -> Option<&str> {
        self.page.get(name)?.as_str()
    }

    /// The page's words for what brings English words along, and counts in English.
    fn translated(&self, name: &str) -> Option<&str> {
        self.page(name).filter(|_| self.chinese)
    }

    /// Something to know of an answer.
    pub fn note(&self, note: &AnswerNote) -> String {
        self.note_of_the_page(note).unwrap_or_else(|| match note {
            AnswerNote::Retrying {
                error, attempt, of, ..
            } => {
                let tried = self.either("Trying again", "正在重试");
                format!("{} {tried} ({attempt}/{of}).", self.one_line(error))
            }
            AnswerNote::OtherKey { error, last4, .. } => format!(
                "Key …{last4} took over: the one before did not serve. {}",
                self.one_line(error)
            ),
            AnswerNote::SmallerPictures { count, bytes } => {
                let bytes = megabytes(&bytes.to_string());
                format!("The request was too large: pictures made smaller: {count}; {bytes} are sent now.")
            }
            AnswerNote::RefusedPicturesLeftOut { count } => {
                format!("Earlier pictures left out, since the provider refused them: {count}.")
            }
            AnswerNote::OldPicturesLeftOut { count } => {
                format!("Earlier pictures left out, as set: {count}.")
            }
            AnswerNote::PiecesUnread { count } => {
                format!("Pieces of the answer that could not be read: {count}.")
            }
            AnswerNote::PicturesUnread { count } => {
                format!("Pictures of the answer that could not be read: {count}.")
            }
            AnswerNote::PromptFilled { .. } => {
                "Placeholders of the prompt were filled in.".to_owned()
            }
            AnswerNote::BeganAnew => {
                "It began anew instead of going on: the answer before it is kept beside it."
                    .to_owned()
            }
            AnswerNote::NotTaken { pictures, videos } => format!(
                "Left out, since this model takes none: {pictures} earlier pictures, {videos} earlier videos."
            ),
        })
    }

    fn note_of_the_page(&self, note: &AnswerNote) -> Option<String> {
        let counted = |name: &str, count: u32, bytes: u64| {
            fill(self.translated(name)?, |name| match name {
                "count" => Some(count.to_string()),
                "bytes" => Some(megabytes(&bytes.to_string())),
                _ => None,
            })
        };
        match note {
            AnswerNote::Retrying { .. } => None,
            AnswerNote::OtherKey { error, last4, .. } => fill(
                self.translated("note_other_key_plain")?,
                |name| match name {
                    "last4" => Some(last4.clone()),
                    "why" => Some(self.one_line(error)),
                    _ => None,
                },
            ),
            AnswerNote::SmallerPictures { count, bytes } => counted("note_smaller", *count, *bytes),
            AnswerNote::RefusedPicturesLeftOut { count } => counted("note_refused_out", *count, 0),
            AnswerNote::OldPicturesLeftOut { count } => counted("note_old_out", *count, 0),
            AnswerNote::PiecesUnread { count } => counted("note_pieces_unread", *count, 0),
            AnswerNote::PicturesUnread { count } => counted("note_pictures_unread", *count, 0),
            AnswerNote::PromptFilled { .. } => counted("note_prompt_filled", 0, 0),
            AnswerNote::BeganAnew => counted("note_began_anew", 0, 0),
            AnswerNote::NotTaken { pictures, videos } => {
                let pictures = (*pictures > 0)
                    .then(|| counted("note_not_taken_pictures", *pictures, 0))
                    .flatten();
                let videos = (*videos > 0)
                    .then(|| counted("note_not_taken_videos", *videos, 0))
                    .flatten();
                let all: Vec<_> = [pictures, videos].into_iter().flatten().collect();
                (!all.is_empty()).then(|| all.join(" "))
            }
        }
    }

    /// Something that happened at start.
    pub fn notice(&self, notice: &Notice) -> String {
        let said = |name: &str, path: &str, reason: &str, provider: &str| {
            let said = fill(self.page(name)?, |name| match name {
                "path" => Some(path.to_owned()),
                "reason" => Some(reason.to_owned()),
                "provider" => Some(provider.to_owned()),
                _ => None,
            })?;
            Some(said.trim_end().to_owned())
        };
        let of_error = |name: &str, error: &IpcError, provider: &str| {
            let reason = self.one_line(error);
            said(name, "", &reason, provider).unwrap_or(reason)
        };
        match notice {
            Notice::NotKept { error } => of_error("notice_not_kept", error, ""),
            Notice::HistoryTrouble { error } => of_error("notice_history_trouble", error, ""),
            Notice::ProviderUnreadable { provider, error } => {
                of_error("notice_provider", error, provider)
            }
            Notice::HistorySetAside { set_aside, reason } => {
                said("notice_history", set_aside, reason, "").unwrap_or_default()
            }
            Notice::SettingsRestored {
                set_aside,
                from_copy,
            } => {
                let name = match from_copy {
                    true => "notice_settings_copy",
                    false => "notice_settings_default",
                };
                said(name, set_aside, "", "").unwrap_or_default()
            }
            Notice::Restored { at, aside, keys } => {
                let part =
                    |name: &str, value: &str| fill(self.page(name)?, |_| Some(value.to_owned()));
                let mut lines = vec![part("notice_restored", &utc(*at)).unwrap_or_default()];
                let aside = aside.as_ref();
                lines.extend(aside.and_then(|aside| part("notice_restored_aside", aside)));
                if !keys.is_empty() {
                    lines.extend(self.page("notice_restored_keys").map(str::to_owned));
                }
                for key in keys {
                    let label = match key.label.as_str() {
                        "" => String::new(),
                        label => format!(" “{label}”"),
                    };
                    let url = key.url.as_ref().map(|url| format!(": {url}"));
                    lines.push(format!("  {}{label}{}", key.name, url.unwrap_or_default()));
                    lines.push(format!("    dragoman-cli keys add {}", key.provider));
                }
                lines.join("\n")
            }
            Notice::NotRestored { error } => of_error("notice_not_restored", error, ""),
            Notice::LinkRefused { error } => self.one_line(error),
            Notice::NewVersion { newer } => {
                let there = self.either("Version {version} is there:", "有新版本 {version}：");
                let there = there.replace("{version}", &newer.version);
                format!("{there} {}", newer.page)
            }
            Notice::PageRestarted { .. } => self.page("notice_page").unwrap_or_default().to_owned(),
        }
    }
}

pub fn megabytes(bytes: &str) -> String {
    match bytes.parse::<f64>() {
        Ok(bytes) if bytes >= 1e6 => format!("{:.1} MB", bytes / 1e6),
        Ok(bytes) => format!("{:.0} KB", (bytes / 1e3).ceil()),
        Err(_) => bytes.to_owned(),
    }
}

/// A text with its `{names}` filled in, each once; `None` where a value is missing.
fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        filled.push_str(before);
        filled.push_str(&value(name)?);
        rest = after;
    }
    filled.push_str(rest);
    Some(filled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::ErrorDetail;

    #[test]
    fn an_error_is_said_in_the_language_of_the_environment_and_in_the_providers_words() {
        let missing = IpcError::new(ErrorCode::KeyMissing, "X needs a key.").arg("provider", "X");
        let (english, chinese) = (Words::of("en-US"), Words::of("zh_CN.UTF-8"));
        assert_eq!(
            english.error(&missing, Some("x")),
            "X needs a key.\n  dragoman-cli keys add x"
        );
        assert_eq!(
            chinese.error(&missing, Some("x")),
            "X 需要密钥。请在“设置”中添加。\n  dragoman-cli keys add x"
        );
        // One that lacks a value speaks for itself.
        let bare = IpcError::new(ErrorCode::KeyMissing, "Somebody needs a key.");
        assert_eq!(chinese.error(&bare, None), "Somebody needs a key.");
        let refused =
            IpcError::new(ErrorCode::KeyRefused, "The key was refused.").with_detail(ErrorDetail {
                status: Some(401),
                message: Some("nope {reason}".into()),
                ..ErrorDetail::default()
            });
        assert!(
            english
                .error(&refused, None)
                .ends_with("\n  HTTP 401 · nope {reason}")
        );
        let network = IpcError::new(ErrorCode::Network, "…")
            .arg("host", "{reason}")
            .arg("reason", "x (os error 111).")
            .arg("why", "refused");
        let said = chinese.error(&network, None);
        assert!(
            said.contains("{reason}") && said.contains("该地址无人应答"),
            "{said}"
        );
        let raw = IpcError::new(ErrorCode::UnsupportedFormat, "…")
            .arg("name", "a.nef")
            .arg("format", "Nikon raw")
            .arg("kind", "raw_of")
            .arg("whose", "Nikon");
        assert!(chinese.error(&raw, None).contains("Nikon 相机的 RAW"));
        let taken = IpcError::new(ErrorCode::Manifest, "…")
            .arg("field", "id")
            .arg("why", "id_taken")
            .arg("id", "mine")
            .arg(
                "reason",
                "is mine, which another provider has; choose another",
            );
        assert_eq!(
            chinese.error(&taken, None),
            "服务商配置无效：id：mine 已被其他服务商使用，请换一个"
        );
        let address = IpcError::new(ErrorCode::Manifest, "…")
            .arg("field", "base_url")
            .arg("why", "address")
            .arg("refusal", "plain_http")
            .arg("reason", "cannot be used: http would send the key");
        assert_eq!(
            chinese.error(&address, None),
            "服务商配置无效：base_url：http 会以明文发送密钥和图片，请使用 https://"
        );
        assert!(!Words::of("de_DE").chinese);
    }

    #[test]
    fn what_happened_at_start_is_said_in_either_language() {
        let aside = Notice::HistorySetAside {
            set_aside: "/home/x/dragoman.db.broken-{reason}".into(),
            reason: "malformed".into(),
        };
        let restored = Notice::SettingsRestored {
            set_aside: "/home/x/settings.json.broken".into(),
            from_copy: true,
        };
        let english = Words::of("en_GB.UTF-8");
        let said = english.notice(&aside);
        assert!(
            said.contains("(malformed)") && said.contains("broken-{reason}"),
            "{said}"
        );
        assert!(english.notice(&restored).contains("copy"));
        let chinese = Words::of("zh_CN.UTF-8");
        let said = chinese.notice(&aside);
        assert!(said.contains("历史记录无法读取（malformed）"), "{said}");
        assert!(said.contains("broken-{reason}"), "{said}");
        assert!(chinese.notice(&restored).contains("副本"));
        let full = IpcError::new(ErrorCode::NotAllowed, "Not allowed.");
        for words in [&english, &chinese] {
            let said = words.notice(&Notice::NotKept {
                error: full.clone(),
            });
            assert!(said.len() > 20 && !said.contains('{'), "{said}");
        }
    }
}
