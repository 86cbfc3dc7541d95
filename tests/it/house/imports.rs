//! Which file imports which: each path is followed to the file that defines what it names, through what modules on the way
//! re-export.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::modules::Modules;

/// One path by which a file imports another. It is shown as it is written there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Import {
    pub from: String,
    pub to: String,
    path: String,
    line: usize,
}

impl fmt::Display for Import {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` (line {})", self.path, self.line)
    }
}

/// What a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Module(usize),
    /// Something that this module defines.
    Item(usize),
}

/// An import on the way: its module and its path.
type Followed = (usize, Vec<String>);

/// All imports between files. A module that is imported by its name counts where something of it is named.
pub fn imports(modules: &Modules) -> Vec<Import> {
    let mut all = BTreeSet::new();
    for (m, module) in modules.iter() {
        let mut ends = Vec::new();
        // What a file only passes on it does not need.
        let needs = |name: &Option<String>| name.as_ref().is_some_and(|name| module.mentioned.contains(name));
        for import in module.uses.iter().filter(|import| !import.public || needs(&import.name)) {
            let found = modules.ends(m, &import.path.segments, &mut BTreeSet::new());
            let found = found.into_iter().filter(|end| import.name.is_none() || matches!(end, End::Item(_)));
            ends.extend(found.map(|end| (end, &import.path)));
        }
        for path in &module.paths {
            ends.extend(modules.ends(m, &path.segments, &mut BTreeSet::new()).into_iter().map(|end| (end, path)));
        }
        for (end, path) in ends {
            let (End::Module(to) | End::Item(to)) = end;
            let (from, to) = (modules.file(m).to_owned(), modules.file(to).to_owned());
            if from != to {
                all.insert(Import { from, to, path: path.segments.join("::"), line: path.line });
            }
        }
    }
    all.into_iter().collect()
}

impl Modules {
    /// What a path that is written in a module leads to; nothing if to another crate. There may be several ends, where what is
    /// compiled depends on a feature. `under_way` holds the imports that are being followed.
    fn ends(&self, module: usize, path: &[String], under_way: &mut BTreeSet<Followed>) -> BTreeSet<End> {
        match self.anchor(module, path) {
            Some((from, rest)) => self.follow(from, rest, under_way),
            None if path.first().is_some_and(|first| self.is_named(module, first)) => {
                self.follow(module, path, under_way)
            }
            None => BTreeSet::new(),
        }
    }

    /// What a path from a module down leads to.
    fn follow(&self, module: usize, path: &[String], under_way: &mut BTreeSet<Followed>) -> BTreeSet<End> {
        let Some((first, rest)) = path.split_first() else { return BTreeSet::from([End::Module(module)]) };
        let here = self.get(module);
        if let Some(child) = here.children.get(first) {
            return self.follow(*child, rest, under_way);
        }
        if here.items.contains(first) {
            return BTreeSet::from([End::Item(module)]);
        }
        let mut found = BTreeSet::new();
        for import in here.uses.iter().filter(|import| import.name.as_ref().is_none_or(|name| name == first)) {
            let followed = (module, import.path.segments.clone());
            if !under_way.insert(followed.clone()) {
                continue;
            }
            for end in self.ends(module, &import.path.segments, under_way) {
                match (end, &import.name) {
                    (End::Module(inner), Some(_)) => found.extend(self.follow(inner, rest, under_way)),
                    (End::Module(inner), None) if self.is_named(inner, first) || self.defines(inner, first) => {
                        found.extend(self.follow(inner, path, under_way));
                    }
                    (End::Item(_), Some(_)) => {
                        found.insert(end);
                    }
                    _ => {}
                }
            }
            under_way.remove(&followed);
        }
        // What a macro defines is found nowhere: it is this module's.
        if found.is_empty() { BTreeSet::from([End::Item(module)]) } else { found }
    }

    /// Whether a name is that of a module's child or import.
    fn is_named(&self, module: usize, name: &str) -> bool {
        let here = self.get(module);
        here.children.contains_key(name) || here.uses.iter().any(|import| import.name.as_deref() == Some(name))
    }

    fn defines(&self, module: usize, name: &str) -> bool {
        self.get(module).items.contains(name)
    }
}

/// The circles: files that import one another, directly or by way of others. Sorted, each once.
pub fn circles(imports: &[Import]) -> Vec<Vec<String>> {
    let mut next: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for import in imports {
        next.entry(&import.from).or_default().insert(&import.to);
    }
    let reach = |from: &str| -> BTreeSet<&str> {
        let (mut reached, mut todo) = (BTreeSet::new(), vec![from]);
        while let Some(file) = todo.pop() {
            for to in next.get(file).into_iter().flatten() {
                if reached.insert(*to) {
                    todo.push(to);
                }
            }
        }
        reached
    };
    let reached: BTreeMap<&str, BTreeSet<&str>> = next.keys().map(|file| (*file, reach(file))).collect();
    let together = |a: &str| -> Vec<String> {
        let both = reached[a].iter().filter(|b| reached.get(**b).is_some_and(|back| back.contains(a)));
        both.map(|b| (*b).to_owned()).collect()
    };
    let circles: BTreeSet<Vec<String>> =
        next.keys().map(|file| together(file)).filter(|files| files.len() > 1).collect();
    circles.into_iter().collect()
}
