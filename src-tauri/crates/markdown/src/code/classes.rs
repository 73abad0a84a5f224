//! From the many scopes of syntax definitions to a few classes of our own.

use std::sync::OnceLock;

use syntect::parsing::Scope;

/// What the page colours. The names are short because each coloured word of
/// an answer carries one over the channel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Class {
    Keyword,
    String,
    Escape,
    Comment,
    Constant,
    Operator,
    Function,
    Type,
    Tag,
    Attribute,
    Variable,
    Punctuation,
    Heading,
    Bold,
    Italic,
    Inserted,
    Deleted,
}

impl Class {
    pub(super) fn name(self) -> &'static str {
        match self {
            Class::Keyword => "hl-k",
            Class::String => "hl-s",
            Class::Escape => "hl-e",
            Class::Comment => "hl-c",
            Class::Constant => "hl-n",
            Class::Operator => "hl-o",
            Class::Function => "hl-f",
            Class::Type => "hl-t",
            Class::Tag => "hl-g",
            Class::Attribute => "hl-a",
            Class::Variable => "hl-v",
            Class::Punctuation => "hl-p",
            Class::Heading => "hl-h",
            Class::Bold => "hl-b",
            Class::Italic => "hl-i",
            Class::Inserted => "hl-ins",
            Class::Deleted => "hl-del",
        }
    }
}

/// What a scope says about the text under it.
#[derive(Clone, Copy)]
enum Rule {
    Is(Class),
    /// Has the class of what it stands in: the quotes of a string are string.
    AsOuter,
    /// Plain, whatever it stands in: code embedded in a string.
    Plain,
}

use Class::*;
use Rule::*;

/// The first prefix that fits counts, so the narrower stand first. Names after
/// <https://www.sublimetext.com/docs/scope_naming.html>.
const RULES: &[(&str, Rule)] = &[
    ("comment", Is(Comment)),
    ("punctuation.definition.comment", AsOuter),
    ("punctuation.definition.string", AsOuter),
    ("punctuation.definition.tag", AsOuter),
    ("punctuation.definition.heading", AsOuter),
    ("punctuation.definition.bold", AsOuter),
    ("punctuation.definition.italic", AsOuter),
    ("punctuation.definition.inserted", AsOuter),
    ("punctuation.definition.deleted", AsOuter),
    ("punctuation.definition.variable", AsOuter),
    ("punctuation.definition.constant", AsOuter),
    ("punctuation", Is(Punctuation)),
    ("constant.character.escape", Is(Escape)),
    ("constant.other.placeholder", Is(Escape)),
    ("constant", Is(Constant)),
    ("string", Is(String)),
    ("keyword.operator.word", Is(Keyword)),
    ("keyword.operator.logical.python", Is(Keyword)),
    ("keyword.operator", Is(Operator)),
    ("keyword", Is(Keyword)),
    ("storage", Is(Keyword)),
    ("entity.name.function", Is(Function)),
    ("entity.name.macro", Is(Function)),
    ("entity.name.tag", Is(Tag)),
    ("entity.name.section", Is(Heading)),
    ("entity.name.constant", Is(Constant)),
    ("entity.name.label", Is(Constant)),
    ("entity.name", Is(Type)),
    ("entity.other.attribute-name", Is(Attribute)),
    ("entity.other.inherited-class", Is(Type)),
    ("support.function", Is(Function)),
    ("support.macro", Is(Function)),
    ("support.constant", Is(Constant)),
    ("support.type.property-name", Is(Attribute)),
    ("support.variable", Is(Variable)),
    ("support", Is(Type)),
    ("variable.function", Is(Function)),
    ("variable.language", Is(Keyword)),
    ("variable.annotation", Is(Attribute)),
    ("variable", Is(Variable)),
    ("markup.heading", Is(Heading)),
    ("markup.bold", Is(Bold)),
    ("markup.italic", Is(Italic)),
    ("markup.inserted", Is(Inserted)),
    ("markup.deleted", Is(Deleted)),
    ("markup.raw", Is(String)),
    ("meta.interpolation", Plain),
    ("meta.template.expression", Plain),
    ("meta.tag", Is(Tag)),
    ("source", Plain),
    ("text", Plain),
];

fn rules() -> &'static [(Scope, Rule)] {
    static COMPILED: OnceLock<Vec<(Scope, Rule)>> = OnceLock::new();
    COMPILED.get_or_init(|| {
        RULES
            .iter()
            .filter_map(|(name, rule)| Some((Scope::new(name).ok()?, *rule)))
            .collect()
    })
}

/// The class of text under these scopes, the outermost first.
pub(super) fn classify(scopes: &[Scope]) -> Option<Class> {
    for scope in scopes.iter().rev() {
        let rule = rules()
            .iter()
            .find(|(prefix, _)| prefix.is_prefix_of(*scope))
            .map(|(_, rule)| *rule);
        match rule {
            Some(Is(class)) => return Some(class),
            Some(Plain) => return None,
            Some(AsOuter) | None => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(scopes: &[&str]) -> Option<&'static str> {
        let scopes: Vec<Scope> = scopes.iter().map(|s| Scope::new(s).unwrap()).collect();
        classify(&scopes).map(Class::name)
    }

    #[test]
    fn every_rule_compiles() {
        assert_eq!(rules().len(), RULES.len());
    }

    #[test]
    fn every_class_is_published() {
        for (_, rule) in RULES {
            if let Is(class) = rule {
                assert!(crate::CLASSES.contains(&class.name()));
            }
        }
    }

    #[test]
    fn the_innermost_scope_that_says_something_counts() {
        let string = "string.quoted.double.rust";
        assert_eq!(class(&["source.rust", string]), Some("hl-s"));
        assert_eq!(
            class(&["source.rust", string, "punctuation.definition.string.begin"]),
            Some("hl-s")
        );
        assert_eq!(
            class(&["source.rust", string, "constant.character.escape.rust"]),
            Some("hl-e")
        );
        assert_eq!(
            class(&["source.js", "string.template", "source.js.embedded"]),
            None
        );
        assert_eq!(
            class(&["source.rust", "meta.function", "storage.type"]),
            Some("hl-k")
        );
    }
}
