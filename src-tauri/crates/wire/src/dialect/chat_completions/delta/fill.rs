//! Reading JSON objects into structs, in place.

use serde::de::{DeserializeSeed, Deserializer};

/// A value that is read into its place: what is large is not moved about. What was
/// there before is gone, so of a field that comes twice the last one counts.
pub(super) trait Fill<'de> {
    fn fill<D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error>;
}

impl<'de, T: Fill<'de>> Fill<'de> for Box<T> {
    fn fill<D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        T::fill(self, deserializer)
    }
}

/// Where a value goes.
pub(super) struct Spot<'s, T>(pub &'s mut T);

impl<'de, T: Fill<'de>> DeserializeSeed<'de> for Spot<'_, T> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.fill(deserializer)
    }
}

/// Small values, moved into their place.
macro_rules! fill_whole {
    ($($kind:ident $(<$life:lifetime>)?),* $(,)?) => {
        $(impl<'de $(: $life, $life)?> Fill<'de> for $kind $(<$life>)? {
            fn fill<D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
                *self = Self::deserialize(deserializer)?;
                Ok(())
            }
        })*
    };
}

pub(super) use fill_whole;

/// Reads the named fields of an object, each into its place; others are passed over.
macro_rules! read_fields {
    ($name:ident { $($key:literal => $field:ident),* $(,)? }) => {
        impl<'de: 'a, 'a> Deserialize<'de> for $name<'a> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let mut read = Self::default();
                read.fill(deserializer)?;
                Ok(read)
            }
        }

        impl<'de: 'a, 'a> Fill<'de> for $name<'a> {
            fn fill<D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
                #[allow(non_camel_case_types)]
                enum Key {
                    $($field,)*
                    other,
                }
                impl<'de> Deserialize<'de> for Key {
                    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                        struct Name;
                        impl Visitor<'_> for Name {
                            type Value = Key;
                            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                                f.write_str("a name")
                            }
                            fn visit_str<E>(self, name: &str) -> Result<Key, E> {
                                Ok(match name {
                                    $($key => Key::$field,)*
                                    _ => Key::other,
                                })
                            }
                        }
                        deserializer.deserialize_identifier(Name)
                    }
                }
                struct Fields<'s, 'a>(&'s mut $name<'a>);
                impl<'de: 'a, 'a> Visitor<'de> for Fields<'_, 'a> {
                    type Value = ();
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("an object")
                    }
                    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
                        while let Some(key) = map.next_key::<Key>()? {
                            match key {
                                $(Key::$field => map.next_value_seed(Spot(&mut self.0.$field))?,)*
                                Key::other => {
                                    map.next_value::<serde::de::IgnoredAny>()?;
                                }
                            }
                        }
                        Ok(())
                    }
                }
                deserializer.deserialize_map(Fields(self))
            }
        }
    };
}

pub(super) use read_fields;
