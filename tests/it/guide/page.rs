//! A page of the guide, as the test reads it: its blocks of code in their order, with what the comment in front of each says.

use std::fs;
use std::ops::Range;
use std::path::Path;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// A page.
pub struct Page {
    /// Its path in the repository.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// What is to be done, in the order of the page.
    pub parts: Vec<Part>,
    /// Code within sentences.
    pub code_spans: Vec<String>,
}

/// Something to be done.
pub enum Part {
    /// A file of the repository to be put into the folder.
    Have {
        /// Under which name.
        name: String,
        /// Its path in the repository.
        file: String,
    },
    /// A command that sets the scene.
    Run(String),
    /// A file to be taken away.
    Gone(String),
    /// A block of code.
    Block(Block),
}

/// A block of code.
pub struct Block {
    /// What the fence says that it is; blank for an indented block.
    pub language: String,
    /// The code.
    pub text: String,
    /// What it is.
    pub mark: Mark,
    /// The line on which it starts.
    pub line: usize,
    /// Where the code stands in the page's text.
    pub range: Range<usize>,
}

/// What a block is, by the comment in front of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// Commands that end with this exit code, or code that nothing is said of (0).
    Exit(i32),
    /// The content of a file of this name.
    File(String),
    /// What the command before it prints.
    Prints,
}

impl Page {
    pub fn read(root: &Path, path: &Path) -> Page {
        let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        Page::parse(name, fs::read_to_string(path).unwrap())
    }

    pub fn parse(name: String, text: String) -> Page {
        let mut page = Page { name, parts: Vec::new(), code_spans: Vec::new(), text: String::new() };
        let mut mark = Mark::Exit(0);
        let mut block: Option<Block> = None;
        for (event, range) in Parser::new_ext(&text, Options::ENABLE_TABLES).into_offset_iter() {
            match event {
                Event::Html(html) => match comment(&html, &page.name) {
                    Some(Comment::Mark(said)) => mark = said,
                    Some(Comment::Part(part)) => page.parts.push(part),
                    None => {}
                },
                Event::Start(Tag::CodeBlock(kind)) => {
                    let language = match kind {
                        CodeBlockKind::Fenced(language) => language.to_string(),
                        CodeBlockKind::Indented => String::new(),
                    };
                    let line = text[..range.start].matches('\n').count() + 1;
                    let mark = std::mem::replace(&mut mark, Mark::Exit(0));
                    block = Some(Block { language, text: String::new(), mark, line, range: range.end..range.end });
                }
                Event::Text(code) => {
                    if let Some(block) = &mut block {
                        block.text.push_str(&code);
                        block.range = block.range.start.min(range.start)..range.end;
                    }
                }
                Event::End(TagEnd::CodeBlock) => page.parts.extend(block.take().map(Part::Block)),
                Event::Code(code) => page.code_spans.push(code.to_string()),
                Event::Start(Tag::Paragraph | Tag::Heading { .. }) => {
                    assert!(mark == Mark::Exit(0), "{}: no block of code follows the comment of {mark:?}", page.name);
                }
                _ => {}
            }
        }
        page.text = text;
        page
    }

    pub fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.parts.iter().filter_map(|part| match part {
            Part::Block(block) => Some(block),
            Part::Have { .. } | Part::Run(_) | Part::Gone(_) => None,
        })
    }
}

enum Comment {
    Mark(Mark),
    Part(Part),
}

/// What a comment says to this test, if anything. One that is nearly of its form is a mistake.
fn comment(html: &str, page: &str) -> Option<Comment> {
    let said = html.trim().strip_prefix("<!--")?.strip_suffix("-->")?.trim();
    let (key, value) = said.split_once(':').unwrap_or((said, ""));
    let value = value.trim();
    match key.trim() {
        "exit" => Some(Comment::Mark(Mark::Exit(value.parse().unwrap_or_else(|_| panic!("{page}: {said}"))))),
        "file" => Some(Comment::Mark(Mark::File(value.to_owned()))),
        "prints" => Some(Comment::Mark(Mark::Prints)),
        "have" => {
            let (name, file) = value.split_once('=').unwrap_or_else(|| panic!("{page}: {said}"));
            Some(Comment::Part(Part::Have { name: name.trim().to_owned(), file: file.trim().to_owned() }))
        }
        "gone" => Some(Comment::Part(Part::Gone(value.to_owned()))),
        "run" => Some(Comment::Part(Part::Run(value.to_owned()))),
        // Of tables that other tests write into pages.
        "from the code" | "from a run" | "end" => None,
        _ => panic!("{page}: the comment `{said}` says nothing to the test of the guide"),
    }
}

/// Whether a text is the one that a page shows, where a line `...` stands for any lines, or none.
pub fn alike(shown: &str, text: &str) -> bool {
    fn from(shown: &[&str], text: &[&str]) -> bool {
        match shown.split_first() {
            None => text.is_empty(),
            Some((&"...", rest)) => (0..=text.len()).any(|skipped| from(rest, &text[skipped..])),
            Some((line, rest)) => text
                .split_first()
                .is_some_and(|(first, others)| line.trim_end() == first.trim_end() && from(rest, others)),
        }
    }
    from(&shown.lines().collect::<Vec<_>>(), &text.lines().collect::<Vec<_>>())
}
