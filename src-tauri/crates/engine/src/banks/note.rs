//! A note in Markdown as plain pieces that a screen draws: nothing of it is a page. Markup of the web stays visible text, pictures are their words, and an
//! address is told, never followed.

use crate::view::{NoteBlock, NoteRun};
use domain::display::shown;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Longest note, in characters.
pub(super) const LONGEST: usize = 4_000;
/// Pieces that are shown, at most.
const MOST_BLOCKS: usize = 100;

/// The pieces of a note.
#[must_use]
pub fn blocks(text: &str) -> Vec<NoteBlock> {
    let text: String = text.chars().take(LONGEST).collect();
    let mut drawn = Drawn::default();
    for event in Parser::new_ext(&text, Options::empty()) {
        drawn.take(event);
    }
    drawn.end_block();
    drawn.blocks.truncate(MOST_BLOCKS);
    drawn.blocks
}

/// What the next words belong to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Paragraph,
    Heading,
    Item { ordered: bool },
}

#[derive(Default)]
struct Drawn {
    blocks: Vec<NoteBlock>,
    runs: Vec<NoteRun>,
    lists: Vec<bool>,
    is_heading: bool,
    strong: u32,
    em: u32,
    /// Addresses of the links that the words stand in.
    links: Vec<String>,
}

impl Drawn {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::Heading { .. }) => {
                self.end_block();
                self.is_heading = true;
            }
            Event::Start(Tag::List(first)) => {
                self.end_block();
                self.lists.push(first.is_some());
            }
            Event::End(TagEnd::List(_)) => {
                self.end_block();
                self.lists.pop();
            }
            Event::Start(Tag::Paragraph | Tag::Item | Tag::BlockQuote(_) | Tag::CodeBlock(_) | Tag::HtmlBlock)
            | Event::End(
                TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::BlockQuote(_) | TagEnd::CodeBlock | TagEnd::HtmlBlock,
            )
            | Event::Rule => self.end_block(),
            Event::Start(Tag::Strong) => self.strong += 1,
            Event::End(TagEnd::Strong) => self.strong = self.strong.saturating_sub(1),
            Event::Start(Tag::Emphasis) => self.em += 1,
            Event::End(TagEnd::Emphasis) => self.em = self.em.saturating_sub(1),
            Event::Start(Tag::Link { dest_url, .. }) => self.links.push(dest_url.into_string()),
            Event::End(TagEnd::Link) => self.end_link(),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.say(&text, false),
            Event::Code(text) => self.say(&text, true),
            Event::SoftBreak | Event::HardBreak => self.say(" ", false),
            _ => {}
        }
    }

    fn say(&mut self, text: &str, code: bool) {
        let (strong, em) = (self.strong > 0, self.em > 0);
        match self.runs.last_mut().filter(|run| (run.strong, run.em, run.code) == (strong, em, code)) {
            Some(run) => run.text.push_str(text),
            None => self.runs.push(NoteRun { text: text.to_owned(), strong, em, code }),
        }
    }

    /// An address that is not the words themselves is told behind them.
    fn end_link(&mut self) {
        let Some(address) = self.links.pop() else { return };
        let is_told = self.runs.last().is_some_and(|run| run.text.ends_with(&address));
        if !address.is_empty() && !is_told {
            self.say(&format!(" ({address})"), false);
        }
    }

    fn end_block(&mut self) {
        let place = match (std::mem::take(&mut self.is_heading), self.lists.last()) {
            (true, _) => Place::Heading,
            (false, Some(ordered)) => Place::Item { ordered: *ordered },
            (false, None) => Place::Paragraph,
        };
        let runs = seen(std::mem::take(&mut self.runs));
        if runs.is_empty() {
            return;
        }
        match place {
            Place::Paragraph => self.blocks.push(NoteBlock::Paragraph { runs }),
            Place::Heading => self.blocks.push(NoteBlock::Heading { runs }),
            Place::Item { ordered } => match self.blocks.last_mut() {
                Some(NoteBlock::List { ordered: same, items }) if *same == ordered => items.push(runs),
                _ => self.blocks.push(NoteBlock::List { ordered, items: vec![runs] }),
            },
        }
    }
}

/// Without marks that act; a blank between two runs stays.
fn seen(runs: Vec<NoteRun>) -> Vec<NoteRun> {
    let cleaned = runs.into_iter().map(|run| {
        let blank = |is: bool| if is { " " } else { "" };
        let (before, after) = (run.text.starts_with(char::is_whitespace), run.text.ends_with(char::is_whitespace));
        let words = shown(&run.text);
        let text = if words.is_empty() { blank(before).to_owned() } else { format!("{}{words}{}", blank(before), blank(after)) };
        NoteRun { text, ..run }
    });
    let mut runs: Vec<NoteRun> = cleaned.filter(|run| !run.text.is_empty()).collect();
    if let Some(last) = runs.last_mut() {
        last.text.truncate(last.text.trim_end().len());
    }
    if runs.iter().all(|run| run.text.trim().is_empty()) { vec![] } else { runs }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(block: &NoteBlock) -> String {
        let joined = |runs: &[NoteRun]| runs.iter().map(|run| run.text.as_str()).collect::<String>();
        match block {
            NoteBlock::Paragraph { runs } | NoteBlock::Heading { runs } => joined(runs),
            NoteBlock::List { items, .. } => items.iter().map(|runs| joined(runs)).collect::<Vec<_>>().join("|"),
        }
    }

    #[test]
    fn headings_lists_and_weights_become_pieces_in_their_order() {
        let drawn = blocks(
            "# At the bank\n\nSign in with the **card reader**, not the *app*.\n\n1. Choose `Business`\n2. Tick every account\n\n- then confirm",
        );
        assert_eq!(
            drawn.iter().map(text).collect::<Vec<_>>(),
            ["At the bank", "Sign in with the card reader, not the app.", "Choose Business|Tick every account", "then confirm"]
        );
        assert!(matches!(&drawn[1], NoteBlock::Paragraph { runs } if runs.iter().any(|run| run.strong && run.text == "card reader")));
        assert!(matches!(&drawn[2], NoteBlock::List { ordered: true, items } if items[0].iter().any(|run| run.code)));
    }

    #[test]
    fn nothing_of_a_note_is_a_page_loads_anything_or_turns_the_words_around() {
        let hostile = "<script>alert(1)</script>\n\n<img src=x onerror=alert(1)> hi\n\n![logo](https://evil.example/p.png)\n\n[help](javascript:alert(1))\n\nPAY\u{202e}EVIL";
        let drawn = blocks(hostile);
        let all: Vec<String> = drawn.iter().map(text).collect();
        assert_eq!(all, ["<script>alert(1)</script>", "<img src=x onerror=alert(1)> hi", "logo", "help (javascript:alert(1))", "PAYEVIL"]);
        assert_eq!(blocks(" \n\n***\n"), vec![], "a line alone says nothing");
        assert!(blocks(&"- x\n\n".repeat(5_000)).len() <= MOST_BLOCKS);
        assert_eq!(
            blocks("see https://bank.example [https://bank.example](https://bank.example)").iter().map(text).collect::<Vec<_>>(),
            ["see https://bank.example https://bank.example"]
        );
    }
}
