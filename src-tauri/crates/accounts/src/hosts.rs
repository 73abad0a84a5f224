//! Which hosts the person is asked about before a provider or a proxy may lie there.

use ::consent::{Place, Question};
use ::providers::{AuthHeader, Manifest};
use protocol::{IpcError, NetworkSettings};

use super::Accounts;
use super::network::Entry;

/// What is asked before a provider is `now` where it was `before`, or is added. Hosts
/// that are `known` are none that is new; this machine is never asked about.
fn provider(
    before: Option<&Manifest>,
    now: &Manifest,
    known: impl Fn(&str) -> bool,
) -> Result<Option<Question>, IpcError> {
    let Some(base) = now.base()?.filter(|base| !base.is_loopback()) else {
        return Ok(None);
    };
    let is_asked = match before {
        Some(before) => before.origin() != base.origin() || before.auth != now.auth,
        None => !known(base.origin()),
    };
    let question = || -> Result<Question, IpcError> {
        Ok(Question::Provider {
            id: now.id.clone(),
            name: now.name.clone(),
            was: before.map(place).transpose()?,
            now: place(now)?,
        })
    };
    is_asked.then(question).transpose()
}

fn place(manifest: &Manifest) -> Result<Place, IpcError> {
    let base = manifest.base()?;
    Ok(Place {
        origin: manifest.origin(),
        is_private: base.is_some_and(|base| base.is_local() && !base.is_loopback()),
        header: match manifest.auth_header()? {
            AuthHeader::None => None,
            AuthHeader::Bearer => Some("Authorization".to_owned()),
            AuthHeader::Named(name) => Some(name.to_string()),
        },
    })
}

/// What is asked before these settings of the network take the place of others.
fn proxy(before: &NetworkSettings, now: &NetworkSettings) -> Option<Question> {
    let (was, entry) = (Entry::of(before), Entry::of(now)?);
    (was.as_ref() != Some(&entry)).then(|| Question::Proxy {
        was: was.as_ref().map(Entry::address),
        now: entry.address(),
    })
}

impl Accounts {
    /// Asks the person, where a provider would lie at a host that is new here, or go
    /// elsewhere or take its key otherwise than before.
    ///
    /// # Errors
    /// [`protocol::ErrorCode::NotAllowed`].
    pub(super) async fn ask_about(
        &self,
        before: Option<&Manifest>,
        now: &Manifest,
    ) -> Result<(), IpcError> {
        let others = self.manifests()?;
        let known = |origin: &str| others.iter().any(|one| one.origin() == origin);
        match provider(before, now, known)? {
            Some(question) => self.0.consent.ask(question).await,
            None => Ok(()),
        }
    }

    /// Asks the person, where these settings would send requests through a proxy of
    /// theirs that is not the one so far.
    ///
    /// # Errors
    /// [`protocol::ErrorCode::NotAllowed`].
    pub async fn ask_about_network(
        &self,
        before: &NetworkSettings,
        now: &NetworkSettings,
    ) -> Result<(), IpcError> {
        match proxy(before, now) {
            Some(question) => self.0.consent.ask(question).await,
            None => Ok(()),
        }
    }

    /// Who is asked.
    pub fn consent(&self) -> &::consent::Consent {
        &self.0.consent
    }
}

#[cfg(test)]
mod tests {
    use protocol::ProxyMode;

    use super::*;

    fn manifest(base_url: &str, auth: &str) -> Manifest {
        let json = format!(
            r#"{{"id": "mine", "name": "Mine", "base_url": "{base_url}", "allow_private": true, "auth": {auth}}}"#
        );
        Manifest::parse(&json).unwrap()
    }

    fn asked(before: Option<&Manifest>, now: &Manifest) -> bool {
        let known = |origin: &str| origin == "https://known.example";
        provider(before, now, known).unwrap().is_some()
    }

