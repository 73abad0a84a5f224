//! What the fields of a form say of themselves, or by those above them (ISO 32000-1,
//! section 12.7.3).

use hayro::hayro_syntax::object::{Array, Dict, Name, ObjRef, Object, Stream, String as Words};

/// Fields above each other at most.
const DEPTH: usize = 8;
/// Buttons of a group that are looked at, at most.
const BUTTONS: usize = 1000;

/// What a field has, or one above it.
pub(super) fn found<'a, T>(field: &Dict<'a>, get: impl Fn(&Dict<'a>) -> Option<T>) -> Option<T> {
    let mut field = field.clone();
    for _ in 0..DEPTH {
        if let Some(value) = get(&field) {
            return Some(value);
        }
        field = field.get::<Dict<'_>>(b"Parent")?;
    }
    None
}

/// Does the file say how it looks? An appearance without words, as programs leave it
/// that fill forms, says nothing.
pub(super) fn has_appearance(widget: &Dict<'_>) -> bool {
    let Some(all) = widget.get::<Dict<'_>>(b"AP") else {
        return false;
    };
    match all.get::<Object<'_>>(b"N") {
        Some(Object::Stream(stream)) => shows_words(&stream),
        Some(Object::Dict(states)) => {
            let state = widget.get::<Name<'_>>(b"AS");
            state.is_some_and(|state| states.contains_key(&*state))
        }
        _ => false,
    }
}

fn shows_words(stream: &Stream<'_>) -> bool {
    let decoded = stream.decoded().unwrap_or_default();
    decoded
        .windows(2)
        .any(|two| matches!(two, b"Tj" | b"TJ" | b"Do"))
}

/// Is a check box or a radio button on? By the state that it is in, or, where a file leaves
/// that out, by the value of its group (section 12.7.4.2): each of a group knows itself
/// by the name of its appearance, or by its place among the options. What cannot be told
/// is not on.
pub(super) fn is_on(widget: &Dict<'_>) -> bool {
    if let Some(state) = widget.get::<Name<'_>>(b"AS") {
        return state.as_str() != "Off";
    }
    let Some(value) = found(widget, chosen).filter(|value| value != "Off") else {
        return false;
    };
    let states = states(widget);
    if states.contains(&value) {
        return true;
    }
    let group = group(widget);
    let own = widget.obj_id().map(ObjRef::from);
    let place = group
        .iter()
        .position(|button| button.is_some() && *button == own);
    // States are named by the numbers of the options, where there are any.
    let number = match states.as_slice() {
        [] => place,
        [state, ..] => state.parse().ok(),
    };
    match (options(widget), number) {
        (Some(options), Some(number)) if group.len() > 1 => {
            options.get(number) == Some(&value) || number.to_string() == value
        }
        _ => states.is_empty() && group.len() < 2,
    }
}

/// The value of a button, where it has one of its own.
fn chosen(field: &Dict<'_>) -> Option<String> {
    worded(&field.get::<Object<'_>>(b"V")?)
}

fn worded(value: &Object<'_>) -> Option<String> {
    match value {
        Object::Name(name) => Some(match std::str::from_utf8(name) {
            Ok(name) => name.to_owned(),
            Err(_) => decoded(name),
        }),
        Object::String(words) => Some(decoded(words.as_bytes())),
        _ => None,
    }
}

/// The buttons that share a value with this one, by their references where they have
/// some; none where it has its own.
fn group(widget: &Dict<'_>) -> Vec<Option<ObjRef>> {
    let parent = widget.get::<Dict<'_>>(b"Parent");
    let parent = parent.filter(|_| chosen(widget).is_none());
    let kids = parent.and_then(|parent| parent.get::<Array<'_>>(b"Kids"));
    // Not read: the reader follows none that leads to itself.
    let kids = kids.iter().flat_map(Array::raw_iter).take(BUTTONS);
    kids.map(|kid| kid.as_obj_ref()).collect()
}

/// The names under which a button has appearances, but for that of being off.
fn states(widget: &Dict<'_>) -> Vec<String> {
    let all = widget.get::<Dict<'_>>(b"AP");
    let all = all.and_then(|all| all.get::<Dict<'_>>(b"N"));
    let names = all.iter().flat_map(Dict::keys);
    let names = names.filter_map(|name| worded(&Object::Name(name)));
    names.filter(|name| name != "Off").collect()
}

/// What the buttons of a group stand for, in the order of its kids (table 227).
fn options(widget: &Dict<'_>) -> Option<Vec<String>> {
    let options = found(widget, |field| field.get::<Array<'_>>(b"Opt"))?;
    let options = options.iter::<Object<'_>>().take(BUTTONS);
    Some(
        options
            .map(|option| worded(&option).unwrap_or_default())
            .collect(),
    )
}

/// What a choice is called, where its value is another (table 231).
pub(super) fn shown(widget: &Dict<'_>, value: &[u8]) -> String {
    let options = found(widget, |field| field.get::<Array<'_>>(b"Opt"));
    let named = options.and_then(|options| {
        options.iter::<Array<'_>>().find_map(|pair| {
            let mut pair = pair.iter::<Words<'_>>();
            (pair.next()?.as_bytes() == value).then(|| pair.next())?
        })
    });
    match named {
        Some(name) => decoded(name.as_bytes()),
        None => decoded(value),
    }
}

/// A text string (section 7.9.2.2).
fn decoded(bytes: &[u8]) -> String {
    match bytes {
        [0xfe, 0xff, rest @ ..] => {
            let units = rest.as_chunks::<2>().0.iter();
            let units: Vec<u16> = units.map(|two| u16::from_be_bytes(*two)).collect();
            String::from_utf16_lossy(&units)
        }
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        // Of its own encoding what is not Latin 1 is rare.
        _ => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}
