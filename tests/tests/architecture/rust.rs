//! Which file of a crate names an item that lives in another. An item lives where it
//! is defined, whatever hands it on; a method is not looked for, only the type that
//! has it. What only unit tests use does not count.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, Macro, Meta, UseTree, Visibility};

use crate::uses::Uses;

/// The uses between the files of the crate that begins in this one.
pub fn uses(root: &Path) -> Uses {
    let mut modules = Modules::default();
    let items = parse(root);
    modules.add(root, root.parent().unwrap(), None, items);
    let mut uses = Uses::default();
    for (of, module) in modules.0.iter().enumerate() {
        let mut names = Names {
            modules: &modules,
            of,
            uses: &mut uses,
        };
        for item in &module.items {
            names.visit_item(item);
        }
    }
    uses
}

fn parse(file: &Path) -> Vec<Item> {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{file:?}: {error}"));
    let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{file:?}: {error}"));
    parsed.items
}

/// One module: a file, or a part of one.
struct Module {
    file: PathBuf,
    parent: Option<usize>,
    /// What each name stands for: one thing as a type, another as a value.
    names: HashMap<String, Vec<Named>>,
    /// Modules of which it uses every name.
    globs: Vec<Vec<String>>,
    /// All but its modules.
    items: Vec<Item>,
}

/// What a name stands for in a module.
enum Named {
    Module(usize),
    Item,
    Used(Vec<String>),
}

/// Where a path leads.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Module(usize),
    /// To an item of a module.
    Item(usize),
}

/// The modules of a crate; the first is its root.
#[derive(Default)]
struct Modules(Vec<Module>, RefCell<Known>);

/// What the names that were looked for stand for; nothing while they are looked for,
/// so that modules which use all of each other come to an end.
type Known = HashMap<(usize, String), Vec<Place>>;

impl Modules {
    /// Adds a module, and those in it, whose files are in `folder`.
    fn add(
        &mut self,
        file: &Path,
        folder: &Path,
        parent: Option<usize>,
        items: Vec<Item>,
    ) -> usize {
        let id = self.0.len();
        self.0.push(Module {
            file: file.to_owned(),
            parent,
            names: HashMap::new(),
            globs: Vec::new(),
            items: Vec::new(),
        });
        for item in items {
            if attributes(&item).iter().any(is_for_unit_tests) {
                continue;
            }
            if let Item::Mod(module) = item {
                let name = module.ident.to_string();
                let child = self.add_child(file, folder, id, module);
                self.name(id, name, Named::Module(child));
                continue;
            }
            if let Item::Use(item) = &item {
                for (path, name) in used(item) {
                    match name {
                        Some(name) => self.name(id, name, Named::Used(path)),
                        None => self.0[id].globs.push(path),
                    }
                }
            } else if let Some(name) = name_of(&item) {
                self.name(id, name, Named::Item);
            }
            self.0[id].items.push(item);
        }
        id
    }

    fn add_child(&mut self, file: &Path, folder: &Path, parent: usize, module: ItemMod) -> usize {
        let name = module.ident.to_string();
        let below = folder.join(&name);
        if let Some((_, items)) = module.content {
            return self.add(file, &below, Some(parent), items);
        }
        // A file that is named by its path has its own beside it, as `mod.rs` does.
        let beside = |path: PathBuf| (path.parent().unwrap().to_owned(), path);
        let (folder, path) = match module.attrs.iter().find_map(named_path) {
            Some(path) => beside(file.parent().unwrap().join(path)),
            None if below.with_extension("rs").is_file() => {
                (below.clone(), below.with_extension("rs"))
            }
            None => beside(below.join("mod.rs")),
        };
        // Files are known by one path, however it was written.
        let path = path.canonicalize().unwrap_or(path);
        let items = parse(&path);
        self.add(&path, &folder, Some(parent), items)
    }

    fn name(&mut self, module: usize, name: String, named: Named) {
        self.0[module].names.entry(name).or_default().push(named);
    }

    /// Is it in the other module, or in one in it?
    fn is_in(&self, module: usize, other: usize) -> bool {
        module == other
            || self.0[module]
                .parent
                .is_some_and(|parent| self.is_in(parent, other))
    }

    /// Where a path leads that stands in a module; nowhere, if it leads out of the crate.
    fn resolve(&self, module: usize, path: &[String]) -> Vec<Place> {
        match path.split_first() {
            Some((first, rest)) if first == "crate" => self.follow(vec![Place::Module(0)], rest),
            Some((first, rest)) => self.follow(self.step(module, first), rest),
            None => Vec::new(),
        }
    }

    fn follow(&self, mut places: Vec<Place>, rest: &[String]) -> Vec<Place> {
        for name in rest {
            let modules = modules_of(&places);
            let next = modules.iter().flat_map(|at| self.step(*at, name));
            let next = Vec::from_iter(next);
            match modules.first() {
                // What a macro makes has no name here: it lives where it was looked for.
                Some(at) if next.is_empty() => places = vec![Place::Item(*at)],
                Some(_) => places = next,
                // What belongs to a type lives with it.
                None => {}
            }
        }
        places
    }

    /// What a name stands for in a module.
    fn step(&self, module: usize, name: &str) -> Vec<Place> {
        let at = &self.0[module];
        match name {
            "self" => return vec![Place::Module(module)],
            "super" => return at.parent.map(Place::Module).into_iter().collect(),
            _ => {}
        }
        let key = (module, name.to_owned());
        if let Some(known) = self.1.borrow().get(&key) {
            return known.clone();
        }
        self.1.borrow_mut().insert(key.clone(), Vec::new());
        let places = self.look_up(module, name);
        self.1.borrow_mut().insert(key, places.clone());
        places
    }

