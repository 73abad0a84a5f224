//! JSON values of an expected type, where any other is passed over.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::fill::{Fill, Spot, fill_whole};

/// Visits any JSON value; what a visitor does not care for is passed over.
macro_rules! pass_over {
    ($($name:ident($kind:ty)),* $(,)?) => {
        $(fn $name<E>(self, _: $kind) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        })*
    };
    (unit) => {
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
    };
    (seq) => {
        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            Ok(Self::Value::default())
        }
    };
    (map) => {
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(Self::Value::default())
        }
    };
}

pub(super) use pass_over;

/// A string, borrowed where it holds no escapes; anything else is none.
#[derive(Debug, Default)]
pub(crate) struct Text<'a>(pub Option<Cow<'a, str>>);

impl Text<'_> {
    /// The string, where there is one that is not empty.
    pub fn get(&self) -> Option<&str> {
        self.0.as_deref().filter(|text| !text.is_empty())
    }

    pub fn is(&self, text: &str) -> bool {
        self.0.as_deref() == Some(text)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any<'a>(PhantomData<&'a ()>);
        impl<'de: 'a, 'a> Visitor<'de> for Any<'a> {
            type Value = Text<'a>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Some(Cow::Borrowed(text))))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Some(Cow::Owned(text.to_owned()))))
            }
            pass_over!(
                visit_bool(bool),
                visit_u64(u64),
                visit_i64(i64),
                visit_f64(f64)
            );
            pass_over!(unit);
            pass_over!(seq);
            pass_over!(map);
        }
        deserializer.deserialize_any(Any(PhantomData))
    }
}

/// A word: a string, or an object that has it as its `type`.
#[derive(Debug, Default)]
pub(crate) struct Word<'a>(Text<'a>);

#[derive(Default, Deserialize)]
#[serde(default)]
struct Typed<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
}

impl Word<'_> {
    /// The word, where there is one that is not empty.
    pub fn get(&self) -> Option<&str> {
        self.0.get()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Word<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any<'a>(PhantomData<&'a ()>);
        impl<'de: 'a, 'a> Visitor<'de> for Any<'a> {
            type Value = Word<'a>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a word")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Word(Text(Some(Cow::Borrowed(text)))))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Word(Text(Some(Cow::Owned(text.to_owned())))))
            }
            pass_over!(
                visit_bool(bool),
                visit_u64(u64),
                visit_i64(i64),
                visit_f64(f64)
            );
            pass_over!(unit);
            pass_over!(seq);
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                Typed::deserialize(MapAccessDeserializer::new(map)).map(|typed| Word(typed.kind))
            }
        }
        deserializer.deserialize_any(Any(PhantomData))
    }
}

/// A count of tokens: any number, or a string that holds one.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Count(pub Option<u32>);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Count;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }
            fn visit_u64<E>(self, n: u64) -> Result<Count, E> {
                Ok(Count(Some(u32::try_from(n).unwrap_or(u32::MAX))))
            }
            fn visit_i64<E>(self, n: i64) -> Result<Count, E> {
                Ok(Count(u32::try_from(n).ok()))
            }
            fn visit_f64<E>(self, n: f64) -> Result<Count, E> {
                // `as` saturates, and a NaN cannot be written in JSON.
                Ok(Count((n >= 0.0).then_some(n as u32)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Count, E> {
                let number = text.trim().parse().ok().filter(|n: &f64| n.is_finite());
                Ok(Count(number.filter(|n| *n >= 0.0).map(|n| n as u32)))
            }
            pass_over!(visit_bool(bool));
            pass_over!(unit);
            pass_over!(seq);
            pass_over!(map);
        }
        deserializer.deserialize_any(Any)
    }
}

/// Whether a field is there and says something; its value is passed over.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Mark {
    /// There, and not null.
    pub present: bool,
    /// Neither null, false, nor an empty string.
    pub truthy: bool,
}

