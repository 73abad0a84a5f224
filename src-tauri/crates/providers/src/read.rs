//! A manifest read and checked, and what a request takes of it.

use http::{HeaderName, HeaderValue};

use crate::check;
use crate::error::Error;
use crate::manifest::{Auth, Manifest};

/// How a key is sent, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthHeader {
    /// No key.
    None,
    /// `Authorization: Bearer …`.
    Bearer,
    /// The bare key in this header.
    Named(HeaderName),
}

impl Manifest {
    /// Reads and checks a manifest: a built-in one, or one that the app stored
    /// ([`Manifest::to_json`]).
    ///
    /// # Errors
    /// [`Error::Manifest`] with the field and what is wrong with it.
    pub fn parse(json: &str) -> Result<Self, Error> {
        let json = json.trim_start_matches('\u{feff}');
        let mut from = serde_json::Deserializer::from_str(json);
        let manifest: Self = serde_path_to_error::deserialize(&mut from)
            .map_err(|error| check::reading(json, &error))?;
        from.end().map_err(|error| check::trailing(&error))?;
        manifest.validate()?;
        Ok(manifest)
    }

    /// Reads and checks a manifest file of the user's. It cannot allow itself
    /// a private address, nor be Demo.
    ///
    /// # Errors
    /// [`Error::Manifest`] with the field and what is wrong with it.
    pub fn from_file(json: &str) -> Result<Self, Error> {
        let manifest = Self::parse(json)?;
        check::file(&manifest)?;
        Ok(manifest)
    }

    /// Checks what the types do not: id, addresses, header names, ranges.
    ///
    /// # Errors
    /// [`Error::Manifest`] with the field and what is wrong with it.
    pub fn validate(&self) -> Result<(), Error> {
        check::manifest(self)
    }

    /// Checks its names as they are entered or come in a file: none that only looks
    /// like another's, or like nothing. What is kept already is read without it.
    ///
    /// # Errors
    /// [`Error::Manifest`] with the field and what is wrong with it.
    pub fn check_names(&self) -> Result<(), Error> {
        check::names(self)
    }

    /// The extra headers, as a request takes them.
    ///
    /// # Errors
    /// [`Error::Manifest`] for a manifest that was not checked.
    pub fn header_map(&self) -> Result<Vec<(HeaderName, HeaderValue)>, Error> {
        let pairs = self.headers.iter();
        pairs
            .map(|(name, value)| check::header(&format!("headers.{name}"), name, value))
            .collect()
    }

    /// How the key is sent, as a request takes it.
    ///
    /// # Errors
    /// [`Error::Manifest`] for a manifest that was not checked.
    pub fn auth_header(&self) -> Result<AuthHeader, Error> {
        Ok(match &self.auth {
            Auth::None => AuthHeader::None,
            Auth::Bearer => AuthHeader::Bearer,
            Auth::Header(name) => AuthHeader::Named(check::header_name("auth.header", name)?),
        })
    }
}
