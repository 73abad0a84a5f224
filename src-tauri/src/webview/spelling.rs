//! Spelling, in the fields whose page asks for it. `WebKitGTK` looks words up in the
//! dictionaries that the system has; for a language without one nothing is marked.

use gtk::glib;
use webkit2gtk::{WebContextExt, WebView, WebViewExt};

/// Where the person's languages name no English one.
const ENGLISH: &str = "en_US";

/// Marks words that no dictionary of the person's languages has.
pub fn check(view: &WebView) {
    if let Some(context) = view.context() {
        let names = glib::language_names();
        let languages = languages(names.iter().map(|name| name.as_str()));
        context.set_spell_checking_languages(&languages);
        context.set_spell_checking_enabled(true);
    }
}

/// The languages to look words up in, from the names of locales. English too: it is
/// what many write to a model whose own language has no dictionary.
fn languages<'a>(locales: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let plain = |name: &&str| !name.contains(['.', '@']) && !matches!(*name, "C" | "POSIX");
    let mut languages: Vec<&str> = locales.filter(plain).collect();
    if !languages.iter().any(|name| name.starts_with("en")) {
        languages.push(ENGLISH);
    }
    languages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_looked_up_in_the_persons_languages_and_in_english() {
        let of = |names: &[&'static str]| languages(names.iter().copied());
        assert_eq!(
            of(&["zh_CN.UTF-8", "zh_CN", "zh", "C"]),
            ["zh_CN", "zh", "en_US"]
        );
        assert_eq!(of(&["en_GB.UTF-8", "en_GB", "en", "C"]), ["en_GB", "en"]);
        assert_eq!(of(&["C.UTF-8", "C"]), ["en_US"]);
        assert_eq!(of(&[]), ["en_US"]);
    }
}
