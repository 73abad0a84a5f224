//! Values as they are kept in a column.

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};

/// A kept list; entries that are no longer known are left out.
pub(crate) fn known_of<T: serde::de::DeserializeOwned>(json: &str) -> Vec<T> {
    let list: Vec<serde_json::Value> = serde_json::from_str(json).unwrap_or_default();
    list.into_iter()
        .filter_map(|entry| serde_json::from_value(entry).ok())
        .collect()
}

/// A value as it is kept in a column.
pub(crate) fn json<T: serde::Serialize + ?Sized>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// Any of the contract's enums without fields, kept by its name on the wire.
pub(crate) struct Named<T>(pub(crate) T);

impl<T: serde::Serialize> ToSql for Named<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match serde_json::to_value(&self.0) {
            Ok(serde_json::Value::String(name)) => Ok(name.into()),
            other => Err(rusqlite::Error::ToSqlConversionFailure(
                format!("not a name: {other:?}").into(),
            )),
        }
    }
}

impl<T: serde::de::DeserializeOwned> FromSql for Named<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_value(value.as_str()?.into())
            .map(Named)
            .map_err(|error| FromSqlError::Other(error.into()))
    }
}
