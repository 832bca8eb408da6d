//! No circle between the files of a crate: of two files, one is read first.

use std::collections::{BTreeMap, BTreeSet};

use syn::{
    Item, ItemMod, ItemUse, Path, UseTree,
    visit::{self, Visit},
};

use crate::sources::{Source, check_admitted, sources};

type Module = Vec<String>;

#[test]
fn files_stand_in_no_circle() {
    let mut rooms = BTreeMap::<String, Vec<Source>>::new();
    for source in sources(&["rs"]) {
        if source.is_shipped() {
            let room = source.room().unwrap().to_owned();
            rooms.entry(room).or_default().push(source);
        }
    }

    let mut circles = BTreeSet::new();
    for (room, sources) in rooms {
        for circle in Room::read(&sources).circles() {
            circles.insert(format!("{room}: {}", circle.join(" ")));
        }
    }
    check_admitted("circle", &circles);
}

/// The files of a crate as modules, and the arrows between them.
struct Room {
    arrows: BTreeMap<String, BTreeSet<String>>,
}

impl Room {
    fn read(sources: &[Source]) -> Self {
        let modules: BTreeMap<Module, &Source> = sources
            .iter()
            .map(|source| (module_of(&source.path), source))
            .collect();
        let root = modules.get(&Module::new());
        let exports = root.map(|source| exports(source)).unwrap_or_default();

        let mut arrows = BTreeMap::<String, BTreeSet<String>>::new();
        for (module, source) in &modules {
            let mut uses = Uses {
                module,
                found: Vec::new(),
            };
            uses.visit_file(&syn::parse_file(&source.text).unwrap());
            let targets = uses
                .found
                .iter()
                .filter_map(|path| target(path, &modules, &exports));
            let targets = targets
                .filter(|target| target != module)
                .map(|target| name(&target));
            arrows.entry(name(module)).or_default().extend(targets);
        }
        Self { arrows }
    }

    /// Groups of files that reach one another.
    fn circles(&self) -> BTreeSet<Vec<String>> {
        let reached: BTreeMap<_, _> = self
            .arrows
            .keys()
            .map(|file| (file, self.reach(file)))
            .collect();
        let mutual = |file: &String| -> Vec<String> {
            let others = reached[file].iter();
            let back =
                others.filter(|other| reached.get(other).is_some_and(|it| it.contains(file)));
            back.cloned().collect()
        };
        self.arrows
            .keys()
            .map(mutual)
            .filter(|circle| circle.len() > 1)
            .collect()
    }

    fn reach(&self, from: &str) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        let mut waiting = vec![from.to_owned()];
        while let Some(file) = waiting.pop() {
            for next in self.arrows.get(&file).into_iter().flatten() {
                if reached.insert(next.clone()) {
                    waiting.push(next.clone());
                }
            }
        }
        reached
    }
}

/// `crates/store/src/cases/list.rs` is the module `cases::list`.
fn module_of(path: &str) -> Module {
    let (_, inner) = path.split_once("/src/").unwrap();
    let inner = inner.trim_end_matches(".rs");
    let mut module: Module = inner.split('/').map(str::to_owned).collect();
    if matches!(
        module.last().map(String::as_str),
        Some("lib" | "mod" | "main")
    ) {
        module.pop();
    }
    module
}

fn name(module: &Module) -> String {
    if module.is_empty() {
        "lib".to_owned()
    } else {
        module.join("/")
    }
}

/// What `lib.rs` re-exports, and from which module.
fn exports(root: &Source) -> BTreeMap<String, Module> {
    let mut exports = BTreeMap::new();
    for item in syn::parse_file(&root.text).unwrap().items {
        if let Item::Use(item) = item {
            for path in flatten(&item.tree) {
                let path: Module = match path.first().map(String::as_str) {
                    Some("crate" | "self") => path[1..].to_vec(),
                    _ => path,
                };
                if let [module @ .., last] = path.as_slice() {
                    exports.insert(last.clone(), module.to_vec());
                }
            }
        }
    }
    exports
}

/// The module in which a path ends.
fn target(
    path: &Module,
    modules: &BTreeMap<Module, &Source>,
    exports: &BTreeMap<String, Module>,
) -> Option<Module> {
    if let [only, ..] = path.as_slice()
        && !modules.contains_key(&path[..1])
        && let Some(module) = exports.get(only)
    {
        return longest(module, modules).filter(|module| !module.is_empty());
    }
    longest(path, modules)
}

fn longest(path: &[String], modules: &BTreeMap<Module, &Source>) -> Option<Module> {
    let mut prefixes = (0..=path.len()).rev().map(|length| path[..length].to_vec());
    prefixes.find(|prefix| modules.contains_key(prefix))
}

/// The paths of a file that stay within its crate, from the root.
struct Uses<'module> {
    module: &'module Module,
    found: Vec<Module>,
}

impl Uses<'_> {
    fn take(&mut self, path: Module) {
        let ups = path.iter().take_while(|part| *part == "super").count();
        let resolved = match path.first().map(String::as_str) {
            Some("crate") => path[1..].to_vec(),
            Some("super") => {
                let kept = self.module.len().saturating_sub(ups);
                [&self.module[..kept], &path[ups..]].concat()
            }
            Some("self") => [self.module.as_slice(), &path[1..]].concat(),
            _ => return,
        };
        self.found.push(resolved);
    }
}

impl<'ast> Visit<'ast> for Uses<'_> {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        // Tests within a file look at the file itself.
        if item.ident != "tests" {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        for path in flatten(&item.tree) {
            self.take(path);
        }
    }

    fn visit_path(&mut self, path: &'ast Path) {
        let parts = path.segments.iter().map(|part| part.ident.to_string());
        self.take(parts.collect());
        visit::visit_path(self, path);
    }
}

fn flatten(tree: &UseTree) -> Vec<Module> {
    let prefixed = |head: String, tails: Vec<Module>| {
        let tails = tails.into_iter();
        tails
            .map(|tail| [vec![head.clone()], tail].concat())
            .collect()
    };
    match tree {
        UseTree::Path(path) => prefixed(path.ident.to_string(), flatten(&path.tree)),
        UseTree::Name(name) => vec![vec![name.ident.to_string()]],
        UseTree::Rename(rename) => vec![vec![rename.ident.to_string()]],
        UseTree::Glob(_) => vec![Vec::new()],
        UseTree::Group(group) => group.items.iter().flat_map(flatten).collect(),
    }
}
