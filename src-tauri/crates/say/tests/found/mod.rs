//! Finds sentences by the tokens of the sources: what goes through the catalogs, and what a person would read that does not.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What the sources hold.
#[derive(Default)]
pub struct Found {
    pub sentences: BTreeSet<String>,
    pub bare: Vec<String>,
}

impl Found {
    pub fn add(&mut self, other: Self) {
        self.sentences.extend(other.sentences);
        self.bare.extend(other.bare);
    }
}

/// Where sentences are said.
const SAID_IN: [&str; 3] = ["domain/src", "engine/src", "../src"];
/// Sentences of errors that are handed on and said again.
const ERRORS: [&str; 2] = ["team/src/error.rs", "engine/src/ports.rs"];
/// What leaves the house, is kept or is for people at a terminal is in English: exports, evidence, the support file, templates for IT.
const PLAIN: [&str; 15] = [
    "domain/src/bank_aliases.rs",
    "../src/logging.rs",
    "engine/src/export/",
    "engine/src/evidence/",
    "engine/src/doctor/support.rs",
    "engine/src/consents/calendar.rs",
    "engine/src/policy/templates.rs",
    "engine/src/policy/place.rs",
    "engine/src/worker/",
    "engine/src/terminal.rs",
    "engine/src/budget/",
    "engine/src/adapters/codat/records.rs",
    "../src/arguments.rs",
    "../src/start.rs",
    "../src/bindings.rs",
];
/// Whose first text is a sentence of the catalogs.
const SAYS: [&str; 4] = ["say!", "later!", "word", "NotFound"];
/// Whose texts are read by whoever looks for a mistake, or say what was being tried.
const INTERNAL: [&str; 10] = ["expect", "debug!", "info!", "warn!", "error!", "trace!", "Internal", "file", "noted", "note_lock"];
/// Sentences that are the same in every language.
const NAMES: [&str; 3] = ["Codat\u{2019}s banking sandbox", "TrueLayer through Codat", "TrueLayer with an account of our own"];

/// Every source in which something is said, by its place below `src-tauri/crates`.
pub fn files() -> Vec<(String, String)> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut paths: Vec<PathBuf> = ERRORS.iter().map(|file| crates.join(file)).collect();
    for folder in SAID_IN {
        sources(&crates.join(folder), &mut paths);
    }
    let named = paths.into_iter().map(|path| {
        let name = path.strip_prefix(&crates).expect("below the crates").to_string_lossy().replace('\\', "/");
        let text = std::fs::read_to_string(&path).expect("a source");
        (name, text)
    });
    named.collect::<std::collections::BTreeMap<_, _>>().into_iter().collect()
}

fn sources(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, paths);
        } else if path.components().any(|part| part.as_os_str() == "words") {
            // What customers read has catalogs of its own.
        } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("tests.rs") {
            paths.push(path);
        }
    }
}

/// What one source holds.
pub fn found(name: &str, text: &str) -> Found {
    let mut found = Found::default();
    let tokens: TokenStream = text.parse().expect(name);
    let look = Look { name, is_plain: PLAIN.iter().any(|plain| name.starts_with(plain)), is_error: ERRORS.contains(&name) };
    look.at(tokens, Within::Code, &mut found);
    found
}

struct Look<'a> {
    name: &'a str,
    is_plain: bool,
    is_error: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Within {
    Code,
    /// Its first text is a sentence.
    Says,
    /// Read by nobody who works in the window.
    Internal,
}

