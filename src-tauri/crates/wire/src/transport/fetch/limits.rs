//! How much of a link is fetched, and why none may come of it.

use std::time::Duration;

/// What is asked for, how much of it is fetched, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FetchLimits {
    /// Kinds of content, as the header field `Accept` words them (RFC 9110, 12.5.1).
    pub accept: &'static str,
    /// Most bytes, unpacked.
    pub bytes: usize,
    /// Longest time for all of it.
    pub time: Duration,
}

/// Why a link could not be fetched. Each message is a reason, to follow a colon.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// No address, or with a user name in it.
    #[error("it is not the address of a picture")]
    Address,
    /// Neither `https`, nor `http` on this machine.
    #[error("only https links are fetched")]
    Scheme,
    /// It leads into the network around this machine.
    #[error("it leads to an address of a private network")]
    Private,
    /// Too many redirects, or one that leads nowhere.
    #[error("it is redirected too often, or nowhere")]
    Redirect,
    /// Not a 2xx.
    #[error("it is answered with HTTP {0}")]
    Status(u16),
    /// More bytes than are fetched.
    #[error("it is larger than {} MB", .0 / 1_000_000)]
    Size(usize),
    /// It took too long.
    #[error("it takes longer than {} seconds", .0.as_secs())]
    Timeout(Duration),
    /// DNS, connection, certificate, proxy: in the system's words.
    #[error("{0}")]
    Network(String),
}
