//! No circle between files: where two need each other, the third thing that they
//! share gets a name of its own.

use std::collections::BTreeSet;
use std::fs;

use pretty_assertions::assert_eq;
use tempfile::TempDir;

use crate::{metadata, page, root, rust};

#[test]
fn no_file_of_a_crate_uses_itself_by_others() {
    let mut found = BTreeSet::new();
    for package in metadata().workspace_packages() {
        for target in &package.targets {
            found.extend(rust::uses(target.src_path.as_std_path()).circles(&root()));
        }
    }
    assert!(found.is_empty(), "{}", Vec::from_iter(found).join("\n"));
}

#[test]
fn no_file_of_the_page_uses_itself_by_others() {
    let found = page::uses(&root().join("ui/src")).circles(&root());
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// The circles of a crate of these files.
fn of_crate(files: &[(&str, &str)]) -> Vec<String> {
    let folder = folder(files);
    rust::uses(&folder.path().join("lib.rs")).circles(folder.path())
}

#[test]
fn a_parent_that_declares_and_hands_on_does_not_use_its_child() {
    let lib = "mod a; mod b; pub use a::A; pub use b::{B, make as made}; pub use b::deep::*;";
    let a = "use crate::B; pub struct A(B);";
    let b = "pub mod deep; pub(crate) use deep::Deep; pub struct B; pub fn make() {}";
    let deep = "pub struct Deep(crate::b::B);";
    let files = [
        ("lib.rs", lib),
        ("a.rs", a),
        ("b.rs", b),
        ("b/deep.rs", deep),
    ];
    assert_eq!(of_crate(&files), Vec::<String>::new());
}

#[test]
fn two_files_that_name_each_other_are_a_circle_however_they_do() {
    let circle = |a: &str, b: &str| {
        let lib = "mod a; mod b; pub use a::A; pub use b::*;";
        of_crate(&[("lib.rs", lib), ("a.rs", a), ("b.rs", b)]).concat()
    };
    let b = "pub struct B(super::A); pub fn b() {} pub(crate) use b as other;";
    for a in [
        "use crate::b::B; pub struct A;",
        "use crate::B; pub struct A;",
        "use super::{b, b::*}; pub struct A(B);",
        "use crate::b as other; pub struct A; fn a() { other::b() }",
        "pub struct A; fn a() { crate::b::other() }",
        "pub struct A; fn a() { println!(\"{:?}\", crate::B) }",
        "pub struct A; mod inside { fn a(_: Option<super::super::B>) {} }",
        "pub struct A; fn a() { crate::b::made_by_a_macro() }",
        "#[serde(with = \"crate::b\")] pub struct A(#[serde(default = \"crate::b::b\")] u8);",
    ] {
        let found = circle(a, b);
        assert!(found.contains("\n  a.rs uses b.rs: "), "{a}: {found}");
        assert!(
            found.contains("\n  b.rs uses a.rs: super::A"),
            "{a}: {found}"
        );
    }
    for a in [
        "use crate::b; pub struct A;",
        "pub struct A; #[cfg(test)] mod tests { use crate::B; }",
        "/// As [`crate::B`].\npub struct A; use other::b::B;",
    ] {
        assert_eq!(circle(a, b), "", "{a}");
    }
}

#[test]
fn a_child_that_names_its_parent_is_a_circle_if_the_parent_uses_it() {
    let child = "pub fn child(_: super::Parent) {}";
    let circle = |lib: &str| of_crate(&[("lib.rs", lib), ("child.rs", child)]).len();
    assert_eq!(
        circle("mod child; pub use child::child; pub struct Parent;"),
        0
    );
    assert_eq!(
        circle("mod child; pub struct Parent; fn f() { child::child(Parent) }"),
        1
    );
}

#[test]
fn modules_of_the_page_that_import_each_other_are_a_circle() {
    let of_page = |a: &str| {
        let b = "<script lang=\"ts\">\n  import { a } from './a';\n</script>";
        let folder = folder(&[("lib/a.ts", a), ("lib/B.svelte", b), ("lib/c.ts", "")]);
        page::uses(folder.path()).circles(folder.path()).concat()
    };
    for a in [
        "import B from '$lib/B.svelte';",
        "import {\n  type Props,\n} from './B.svelte';",
        "import type { Props } from '../lib/B.svelte';",
        "export { default } from \"./B.svelte\";",
        "export const b = () => import('./B.svelte');",
    ] {
        let found = of_page(a);
        assert!(
            found.contains("\n  lib/a.ts uses lib/B.svelte: "),
            "{a}: {found}"
        );
    }
    for a in [
        "import './c';",
        "// As import './B.svelte' does.",
        "const from = './B.svelte';",
    ] {
        assert_eq!(of_page(a), "", "{a}");
    }
}
