//! Words on paper: one PDF in the standard fonts, so that its bytes follow from its words. Letters that those fonts do not have become a question mark.
#![expect(clippy::float_arithmetic, reason = "this is drawing, not money")]

use pdf_writer::{Content, Name, Pdf, Rect, Ref, Str};

const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 56.0;
/// A line of the page: its size, whether it is heavy, how much room is left above it.
pub(crate) struct Line {
    size: f32,
    is_heavy: bool,
    above: f32,
    text: String,
}

/// Plain words.
pub(crate) fn line(text: impl Into<String>) -> Line {
    Line { size: 9.5, is_heavy: false, above: 4.0, text: text.into() }
}

/// Words above others.
pub(crate) fn heading(text: &str) -> Line {
    Line { size: 12.0, is_heavy: true, above: 18.0, text: text.to_owned() }
}

/// The page's name.
pub(crate) fn title(text: impl Into<String>) -> Line {
    Line { size: 18.0, is_heavy: true, above: 0.0, text: text.into() }
}

/// The pages.
pub(crate) fn pdf(lines: &[Line]) -> Vec<u8> {
    let pages = laid_out(lines);
    let mut next = 1..;
    let mut id = || Ref::new(next.next().unwrap_or(i32::MAX));
    let (catalog, tree, plain, heavy) = (id(), id(), id(), id());
    let ids: Vec<(Ref, Ref)> = pages.iter().map(|_| (id(), id())).collect();
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree);
    pdf.pages(tree).kids(ids.iter().map(|(page, _)| *page)).count(i32::try_from(ids.len()).unwrap_or(i32::MAX));
    for ((page, content), drawn) in ids.iter().zip(&pages) {
        let mut page = pdf.page(*page);
        page.media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).parent(tree).contents(*content);
        page.resources().fonts().pair(Name(b"P"), plain).pair(Name(b"H"), heavy);
        drop(page);
        pdf.stream(*content, &draw(drawn));
    }
    pdf.type1_font(plain).base_font(Name(b"Helvetica")).encoding_predefined(Name(b"WinAnsiEncoding"));
    pdf.type1_font(heavy).base_font(Name(b"Helvetica-Bold")).encoding_predefined(Name(b"WinAnsiEncoding"));
    pdf.finish()
}

/// A line at its place on a page.
struct Placed {
    y: f32,
    size: f32,
    is_heavy: bool,
    text: Vec<u8>,
}

fn laid_out(lines: &[Line]) -> Vec<Vec<Placed>> {
    let mut pages = vec![vec![]];
    let mut y = HEIGHT - MARGIN;
    for one in lines {
        for (at, text) in wrapped(&one.text, one.size).into_iter().enumerate() {
            y -= if at == 0 { one.above } else { 2.0 } + one.size;
            if y < MARGIN {
                pages.push(vec![]);
                y = HEIGHT - MARGIN - one.size;
            }
            if let Some(page) = pages.last_mut() {
                page.push(Placed { y, size: one.size, is_heavy: one.is_heavy, text });
            }
        }
    }
    pages
}

fn draw(page: &[Placed]) -> Vec<u8> {
    let mut content = Content::new();
    for one in page {
        content.begin_text();
        content.set_font(Name(if one.is_heavy { b"H" } else { b"P" }), one.size);
        content.next_line(MARGIN, one.y);
        content.show(Str(&one.text));
        content.end_text();
    }
    content.finish().to_vec()
}

/// Broken where a word ends before the margin; a word that is longer than a line is cut.
fn wrapped(text: &str, size: f32) -> Vec<Vec<u8>> {
    let room = WIDTH - 2.0 * MARGIN;
    let width = |letters: &[u8]| letters.iter().map(|letter| breadth(*letter)).sum::<f32>() * size;
    let indent: Vec<u8> = text.bytes().take_while(|letter| *letter == b' ').collect();
    let mut lines: Vec<Vec<u8>> = vec![];
    let mut now = indent.clone();
    for word in text.split_whitespace() {
        let mut word = latin(word);
        let joint: &[u8] = if now.len() > indent.len() { b" " } else { b"" };
        if width(&[now.as_slice(), joint, &word].concat()) <= room {
            now.extend_from_slice(joint);
            now.append(&mut word);
            continue;
        }
        if now.len() > indent.len() {
            lines.push(std::mem::replace(&mut now, indent.clone()));
        }
        for letter in word {
            now.push(letter);
            if width(&now) > room - size {
                lines.push(std::mem::replace(&mut now, indent.clone()));
            }
        }
    }
    lines.push(now);
    lines
}

/// Letters as the standard fonts number them.
fn latin(text: &str) -> Vec<u8> {
    text.chars()
        .map(|c| {
            let mut own = [0; 4];
            match encoding_rs::WINDOWS_1252.encode(c.encode_utf8(&mut own)) {
                (bytes, _, false) if bytes.len() == 1 => bytes[0],
                _ => b'?',
            }
        })
        .collect()
}

/// Of Helvetica, in parts of its size, rounded up: a line may end early, never late.
fn breadth(letter: u8) -> f32 {
    match letter {
        b' ' | b'i' | b'j' | b'l' | b'I' | b'.' | b',' | b':' | b';' | b'\'' | b'|' | b'!' | b't' | b'f' | b'/' => 0.28,
        b'(' | b')' | b'-' | b'r' | b'*' => 0.39,
        b'a'..=b'l' | b'n'..=b'v' | b'x'..=b'z' | b'0'..=b'9' | b'?' => 0.56,
        b'm' | b'w' | b'M' | b'W' | b'@' | b'%' => 1.02,
        b'A'..=b'Z' => 0.78,
        _ => 0.83,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_within_the_page_whatever_they_are() {
        let room = WIDTH - 2.0 * MARGIN;
        for text in ["", "one", &"word ".repeat(80), &"W".repeat(300), "日本 Müller – “x”", &format!("    {}", "indented ".repeat(30))]
        {
            let lines = wrapped(text, 9.5);
            assert!(lines.iter().all(|line| line.iter().map(|letter| breadth(*letter)).sum::<f32>() * 9.5 <= room), "{text}");
        }
        assert_eq!(wrapped("日本 Müller", 9.5), [b"?? M\xfcller".to_vec()]);
        assert!(wrapped(&format!("    {}", "indented ".repeat(30)), 9.5).iter().all(|line| line.starts_with(b"    ")));
        let many: Vec<Line> = (0..200).map(|n| line(n.to_string())).collect();
        let pages = laid_out(&many);
        assert!(pages.len() > 1 && pages.iter().flatten().all(|placed| placed.y >= MARGIN));
        assert_eq!(pages.iter().map(Vec::len).sum::<usize>(), 200, "no line is lost");
    }
}
