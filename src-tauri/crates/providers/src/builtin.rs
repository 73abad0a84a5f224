use crate::Manifest;

/// Id of the provider that answers within the app, without key and network.
pub const DEMO: &str = "demo";

/// The built-in files, in the order shown.
pub(crate) const FILES: [(&str, &str); 3] = [
    ("demo.json", include_str!("../../../providers/demo.json")),
    (
        "chenyu.json",
        include_str!("../../../providers/chenyu.json"),
    ),
    (
        "anyfast.json",
        include_str!("../../../providers/anyfast.json"),
    ),
];

/// The providers that come with the app, Demo first.
pub fn builtin() -> Vec<Manifest> {
    // A test reads them all, so none is ever left out here.
    FILES
        .iter()
        .filter_map(|(_, json)| Manifest::parse(json).ok())
        .collect()
}
