//! Code as a file: its bytes, and a name that is only proposed.

/// Lines at the beginning that may name the file.
const FIRST_LINES: usize = 2;
/// Longest name that is believed, in characters.
const LONGEST: usize = 80;

/// Languages whose files do not end in their name; the first ending is given. What is not
/// here ends in its name.
const ENDINGS: &[(&[&str], &[&str])] = &[
    (
        &["python", "py", "python3", "ipython"],
        &["py", "pyi", "pyw"],
    ),
    (
        &["javascript", "js", "node", "nodejs", "ecmascript"],
        &["js", "mjs", "cjs", "jsx"],
    ),
    (&["typescript", "ts"], &["ts", "mts", "cts", "tsx"]),
    (&["rust", "rs"], &["rs"]),
    (
        &["c++", "cpp", "cxx", "cc", "hpp"],
        &["cpp", "cc", "cxx", "hpp", "hh", "hxx", "h"],
    ),
    (&["c"], &["c", "h"]),
    (&["objective-c", "objectivec", "objc"], &["m", "h"]),
    (&["c#", "csharp", "cs"], &["cs", "csx"]),
    (&["f#", "fsharp"], &["fs", "fsx"]),
    (&["visual-basic", "vb.net", "vbnet", "vb"], &["vb"]),
    (&["golang", "go"], &["go"]),
    (&["ruby", "rb"], &["rb"]),
    (&["perl", "pl"], &["pl", "pm"]),
    (&["kotlin", "kt"], &["kt", "kts"]),
    (&["haskell", "hs"], &["hs"]),
    (&["elixir", "ex"], &["ex", "exs"]),
    (&["erlang"], &["erl", "hrl"]),
    (&["ocaml"], &["ml", "mli"]),
    (&["clojure"], &["clj", "cljs", "edn"]),
    (&["julia"], &["jl"]),
    (&["fortran"], &["f90", "f", "for", "f95"]),
    (&["pascal", "delphi"], &["pas", "pp"]),
    (&["assembly", "assembler", "nasm"], &["asm", "s"]),
    (&["matlab", "octave"], &["m"]),
    (&["mathematica", "wolfram"], &["wl", "nb"]),
    (
        &["bash", "sh", "shell", "zsh", "shellscript"],
        &["sh", "bash", "zsh"],
    ),
    (&["powershell", "pwsh", "ps1", "ps"], &["ps1", "psm1"]),
    (
        &["batch", "cmd", "bat", "batchfile", "dos"],
        &["bat", "cmd"],
    ),
    (&["html", "xhtml", "htm"], &["html", "htm", "xhtml"]),
    (&["markdown", "md"], &["md", "markdown"]),
    (&["yaml", "yml"], &["yaml", "yml"]),
    (&["json", "jsonc", "json5"], &["json", "jsonc", "json5"]),
    (&["jsonl", "ndjson"], &["jsonl", "ndjson"]),
    (&["latex", "tex"], &["tex", "sty", "cls", "bib"]),
    (&["typst", "typ"], &["typ"]),
    (&["restructuredtext", "rst"], &["rst"]),
    (&["graphql", "gql"], &["graphql", "gql"]),
    (&["protobuf", "proto"], &["proto"]),
    (&["terraform", "hcl", "tf"], &["tf", "hcl", "tfvars"]),
    (&["solidity", "sol"], &["sol"]),
    (&["stylus"], &["styl"]),
    (
        &[
            "sql",
            "mysql",
            "postgresql",
            "postgres",
            "sqlite",
            "plsql",
            "tsql",
        ],
        &["sql"],
    ),
    (&["patch", "diff"], &["diff", "patch"]),
    (
        &["ini", "cfg", "conf", "properties"],
        &["ini", "cfg", "conf", "properties"],
    ),
    (
        &["xml", "xsl", "xsd"],
        &["xml", "xsl", "xsd", "svg", "plist"],
    ),
    (&["mermaid", "mmd"], &["mmd"]),
    (&["plantuml", "puml"], &["puml"]),
    (&["graphviz", "dot"], &["dot", "gv"]),
    (&["emacs-lisp", "elisp"], &["el"]),
    (&["common-lisp", "lisp"], &["lisp", "lsp"]),
    (&["scheme"], &["scm"]),
    (&["racket"], &["rkt"]),
    (&["prolog"], &["pl", "pro"]),
    (&["verilog"], &["v"]),
    (&["systemverilog"], &["sv"]),
    (&["vhdl"], &["vhd", "vhdl"]),
    (&["vimscript", "viml"], &["vim"]),
    (&["coffeescript", "coffee"], &["coffee"]),
    (&["nginx", "apache"], &["conf"]),
    (&["crystal"], &["cr"]),
    (&["applescript"], &["applescript", "scpt"]),
    (
        &[
            "text",
            "plaintext",
            "plain",
            "txt",
            "output",
            "console",
            "terminal",
            "log",
        ],
        &["txt", "log"],
    ),
];

