//! Pieces of an answer, for spreadsheets and files.

use export::{code_bytes, code_file_name, csv, tsv};

fn rows(rows: &[&[&str]]) -> Vec<Vec<String>> {
    let row = |row: &&[&str]| row.iter().map(|cell| (*cell).to_owned()).collect();
    rows.iter().map(row).collect()
}

#[test]
fn cells_are_divided_as_spreadsheets_read_them() {
    let cells = rows(&[&["a", "b, c", "say \"d\""], &["e\nf", "\"g\"", ""]]);
    assert_eq!(tsv(&cells), "a\tb, c\tsay \"d\"\n\"e\nf\"\t\"\"\"g\"\"\"\t");
    assert_eq!(
        csv(&cells),
        "a,\"b, c\",\"say \"\"d\"\"\"\r\n\"e\nf\",\"\"\"g\"\"\","
    );
}

#[test]
fn no_cell_is_a_formula_and_numbers_stay_numbers() {
    for cell in [
        "=1+1",
        "=HYPERLINK(\"https://x.example\")",
        "+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        " =1",
        "\t=1",
        "＝1+1",
        "-1-cmd",
        "+86 138 0000",
        "- item",
        "-.",
        "-1e",
        "@user",
    ] {
        let cells = rows(&[&[cell]]);
        for text in [tsv(&cells), csv(&cells)] {
            let text = text.trim_start_matches('"');
            let is_safe = text.starts_with('\'') || cell == "-.";
            assert!(is_safe, "{cell}: {text}");
        }
    }
    for cell in [
        "-5",
        "+3.2%",
        "-1,234.50",
        "-$12",
        "+1.5e-3",
        "-",
        "--",
        "-¥30",
        "5-3",
        "a=b",
        "\u{2212}4 °",
        "中文",
    ] {
        let cells = rows(&[&[cell]]);
        assert_eq!(tsv(&cells), cell);
    }
}

#[test]
fn code_ends_in_one_newline() {
    for (text, bytes) in [
        ("a", "a\n"),
        ("a\n\n\n", "a\n"),
        ("\n  a\t\n", "\n  a\t\n"),
        ("\n", ""),
        ("", ""),
    ] {
        assert_eq!(code_bytes(text), bytes);
    }
}

#[test]
fn a_file_is_named_by_what_names_it_and_ends_as_its_language_does() {
    for (language, text, lead, name) in [
        ("python", "x", "", "code.py"),
        ("c++", "x", "", "code.cpp"),
        ("csharp", "x", "", "code.cs"),
        ("tsx", "x", "", "code.tsx"),
        ("zig", "x", "", "code.zig"),
        ("", "x", "", "code.txt"),
        ("what is this", "x", "", "code.txt"),
        ("dockerfile", "FROM x", "", "Dockerfile"),
        ("rust", "// src/main.rs\nfn main() {}", "", "main.rs"),
        (
            "python",
            "#!/usr/bin/env python3\n# tools/app.py - it runs",
            "",
            "app.py",
        ),
        ("html", "<!-- index.html -->", "", "index.html"),
        ("css", "/* styles/site.css */", "", "site.css"),
        ("sql", "-- schema.sql", "", "schema.sql"),
        ("typescript", "// App.tsx", "", "App.tsx"),
        ("python", "import numpy.linalg as la", "", "code.py"),
        ("python", "# see notes.txt", "", "code.py"),
        ("python", "x", "First a.py.\nSave it as src/b.py:", "b.py"),
        ("json", "{}", "在 `package.json` 中：", "package.json"),
        ("", "x", "In config.toml:", "config.toml"),
        ("", "x", "Version 1.2 of https://x.example/a:", "code.txt"),
        ("bash", "x", "Run e.g. this:", "code.sh"),
        ("bash", "# ../../.bashrc", "", "code.sh"),
        ("python", "# ../../../etc/passwd.py", "", "passwd.py"),
    ] {
        assert_eq!(
            code_file_name(language, text, lead),
            name,
            "{language} {text} {lead}"
        );
    }
}
