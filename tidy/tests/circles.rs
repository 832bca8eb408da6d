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
        let doors = Doors::read(&modules);

        let mut arrows = BTreeMap::<String, BTreeSet<String>>::new();
        for (module, source) in &modules {
            let mut uses = Uses {
                module,
                found: Vec::new(),
            };
            uses.visit_file(&syn::parse_file(&source.text).unwrap());
            let targets = uses.found.iter().map(|path| doors.target(path));
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

/// Where the names of each module really stand: many are re-exported.
struct Doors<'source> {
    modules: &'source BTreeMap<Module, &'source Source>,
    /// What a module re-exports by name.
    names: BTreeMap<(Module, String), Module>,
    /// What it re-exports whole.
    globs: BTreeMap<Module, Module>,
    /// What it defines itself.
    own: BTreeSet<(Module, String)>,
}

impl<'source> Doors<'source> {
    fn read(modules: &'source BTreeMap<Module, &'source Source>) -> Self {
        let mut doors = Self {
            modules,
            names: BTreeMap::new(),
            globs: BTreeMap::new(),
            own: BTreeSet::new(),
        };
        for (module, source) in modules {
            for item in syn::parse_file(&source.text).unwrap().items {
                doors.add(module, &item);
            }
        }
        doors
    }

    fn add(&mut self, module: &Module, item: &Item) {
        if let Item::Use(item) = item {
            for path in flatten(&item.tree) {
                self.re_export(module, path);
            }
        }
        let Some(name) = defined(item) else {
            return;
        };
        // A macro that is exported stands at the root, whatever file defines it.
        if matches!(item, Item::Macro(_)) {
            self.names
                .insert((Module::new(), name.clone()), module.clone());
        }
        self.own.insert((module.clone(), name));
    }

    fn re_export(&mut self, module: &Module, mut path: Module) {
        let last = path.pop();
        let path = match path.first().map(String::as_str) {
            Some("crate") => path[1..].to_vec(),
            Some("self") => [module.as_slice(), &path[1..]].concat(),
            Some("super") => return,
            _ => [module.as_slice(), &path].concat(),
        };
        let Some(last) = last.filter(|_| path != *module && self.modules.contains_key(&path))
        else {
            return;
        };
        match last.as_str() {
            "*" => drop(self.globs.insert(module.clone(), path)),
            _ => drop(self.names.insert((module.clone(), last), path)),
        }
    }

    /// The module in which a path ends, through what re-exports it.
    fn target(&self, path: &[String]) -> Module {
        let mut here = Module::new();
        for part in path {
            let inside = [here.as_slice(), std::slice::from_ref(part)].concat();
            if self.modules.contains_key(&inside) {
                here = inside;
                continue;
            }
            let named = (here.clone(), part.clone());
            if self.own.contains(&named) {
                return here;
            }
            return match self.names.get(&named).or_else(|| self.globs.get(&here)) {
                Some(behind) => {
                    self.target(&[behind.as_slice(), std::slice::from_ref(part)].concat())
                }
                None => here,
            };
        }
        here
    }
}

/// The name of an item.
fn defined(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        _ => return None,
    };
    Some(ident.to_string())
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
        UseTree::Glob(_) => vec![vec!["*".to_owned()]],
        UseTree::Group(group) => group.items.iter().flat_map(flatten).collect(),
    }
}
