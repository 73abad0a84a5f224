/// What kind of body an error is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    #[default]
    Text,
    Json,
    Page,
}