/// Languages whose file has a name of its own.
const NAMES: &[(&[&str], &str)] = &[
    (&["dockerfile", "docker", "containerfile"], "Dockerfile"),
    (&["makefile", "make", "gnumake"], "Makefile"),
    (&["cmake"], "CMakeLists.txt"),
    (&["gitignore"], ".gitignore"),
    (&["dotenv", "env"], ".env"),
    (&["jenkinsfile"], "Jenkinsfile"),
    (&["gemfile"], "Gemfile"),
];

/// The code as a file holds it: as it is written, ending in one newline.
pub fn code_bytes(text: &str) -> String {
    let end = text.trim_end_matches(['\n', '\r']);
    if end.is_empty() {
        String::new()
    } else {
        format!("{end}\n")
    }
}

/// A name for the file: one that the first lines name in a comment, or what is read right
/// before the code; else `code`. It has no folder and ends as files of the language do.
pub fn code_file_name(language: &str, text: &str, lead: &str) -> String {
    let own = NAMES.iter().find(|(names, _)| names.contains(&language));
    if let Some((_, name)) = own {
        return (*name).to_owned();
    }
    let endings = endings(language);
    let fits = |name: &str| {
        let ending = name
            .rsplit_once('.')
            .map(|(_, ending)| ending.to_lowercase());
        ending.is_some_and(|ending| {
            language.is_empty() || endings.iter().any(|known| *known == ending)
        })
    };
    let first = text.lines().take(FIRST_LINES).filter_map(comment);
    let mut named = first.flat_map(names).chain(last_sentence(lead));
    let name = named.find(|name| fits(name));
    let ending = endings.first().copied().unwrap_or("txt");
    name.map_or_else(|| format!("code.{ending}"), str::to_owned)
}

/// Endings of the files of a language.
fn endings(language: &str) -> Vec<&str> {
    let known = ENDINGS.iter().find(|(names, _)| names.contains(&language));
    if let Some((_, endings)) = known {
        return endings.to_vec();
    }
    let is_ending = language.len() <= 10
        && !language.is_empty()
        && language.bytes().all(|byte| byte.is_ascii_alphanumeric());
    vec![if is_ending { language } else { "txt" }]
}

/// What a line says that is a comment and little else.
fn comment(line: &str) -> Option<&str> {
    let line = line.trim();
    let marks = [
        "//", "#", "--", "<!--", "/*", ";", "%", "'", "\"\"\"", "(*", "REM ",
    ];
    let said = marks.iter().find_map(|mark| line.strip_prefix(mark))?;
    // `#!/usr/bin/env python3` runs the file, and does not name it.
    (!said.starts_with('!')).then_some(said)
}

/// The names in what stands before the code, the last first: in its last line.
fn last_sentence(lead: &str) -> Vec<&str> {
    let line = lead.trim_end().lines().next_back().unwrap_or_default();
    let mut names: Vec<&str> = names(line).collect();
    names.reverse();
    names
}

/// The words of a line that can be names of files, without their folders.
fn names(line: &str) -> impl Iterator<Item = &str> {
    let parts = |c: char| !(c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '\\' | '+'));
    line.split(parts).filter_map(|word| {
        let word = word.trim_end_matches(['.', '-']);
        let name = word.rsplit(['/', '\\']).next()?;
        let (stem, ending) = name.rsplit_once('.')?;
        let is_ending = (1..=11).contains(&ending.len())
            && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && ending.bytes().any(|byte| byte.is_ascii_alphabetic());
        let is_name = !stem.is_empty() && !stem.starts_with(['.', '-']) && is_ending;
        // An address names a host, not a file.
        let is_address = word.contains("//") || stem.starts_with("www.");
        (is_name && !is_address && name.chars().count() <= LONGEST).then_some(name)
    })
}
