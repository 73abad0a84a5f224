use protocol::NetworkSettings;

/// How requests are to leave this machine.
#[derive(Default)]
pub(crate) struct Way {
    pub wanted: NetworkSettings,
    /// The client does it so already.
    pub applied: bool,
}