impl<'de> Deserialize<'de> for Mark {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        fn mark<E>(truthy: bool) -> Result<Mark, E> {
            Ok(Mark {
                present: true,
                truthy,
            })
        }
        impl<'de> Visitor<'de> for Any {
            type Value = Mark;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }
            fn visit_bool<E>(self, value: bool) -> Result<Mark, E> {
                mark(value)
            }
            fn visit_u64<E>(self, _: u64) -> Result<Mark, E> {
                mark(true)
            }
            fn visit_i64<E>(self, _: i64) -> Result<Mark, E> {
                mark(true)
            }
            fn visit_f64<E>(self, _: f64) -> Result<Mark, E> {
                mark(true)
            }
            fn visit_str<E>(self, text: &str) -> Result<Mark, E> {
                mark(!text.is_empty())
            }
            pass_over!(unit);
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Mark, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                mark(true)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Mark, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                mark(true)
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// An object; anything else is none.
#[derive(Debug)]
pub(crate) struct Object<T>(pub Option<T>);

impl<T> Default for Object<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Default + Fill<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut object = Self::default();
        object.fill(deserializer)?;
        Ok(object)
    }
}

impl<'de, T: Default + Fill<'de>> Fill<'de> for Object<T> {
    fn fill<D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        struct Any<'s, T>(&'s mut Object<T>);
        impl<'de, T: Default + Fill<'de>> Visitor<'de> for Any<'_, T> {
            type Value = ();
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            pass_over!(
                visit_bool(bool),
                visit_u64(u64),
                visit_i64(i64),
                visit_f64(f64),
                visit_str(&str)
            );
            pass_over!(unit);
            pass_over!(seq);
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
                let object = self.0.0.insert(T::default());
                object.fill(MapAccessDeserializer::new(map))
            }
        }
        self.0 = None;
        deserializer.deserialize_any(Any(self))
    }
}

/// The first object of an array; anything else is none.
#[derive(Debug)]
pub(crate) struct First<T> {
    /// The object.
    pub item: Object<T>,
    /// The field was there and was an array.
    pub present: bool,
}

impl<T> Default for First<T> {
    fn default() -> Self {
        Self {
            item: Object(None),
            present: false,
        }
    }
}

impl<'de, T: Default + Fill<'de>> Fill<'de> for First<T> {
    fn fill<D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        struct Any<'s, T>(&'s mut First<T>);
        impl<'de, T: Default + Fill<'de>> Visitor<'de> for Any<'_, T> {
            type Value = ();
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }
            pass_over!(
                visit_bool(bool),
                visit_u64(u64),
                visit_i64(i64),
                visit_f64(f64),
                visit_str(&str)
            );
            pass_over!(unit);
            pass_over!(map);
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
                self.0.present = true;
                while self.0.item.0.is_none() {
                    if seq.next_element_seed(Spot(&mut self.0.item))?.is_none() {
                        return Ok(());
                    }
                }
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(())
            }
        }
        self.item.0 = None;
        self.present = false;
        deserializer.deserialize_any(Any(self))
    }
}

/// The objects of an array; anything else is none.
#[derive(Debug)]
pub(crate) struct List<T> {
    /// The objects, in order.
    pub items: Vec<T>,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { items: Vec::new() }
    }
}

impl<'de, T: Default + Fill<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any<T>(PhantomData<T>);
        impl<'de, T: Default + Fill<'de>> Visitor<'de> for Any<T> {
            type Value = List<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }
            pass_over!(
                visit_bool(bool),
                visit_u64(u64),
                visit_i64(i64),
                visit_f64(f64),
                visit_str(&str)
            );
            pass_over!(unit);
            pass_over!(map);
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element::<Object<T>>()? {
                    items.extend(item.0);
                }
                Ok(List { items })
            }
        }
        deserializer.deserialize_any(Any(PhantomData))
    }
}

fill_whole!(Text<'a>, Word<'a>, Mark);

impl<'de, T: Default + Fill<'de>> Fill<'de> for List<T> {
    fn fill<D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        *self = Self::deserialize(deserializer)?;
        Ok(())
    }
}
