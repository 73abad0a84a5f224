//! Licences of what the programs hold of others: crates, packages of the page, fonts,
//! tables, grammars.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, ensure};

use crate::part::{Part, Source};
use crate::{crates, npm, root};

/// What is a file of this repository, written by others: its name, where it lies, its
/// licence, and the words of that.
const FILES: [(&str, &str, &str, &str); 3] = [
    (
        "Noto Sans, its Latin letters",
        "src-tauri/crates/images/fonts/latin.ttf",
        "OFL-1.1",
        "src-tauri/crates/images/fonts/OFL.txt",
    ),
    (
        "STIX Two Math, some of its signs",
        "ui/src/transcript/fonts/stix-two-math.woff2",
        "OFL-1.1",
        "ui/src/transcript/fonts/OFL.txt",
    ),
    (
        "models.dev, its table of models",
        "src-tauri/providers/models.tsv",
        "MIT",
        "src-tauri/providers/MODELS-DEV-LICENSE",
    ),
];

/// Every part that others wrote.
///
/// # Errors
/// When one cannot be read.
pub fn parts() -> Result<Vec<Part>> {
    let mut parts: Vec<Part> = FILES
        .iter()
        .map(|(name, _, licence, words)| Part {
            name: (*name).to_owned(),
            version: String::new(),
            source: Source::File,
            licence: (*licence).to_owned(),
            folder: None,
            texts: vec![root().join(words)],
            hash: None,
            needs: Vec::new(),
        })
        .collect();
    parts.extend(crates::parts()?);
    parts.extend(npm::parts()?);
    Ok(parts)
}

/// The list, and the words of each licence once.
///
/// # Errors
/// When a part comes without words, and its licence is none that SPDX knows.
pub fn make() -> Result<String> {
    let parts = parts()?;
    let mut text = String::from(
        "Dragoman is under MIT or Apache-2.0, at your choice.\n\
         It holds these parts of others, each under its own licence. Fonts for PDF files that\n\
         embed none are Foxit's, and character maps Adobe's: see hayro-font and hayro-cmap.\n\n",
    );
    let mut words: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for part in &parts {
        let name = format!("{} {}", part.name, part.version);
        let name = name.trim_end().to_owned();
        text.push_str(&format!("{name}: {}\n", part.licence));
        for one in words_of(part)? {
            words.entry(one).or_default().push(name.clone());
        }
    }
    let mut words: Vec<(String, Vec<String>)> = words.into_iter().collect();
    words.sort_by(|(_, one), (_, other)| one.cmp(other));
    for (words, names) in words {
        let line = "=".repeat(78);
        text.push_str(&format!(
            "\n{line}\n{}\n{line}\n\n{words}\n",
            names.join(", ")
        ));
    }
    let line = "=".repeat(78);
    let grammars = two_face::acknowledgement::listing().to_md();
    text.push_str(&format!(
        "\n{line}\nGrammars of two-face\n{line}\n\n{grammars}\n"
    ));
    Ok(text)
}

/// The words that lie beside a part; else those of its licence in general.
fn words_of(part: &Part) -> Result<Vec<String>> {
    let mut all = Vec::new();
    for path in &part.texts {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let words = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
        let words = words.trim();
        if !words.is_empty() {
            all.push(words.to_owned());
        }
    }
    if all.is_empty() {
        let expression = spdx::Expression::parse_mode(&part.licence, spdx::ParseMode::LAX);
        let expression = expression.with_context(|| format!("{}: {}", part.name, part.licence))?;
        for one in expression.requirements() {
            let words = one.req.license.id().map(|id| id.text().trim().to_owned());
            all.extend(words);
        }
    }
    ensure!(
        !all.is_empty(),
        "{} comes without the words of {}",
        part.name,
        part.licence
    );
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_of_others_comes_with_its_licence() {
        let notices = make().unwrap();
        for expected in [
            "SIL OPEN FONT LICENSE",
            "models.dev, its table of models: MIT",
            "Copyright 2014 PDFium Authors",
            "hayro-cmap",
            "libjpeg-turbo",
            "svelte 5",
            "Grammars of two-face",
        ] {
            assert!(notices.contains(expected), "no {expected}");
        }
    }

    #[test]
    fn each_font_of_ours_is_named_by_the_words_of_its_licence() {
        let fonts = root().join("src-tauri/crates/images/fonts");
        let mut seen = 0;
        for entry in fs::read_dir(&fonts).unwrap() {
            let path = entry.unwrap().path();
            if path
                .extension()
                .is_some_and(|ending| ending == "ttf" || ending == "otf")
            {
                let font = path.file_name().unwrap().to_str().unwrap();
                let told = FILES.iter().any(|(_, file, _, words)| {
                    file.ends_with(font)
                        && fs::read_to_string(root().join(words))
                            .unwrap()
                            .contains(font)
                });
                assert!(told, "{font} has no licence in the package");
                seen += 1;
            }
        }
        assert!(seen > 0, "the fonts are where they were");
    }

    #[test]
    fn a_part_without_words_gets_those_of_its_licence() {
        let part = Part {
            name: "made-up".to_owned(),
            version: "1.0.0".to_owned(),
            source: Source::Crate,
            licence: "MIT OR Apache-2.0".to_owned(),
            folder: None,
            texts: Vec::new(),
            hash: None,
            needs: Vec::new(),
        };
        assert_eq!(words_of(&part).unwrap().len(), 2);
        let unknown = Part {
            licence: "Nobody-knows".to_owned(),
            ..part
        };
        assert!(words_of(&unknown).is_err());
    }
}
