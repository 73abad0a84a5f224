//! Names that only look like another's, or like nothing.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use protocol::ManifestReason;
use unicode_security::skeleton;

use super::field::refuse;
use crate::{Error, Manifest};

/// What shows nothing and is no control character: `Default_Ignorable_Code_Point`
/// of Unicode's DerivedCoreProperties, the other format characters, separators of
/// lines, blanks narrower than a blank, and letters that are drawn blank.
const INVISIBLE: [(char, char); 24] = [
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{600}', '\u{605}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{6dd}', '\u{6dd}'),
    ('\u{70f}', '\u{70f}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{1680}', '\u{1680}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{2000}', '\u{200f}'),
    ('\u{2028}', '\u{202f}'),
    ('\u{205f}', '\u{206f}'),
    ('\u{2800}', '\u{2800}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{e000}', '\u{f8ff}'),
    ('\u{fe00}', '\u{fe0e}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
    ('\u{f0000}', '\u{10ffff}'),
];

/// Makes the sign before it an emoji: nothing after a letter or digit.
const EMOJI: char = '\u{fe0f}';

/// Checks every name that is shown for a provider and its models.
pub(crate) fn names(manifest: &Manifest) -> Result<(), Error> {
    let own = std::iter::once(("name".to_owned(), &manifest.name));
    let others = manifest.names.iter();
    let others = others.map(|(language, name)| (format!("names.{language}"), name));
    for (field, name) in own.chain(others) {
        visible(&field, name)?;
        not_posing(&field, name, &manifest.origin())?;
    }
    for (list, specs) in [
        ("models", &manifest.models),
        ("patterns", &manifest.patterns),
    ] {
        for (at, spec) in specs.iter().enumerate() {
            visible(&format!("{list}[{at}].id"), &spec.id)?;
            if let Some(name) = &spec.name {
                visible(&format!("{list}[{at}].name"), name)?;
            }
        }
    }
    Ok(())
}

fn visible(field: &str, name: &str) -> Result<(), Error> {
    let mut before = None;
    for c in name.chars() {
        let within = |(first, last): &(char, char)| (*first..=*last).contains(&c);
        let after_letter = before.is_none_or(char::is_alphanumeric);
        if c.is_control() || INVISIBLE.iter().any(within) || (c == EMOJI && after_letter) {
            let character = format!("U+{:04X}", u32::from(c));
            return Err(refuse(field, ManifestReason::Invisible { character }));
        }
        before = Some(c);
    }
    Ok(())
}

/// A name of a provider that comes with the app is that of its host.
fn not_posing(field: &str, name: &str, origin: &str) -> Result<(), Error> {
    let looks = looks(name);
    let taken = built_in().iter().find(|one| {
        let same = one.looks.intersection(&looks).next().is_some();
        same && one.origin != origin
    });
    match taken {
        Some(one) => {
            let (name, origin) = (one.name.clone(), one.origin.clone());
            Err(refuse(field, ManifestReason::Posing { name, origin }))
        }
        None => Ok(()),
    }
}

/// A name of a provider that comes with the app, or one of several that it has.
struct Known {
    name: String,
    looks: BTreeSet<String>,
    origin: String,
}

fn built_in() -> &'static [Known] {
    static ALL: OnceLock<Vec<Known>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut known = Vec::new();
        for one in crate::builtin() {
            let names = std::iter::once(&one.name).chain(one.names.values());
            for name in names.chain([&one.id]) {
                // `GLM (Zhipu)`, `月之暗面 Kimi`: each is a name by itself.
                let parts = name.split(['(', ')', '（', '）']);
                let parts = parts.flat_map(|part| match part.is_ascii() {
                    true => vec![part],
                    false => part.split(' ').collect(),
                });
                known.extend(parts.chain([name.as_str()]).map(|part| Known {
                    name: name.clone(),
                    looks: looks(part),
                    origin: one.origin(),
                }));
            }
        }
        known
    })
}

/// Words that change nothing about whose name it is.
const SAID_OF_ANY: [&str; 5] = ["official", "verified", "api", "官方", "认证"];

/// How a name looks: letters and digits only, each as the simplest one that it may be
/// taken for (UTS #39), once as it is written and once in small letters, where other
/// ones look alike.
fn looks(name: &str) -> BTreeSet<String> {
    let forms = [plain(name), plain(&name.to_lowercase())];
    let bare = forms.iter().map(|form| {
        let mut bare = form.as_str();
        for word in SAID_OF_ANY.map(plain) {
            bare = bare.strip_prefix(word.as_str()).unwrap_or(bare);
            bare = bare.strip_suffix(word.as_str()).unwrap_or(bare);
        }
        bare.to_owned()
    });
    let all = bare.chain(forms.iter().cloned());
    all.filter(|form| !form.is_empty()).collect()
}

fn plain(text: &str) -> String {
    let alike = skeleton(text).collect::<String>().to_lowercase();
    let alike = skeleton(&alike).collect::<String>();
    alike.chars().filter(|c| c.is_alphanumeric()).collect()
}
