//! What can be asked.

/// Where a provider is, and how it takes its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Scheme, host and port, the host in ASCII; empty for this app itself.
    pub origin: String,
    /// On the network around this machine.
    pub is_private: bool,
    /// The header that carries the key; `None` where none is sent.
    pub header: Option<String>,
}

/// A question to the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// A provider at a host that is new here, or elsewhere than before.
    Provider {
        /// Its id.
        id: String,
        /// Its name.
        name: String,
        /// Where it was; `None` for a new one.
        was: Option<Place>,
        /// Where it will be.
        now: Place,
    },
    /// Requests through a proxy.
    Proxy {
        /// The proxy so far, scheme, host and port; `None` where none was set.
        was: Option<String>,
        /// The one from now on.
        now: String,
    },
    /// The clipboard is to be read, and nobody pressed anything.
    Paste,
    /// A picture is to be fetched from these hosts, and nobody pressed anything.
    Fetch {
        /// Host and port.
        hosts: Vec<String>,
    },
    /// A piece of an answer is to be saved, and nobody pressed anything.
    Save,
    /// A conversation is to be printed, and nobody pressed anything.
    Print,
    /// Everything that the app keeps is to be removed.
    Forget {
        /// The folder it is in.
        folder: String,
    },
    /// A backup is to take the place of what the app keeps.
    Restore {
        /// When it was made, in UTC.
        when: String,
        /// The folder it is in.
        from: String,
        /// The folder of what the app keeps.
        home: String,
    },
    /// A newer version is to take the place of this one.
    Install {
        /// Its number.
        version: String,
    },
    /// An address is to be opened by the system, and nobody pressed anything.
    Open {
        /// The address.
        url: String,
    },
}

impl Question {
    /// What a yes allows from now on: the first is what is looked up, all are kept.
    /// Empty where each time is asked.
    pub(crate) fn allows(&self) -> Vec<String> {
        match self {
            Self::Provider { id, was, now, .. } => {
                let header = now.header.as_deref().unwrap_or("-");
                let here = format!("provider {id} {} {header}", now.origin);
                let host = format!("host {}", now.origin);
                match was {
                    Some(_) => vec![here, host],
                    None => vec![host, here],
                }
            }
            Self::Proxy { now, .. } => vec![format!("proxy {now}")],
            Self::Paste
            | Self::Fetch { .. }
            | Self::Save
            | Self::Print
            | Self::Forget { .. }
            | Self::Install { .. }
            | Self::Restore { .. }
            | Self::Open { .. } => Vec::new(),
        }
    }
}
