//! The modules of a crate, read from its files as tokens: which file each stands in, what it defines, what it imports, and
//! every path that is written in it. Tokens, not a syntax tree, for which a path within a macro's arguments is no path (and
//! whose parser takes far longer to build than all of this).

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// A path as it is written, and where.
#[derive(Debug, Clone)]
pub struct Written {
    pub segments: Vec<String>,
    pub line: usize,
}

/// An import: `None` as its name stands for all names of the path.
#[derive(Debug, Clone)]
pub struct Use {
    pub path: Written,
    pub name: Option<String>,
    /// Whether others see it.
    pub public: bool,
}

/// One module, by tokens that are no code for tests.
#[derive(Debug, Default)]
pub struct Module {
    file: String,
    parent: Option<usize>,
    pub children: BTreeMap<String, usize>,
    /// Names of what it defines.
    pub items: BTreeSet<String>,
    pub uses: Vec<Use>,
    /// Paths outside of `use`.
    pub paths: Vec<Written>,
    /// All names outside of `use`.
    pub mentioned: BTreeSet<String>,
}

/// All modules of the library and of the program.
#[derive(Debug, Default)]
pub struct Modules {
    all: Vec<Module>,
}

/// The library's root among the modules.
const ROOT: usize = 0;

/// What begins the definition of something with a name.
const DEFINES: [&str; 8] = ["struct", "enum", "union", "trait", "type", "fn", "const", "static"];

impl Modules {
    /// Reads the modules that `lib.rs` and `main.rs` lead to. Files are known by their paths below `src`.
    pub fn read(files: &BTreeMap<String, String>) -> Modules {
        let mut reading = Reading { files, modules: Modules::default() };
        for root in ["lib.rs", "main.rs"].into_iter().filter(|root| files.contains_key(*root)) {
            reading.file(root, "", None);
        }
        reading.modules
    }

    pub fn iter(&self) -> impl Iterator<Item = (usize, &Module)> {
        self.all.iter().enumerate()
    }

    pub fn file(&self, module: usize) -> &str {
        &self.all[module].file
    }

    pub fn get(&self, module: usize) -> &Module {
        &self.all[module]
    }

    /// The rooms: the modules of the library's root.
    pub fn rooms(&self) -> impl Iterator<Item = &str> {
        self.all[ROOT].children.keys().map(String::as_str)
    }

    /// Every path that is written, with its module; those of `use` first.
    pub fn paths(&self) -> impl Iterator<Item = (usize, &Written)> {
        self.iter().flat_map(|(i, module)| {
            module.uses.iter().map(|import| &import.path).chain(&module.paths).map(move |path| (i, path))
        })
    }

    /// The room that a path leads to, if it is written from the crate's root or from modules above.
    pub fn room<'a>(&'a self, module: usize, path: &'a Written) -> Option<&'a str> {
        let (from, rest) = self.anchor(module, &path.segments)?;
        match rest.first() {
            Some(first) if from == ROOT => Some(first),
            _ => None,
        }
    }

    /// Where a path that begins with `crate`, `super` or `self` begins, and the rest of it.
    pub fn anchor<'p>(&self, module: usize, path: &'p [String]) -> Option<(usize, &'p [String])> {
        let (first, mut rest) = path.split_first()?;
        let mut from = match first.as_str() {
            "crate" => ROOT,
            "chokepoint" if self.top(module) != ROOT => ROOT,
            "self" => module,
            "super" => self.all[module].parent?,
            _ => return None,
        };
        while let [next, after @ ..] = rest
            && next == "super"
        {
            (from, rest) = (self.all[from].parent?, after);
        }
        Some((from, rest))
    }

    /// The root above a module.
    fn top(&self, module: usize) -> usize {
        self.all[module].parent.map_or(module, |parent| self.top(parent))
    }
}

/// Modules that are being read, and the files that there are.
struct Reading<'f> {
    files: &'f BTreeMap<String, String>,
    modules: Modules,
}