    fn look_up(&self, module: usize, name: &str) -> Vec<Place> {
        let at = &self.0[module];
        let Some(all) = at.names.get(name) else {
            let globs = at.globs.iter();
            let places = globs.flat_map(|path| self.resolve(module, path));
            return modules_of(&Vec::from_iter(places))
                .into_iter()
                .filter(|other| *other != module)
                .flat_map(|other| self.step(other, name))
                .collect();
        };
        let children = all.iter().filter_map(|named| match named {
            Named::Module(child) => Some(Place::Module(*child)),
            _ => None,
        });
        let items = all.iter().flat_map(|named| match named {
            Named::Module(_) => Vec::new(),
            Named::Item => vec![Place::Item(module)],
            // `use name::name;` begins at the module of that name.
            Named::Used(path) if path[0] == name => {
                self.follow(children.clone().collect(), &path[1..])
            }
            Named::Used(path) => self.resolve(module, path),
        });
        children.clone().chain(items).collect()
    }
}

fn modules_of(places: &[Place]) -> Vec<usize> {
    let modules = places.iter().filter_map(|place| match place {
        Place::Module(module) => Some(*module),
        Place::Item(_) => None,
    });
    modules.collect()
}

/// Finds the names that a module uses.
struct Names<'a> {
    modules: &'a Modules,
    of: usize,
    uses: &'a mut Uses,
}

impl Names<'_> {
    fn found(&mut self, path: &[String]) {
        for place in self.modules.resolve(self.of, path) {
            if let Place::Item(module) = place {
                self.add(module, path);
            }
        }
    }

    fn add(&mut self, module: usize, path: &[String]) {
        let [file, other] = [self.of, module].map(|id| &self.modules.0[id].file);
        self.uses.add(file, other, &path.join("::"));
    }

    /// Paths in what is no syntax yet: what a macro or an attribute is given.
    fn scan(&mut self, tokens: &TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens.clone() {
            match &token {
                TokenTree::Ident(name) if path.is_empty() || colons == 2 => {
                    path.push(name.to_string());
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' && !path.is_empty() => {
                    colons += 1;
                    continue;
                }
                _ => {
                    self.scanned(&path);
                    path.clear();
                    match token {
                        TokenTree::Ident(name) => path.push(name.to_string()),
                        TokenTree::Group(group) => self.scan(&group.stream()),
                        TokenTree::Literal(literal) => {
                            let text = literal.to_string();
                            let names = text.trim_matches('"').split("::");
                            self.scanned(&names.map(str::to_owned).collect::<Vec<_>>());
                        }
                        TokenTree::Punct(_) => {}
                    }
                }
            }
            colons = 0;
        }
        self.scanned(&path);
    }

    /// One name alone may be a variable's or a field's; a type's begins with a capital.
    fn scanned(&mut self, path: &[String]) {
        let alone = path.len() == 1;
        if !alone || path[0].starts_with(char::is_uppercase) {
            self.found(path);
        }
    }
}

impl Visit<'_> for Names<'_> {
    fn visit_path(&mut self, path: &syn::Path) {
        if path.leading_colon.is_none() {
            let names = path.segments.iter().map(|part| part.ident.to_string());
            self.found(&names.collect::<Vec<_>>());
        }
        visit::visit_path(self, path);
    }

    fn visit_item_use(&mut self, item: &ItemUse) {
        let hands_on = !matches!(item.vis, Visibility::Inherited);
        for (path, name) in used(item) {
            // What comes of a glob counts where it is named.
            if name.is_none() {
                continue;
            }
            for place in self.modules.resolve(self.of, &path) {
                match place {
                    Place::Item(module) if !(hands_on && self.modules.is_in(module, self.of)) => {
                        self.add(module, &path);
                    }
                    _ => {}
                }
            }
        }
    }

    fn visit_macro(&mut self, item: &Macro) {
        self.visit_path(&item.path);
        self.scan(&item.tokens);
    }

    fn visit_attribute(&mut self, attribute: &Attribute) {
        if let Meta::List(list) = &attribute.meta {
            self.scan(&list.tokens);
        }
    }

    fn visit_visibility(&mut self, _: &Visibility) {}
}

/// Each path that is used, and the name it has then; none of a glob.
fn used(item: &ItemUse) -> Vec<(Vec<String>, Option<String>)> {
    let mut found = Vec::new();
    if item.leading_colon.is_none() {
        used_below(&item.tree, &[], &mut found);
    }
    found
}

fn used_below(tree: &UseTree, above: &[String], found: &mut Vec<(Vec<String>, Option<String>)>) {
    let with = |name: &syn::Ident| match name.to_string() {
        name if name == "self" && !above.is_empty() => above.to_vec(),
        name => [above, &[name]].concat(),
    };
    match tree {
        UseTree::Path(path) => used_below(&path.tree, &with(&path.ident), found),
        UseTree::Name(name) => {
            let path = with(&name.ident);
            let last = path.last().cloned();
            found.push((path, last));
        }
        UseTree::Rename(name) => found.push((with(&name.ident), Some(name.rename.to_string()))),
        UseTree::Glob(_) => found.push((above.to_vec(), None)),
        UseTree::Group(group) => {
            for tree in &group.items {
                used_below(tree, above, found);
            }
        }
    }
}

/// The name of an item that has one.
fn name_of(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// `#[cfg(test)]`.
fn is_for_unit_tests(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute
            .parse_args::<syn::Ident>()
            .is_ok_and(|name| name == "test")
}

/// `#[path = "…"]`.
fn named_path(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(value) = &attribute.meta else {
        return None;
    };
    match &value.value {
        syn::Expr::Lit(literal) if value.path.is_ident("path") => match &literal.lit {
            syn::Lit::Str(path) => Some(path.value()),
            _ => None,
        },
        _ => None,
    }
}