    #[test]
    fn a_new_host_is_asked_about_and_this_machine_is_not() {
        for (base_url, wanted) in [
            ("https://new.example/v1", true),
            ("https://known.example/v1", false),
            ("https://known.example:8443/v1", true),
            ("https://sub.known.example/v1", true),
            ("http://192.168.1.5:8000/v1", true),
            ("https://192.168.1.5/v1", true),
            ("http://nas.local/v1", true),
            ("http://[fd00::1]/v1", true),
            ("http://100.64.0.1/v1", true),
            ("http://localhost:8000/v1", false),
            ("http://127.0.0.1:8000/v1", false),
            ("http://127.8.8.8/v1", false),
            ("http://[::1]:8000/v1", false),
            ("http://me.localhost/v1", false),
            ("https://localhost.example/v1", true),
        ] {
            let now = manifest(base_url, "\"bearer\"");
            assert_eq!(asked(None, &now), wanted, "{base_url}");
        }
    }

    #[test]
    fn a_move_is_asked_about_whichever_host_it_leads_to_but_this_machine() {
        let bearer = "\"bearer\"";
        let header = r#"{"header": "x-key"}"#;
        let (a, known) = ("https://a.example/v1", "https://known.example/v1");
        let here = "http://localhost:1/v1";
        for (before, now, wanted) in [
            ((a, bearer), (a, bearer), false),
            ((a, bearer), ("https://a.example/v2", bearer), false),
            ((a, bearer), ("https://b.example/v1", bearer), true),
            ((a, bearer), ("https://a.example:444/v1", bearer), true),
            ((a, bearer), (known, bearer), true),
            ((here, bearer), (known, bearer), true),
            ((a, bearer), (here, bearer), false),
            ((a, bearer), (a, header), true),
            ((a, "\"none\""), (a, bearer), true),
            ((here, bearer), (here, header), false),
        ] {
            let (from, to) = (manifest(before.0, before.1), manifest(now.0, now.1));
            assert_eq!(asked(Some(&from), &to), wanted, "{before:?} → {now:?}");
        }
        let question = provider(
            Some(&manifest(a, bearer)),
            &manifest("http://192.168.1.5/v1", header),
            |_| false,
        );
        let Some(Question::Provider { was, now, .. }) = question.unwrap() else {
            panic!("a question of a provider");
        };
        let was = was.unwrap();
        assert_eq!(was.origin, "https://a.example");
        assert_eq!(was.header.as_deref(), Some("Authorization"));
        assert!(!was.is_private && now.is_private);
        assert_eq!(now.header.as_deref(), Some("x-key"));
    }

    #[test]
    fn a_proxy_is_asked_about_when_requests_begin_to_go_through_it() {
        let set = |proxy, url: &str| NetworkSettings {
            proxy,
            proxy_url: url.to_owned(),
            ..NetworkSettings::default()
        };
        let (a, b) = ("http://a.example:8080", "socks5h://127.0.0.1:1080");
        let manual = |url| set(ProxyMode::Manual, url);
        let none = NetworkSettings::default();
        assert_eq!(proxy(&none, &none), None);
        assert_eq!(proxy(&none, &set(ProxyMode::System, a)), None);
        assert_eq!(proxy(&manual(a), &set(ProxyMode::None, a)), None);
        assert_eq!(proxy(&manual(a), &manual(" a.example:8080/")), None);
        let asked = |was: Option<&str>, now: &str| {
            Some(Question::Proxy {
                was: was.map(str::to_owned),
                now: now.to_owned(),
            })
        };
        assert_eq!(proxy(&none, &manual(a)), asked(None, a));
        assert_eq!(
            proxy(&set(ProxyMode::System, a), &manual(a)),
            asked(None, a)
        );
        assert_eq!(proxy(&manual(a), &manual(b)), asked(Some(a), b));
        let other_port = "http://a.example:8081";
        assert_eq!(
            proxy(&manual(a), &manual(other_port)),
            asked(Some(a), other_port)
        );
    }
}