impl Reading<'_> {
    fn add(&mut self, file: &str, parent: Option<usize>) -> usize {
        self.modules.all.push(Module { file: file.to_owned(), parent, ..Module::default() });
        self.modules.all.len() - 1
    }

    /// Reads a file, as a module whose own files stand in the folder `within`.
    fn file(&mut self, file: &str, within: &str, parent: Option<usize>) -> usize {
        let tokens = self.files[file].parse().unwrap_or_else(|why| panic!("src/{file}: {why}"));
        let module = self.add(file, parent);
        self.tokens(tokens, within, module, true);
        module
    }

    /// Reads tokens of a module; `items` where they are its own, not those of one of its items.
    fn tokens(&mut self, tokens: TokenStream, within: &str, module: usize, items: bool) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut i = 0;
        while let Some(token) = tokens.get(i) {
            i = match token {
                TokenTree::Punct(hash) if hash.as_char() == '#' && is_for_tests(tokens.get(i + 1)) => {
                    end_of_item(&tokens, i + 2)
                }
                TokenTree::Group(group) => {
                    self.tokens(group.stream(), within, module, false);
                    i + 1
                }
                TokenTree::Ident(_) => self.word(&tokens, i, within, module, items),
                TokenTree::Punct(_) | TokenTree::Literal(_) => i + 1,
            };
        }
    }

    /// Reads what begins with the word at a place; gives the place after it.
    fn word(&mut self, tokens: &[TokenTree], at: usize, within: &str, module: usize, items: bool) -> usize {
        match (tokens[at].to_string().as_str(), tokens.get(at + 1)) {
            ("pub", Some(TokenTree::Group(group))) if is_visibility(group) => at + 2,
            ("use", Some(next)) if !is_punct(next, '<') => {
                let end = (at..tokens.len()).find(|end| is_punct(&tokens[*end], ';')).unwrap_or(tokens.len());
                let public = is_public(&tokens[..at]);
                read_use(&tokens[at + 1..end], None, public, &mut self.modules.all[module].uses);
                end
            }
            ("mod", Some(TokenTree::Ident(name))) => {
                let child = self.child(&name.to_string(), tokens.get(at + 2), within, module);
                self.modules.all[module].children.insert(name.to_string(), child);
                at + 3
            }
            (word, Some(TokenTree::Ident(name))) if items && DEFINES.contains(&word) => {
                self.modules.all[module].items.insert(name.to_string());
                at + 1
            }
            (word, _) => {
                let module = &mut self.modules.all[module];
                module.mentioned.insert(word.to_owned());
                let (path, end) = read_path(tokens, at);
                if path.segments.len() > 1 && !is_continued(&tokens[..at]) {
                    module.paths.push(path);
                }
                end
            }
        }
    }

    /// Reads a module within another: its body, or else its file.
    fn child(&mut self, name: &str, body: Option<&TokenTree>, within: &str, parent: usize) -> usize {
        let inner = format!("{within}{name}/");
        if let Some(TokenTree::Group(body)) = body {
            let child = self.add(&self.modules.all[parent].file.clone(), Some(parent));
            self.tokens(body.stream(), &inner, child, true);
            return child;
        }
        let file = [format!("{within}{name}.rs"), format!("{inner}mod.rs")];
        let file = file.iter().find(|file| self.files.contains_key(*file));
        self.file(file.unwrap_or_else(|| panic!("src/{inner}: no such module")), &inner, Some(parent))
    }
}

fn is_punct(token: &TokenTree, char: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == char)
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

/// Whether what stands before a word makes it the further part of a path, or a field: `::` or one dot.
fn is_continued(before: &[TokenTree]) -> bool {
    let punct = |back: usize, char| before.len().checked_sub(back).is_some_and(|at| is_punct(&before[at], char));
    (punct(1, ':') && punct(2, ':')) || (punct(1, '.') && !punct(2, '.'))
}

/// Whether an attribute says that what follows is compiled for tests only.
fn is_for_tests(attribute: Option<&TokenTree>) -> bool {
    let Some(TokenTree::Group(attribute)) = attribute else { return false };
    let text = attribute.stream().to_string().replace(' ', "");
    text == "cfg(test)" || text.starts_with("cfg(all(test,")
}

/// Past the end of an item, its further attributes included: past its body, or its semicolon where it has none or is a `use`.
fn end_of_item(tokens: &[TokenTree], from: usize) -> usize {
    let is_body = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
    let mut is_use = false;
    for (at, token) in tokens.iter().enumerate().skip(from) {
        is_use |= is_word(token, "use");
        if is_punct(token, ';') || (is_body(token) && !is_use) {
            return at + 1;
        }
    }
    tokens.len()
}

/// Whether a group after `pub` says who sees it. (It may also be the first type of a tuple.)
fn is_visibility(group: &Group) -> bool {
    let first = group.stream().into_iter().next();
    group.delimiter() == Delimiter::Parenthesis
        && first.is_some_and(|first| ["in", "crate", "super", "self"].iter().any(|word| is_word(&first, word)))
}

/// Whether the last of these tokens makes what follows public.
fn is_public(before: &[TokenTree]) -> bool {
    match before {
        [.., last] if is_word(last, "pub") => true,
        [.., word, TokenTree::Group(_)] => is_word(word, "pub"),
        _ => false,
    }
}

/// The path that begins at a word, and where it ends.
fn read_path(tokens: &[TokenTree], first: usize) -> (Written, usize) {
    let mut path = Written { segments: Vec::new(), line: tokens[first].span().start().line };
    let mut at = first;
    loop {
        if let TokenTree::Ident(segment) = &tokens[at] {
            path.segments.push(segment.to_string());
        }
        match &tokens[at + 1..] {
            [a, b, TokenTree::Ident(_), ..] if is_punct(a, ':') && is_punct(b, ':') => at += 3,
            _ => return (path, at + 1),
        }
    }
}

/// Reads the tree after `use`, as paths that follow a prefix.
fn read_use(tokens: &[TokenTree], prefix: Option<&Written>, public: bool, uses: &mut Vec<Use>) {
    for branch in tokens.split(|token| is_punct(token, ',')).filter(|branch| !branch.is_empty()) {
        let segments = prefix.map_or(Vec::new(), |prefix| prefix.segments.clone());
        let mut path = Written { segments, line: branch[0].span().start().line };
        let (mut name, mut words) = (None, branch.iter());
        while let Some(token) = words.next() {
            match token {
                TokenTree::Ident(word) if word == "as" => name = words.next().map(ToString::to_string),
                TokenTree::Ident(word) if word == "self" && !path.segments.is_empty() => {}
                TokenTree::Ident(word) => path.segments.push(word.to_string()),
                _ => {}
            }
        }
        match branch.last() {
            Some(TokenTree::Group(inner)) => {
                let inner: Vec<TokenTree> = inner.stream().into_iter().collect();
                read_use(&inner, Some(&path), public, uses);
            }
            Some(star) if is_punct(star, '*') => uses.push(Use { path, name: None, public }),
            _ => {
                let name = name.or_else(|| path.segments.last().cloned());
                uses.push(Use { path, name, public });
            }
        }
    }
}