impl Look<'_> {
    fn at(&self, tokens: TokenStream, within: Within, found: &mut Found) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut within = within;
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                // An attribute, and what a test's hangs on.
                TokenTree::Punct(mark) if mark.as_char() == '#' => {
                    let inner = tokens.get(at + 1..).unwrap_or_default().iter().find_map(|token| match token {
                        TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => Some(group.stream()),
                        _ => None,
                    });
                    let inner = inner.map(|inner| inner.into_iter().collect::<Vec<_>>()).unwrap_or_default();
                    let words: Vec<String> = inner.iter().map(ToString::to_string).collect();
                    if let Some(TokenTree::Group(group)) = inner.get(1)
                        && self.is_error
                        && words.first().is_some_and(|word| word == "error")
                    {
                        self.at(group.stream(), Within::Says, found);
                    }
                    let is_inner = matches!(tokens.get(at + 1), Some(TokenTree::Punct(mark)) if mark.as_char() == '!');
                    at += if is_inner { 3 } else { 2 };
                    if words.first().is_some_and(|word| word == "cfg") && words.get(1).is_some_and(|of| of.replace(' ', "") == "(test)") {
                        at += tokens[at..].iter().position(ends_item).map_or(0, |end| end + 1);
                    }
                    continue;
                }
                TokenTree::Group(group) => {
                    let before = |back: usize| at.checked_sub(back).map(|at| tokens[at].to_string());
                    let is_macro = before(1).as_deref() == Some("!");
                    let called = if is_macro { before(2).map(|name| name + "!") } else { before(1) }.unwrap_or_default();
                    let of = match called.as_str() {
                        _ if group.delimiter() != Delimiter::Parenthesis => {
                            if within == Within::Says {
                                Within::Code
                            } else {
                                within
                            }
                        }
                        name if SAYS.contains(&name) => Within::Says,
                        name if INTERNAL.contains(&name) => Within::Internal,
                        _ if within == Within::Says => Within::Code,
                        _ => within,
                    };
                    self.at(group.stream(), of, found);
                }
                TokenTree::Literal(literal) => {
                    if let Some(text) = text_of(&literal.to_string()) {
                        match within {
                            // An error's own words, but for those that only join what others say.
                            Within::Says => {
                                if !self.is_error || self.name != "engine/src/ports.rs" || text.ends_with('.') {
                                    found.sentences.insert(text);
                                }
                                within = Within::Code;
                            }
                            Within::Code if !self.is_plain && !self.is_error && is_sentence(&text) && !is_compared(&tokens, at) => {
                                found.bare.push(format!("{}:{}: {text}", self.name, literal.span().start().line));
                            }
                            Within::Code | Within::Internal => {}
                        }
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }
}

fn ends_item(token: &TokenTree) -> bool {
    match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(mark) => mark.as_char() == ';',
        _ => false,
    }
}

/// A pattern or one side of a comparison is no text for a person.
fn is_compared(tokens: &[TokenTree], at: usize) -> bool {
    let mark = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map(ToString::to_string).unwrap_or_default();
    let (next, after) = (mark(Some(at + 1)), mark(Some(at + 2)));
    (next == "=" && after == ">") || next == "|" || (mark(at.checked_sub(1)) == "=" && mark(at.checked_sub(2)) == "=")
}

/// Two words and a capital, or a full stop after words: no key, no header and no address reads so.
fn is_sentence(text: &str) -> bool {
    if NAMES.contains(&text) || text.contains("://") || text.contains('\n') || text.contains("\r\n") || text.contains("SELECT") {
        return false;
    }
    let plain = text.trim_start_matches(['“', '‘', '(', ' ']);
    let mut words = plain.split(' ');
    let begins = words.next().is_some_and(|word| {
        word.chars().next().is_some_and(char::is_uppercase)
            && word.chars().count() > 1
            && word.chars().all(|mark| mark.is_alphabetic() || "’,'-".contains(mark))
    }) && words.next().is_some_and(|word| word.chars().next().is_some_and(char::is_lowercase));
    let letters = |word: &str| word.chars().filter(|mark| mark.is_alphabetic()).count() > 1;
    let ends = text.ends_with(['.', '?', '!', '…']) && text.split(' ').filter(|word| letters(word)).count() > 2;
    begins || ends
}

/// The text of a literal, when it is one of text.
fn text_of(literal: &str) -> Option<String> {
    if let Some(raw) = literal.strip_prefix('r') {
        return Some(raw.trim_matches('#').trim_matches('"').to_owned());
    }
    let inner = literal.strip_prefix('"')?.strip_suffix('"')?;
    let mut text = String::new();
    let mut marks = inner.chars().peekable();
    while let Some(mark) = marks.next() {
        if mark != '\\' {
            text.push(mark);
            continue;
        }
        match marks.next()? {
            'n' => text.push('\n'),
            'r' => text.push('\r'),
            't' => text.push('\t'),
            '0' => text.push('\0'),
            'u' => {
                let code: String = marks.by_ref().skip(1).take_while(|mark| *mark != '}').collect();
                text.push(char::from_u32(u32::from_str_radix(&code, 16).ok()?)?);
            }
            'x' => {
                let code: String = marks.by_ref().take(2).collect();
                text.push(char::from(u8::from_str_radix(&code, 16).ok()?));
            }
            '\n' => while marks.next_if(|mark| mark.is_whitespace()).is_some() {},
            other => text.push(other),
        }
    }
    Some(text)
}
