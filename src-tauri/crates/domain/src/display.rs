//! A bank's text is hostile text. What reaches a screen has no characters that act instead of being seen.

/// The longest text that is shown whole, in characters.
const LONGEST: usize = 2_000;

/// Without control characters, without marks that turn the writing direction, without invisible ones; white space becomes a blank.
#[must_use]
pub fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut count = 0;
    for c in text.chars() {
        let c = if c.is_whitespace() { ' ' } else { c };
        if acts(c) || (c == ' ' && out.ends_with(' ')) {
            continue;
        }
        if count == LONGEST {
            out.push('…');
            break;
        }
        out.push(c);
        count += 1;
    }
    out.trim().to_owned()
}

fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn marks_that_turn_or_hide_text_are_gone_and_the_words_stay() {
        assert_eq!(shown("PAY\u{202e}EVIL\u{202c}\r\n  ROLL\0 \u{200b}é"), "PAYEVIL ROLL é");
        assert_eq!(shown(&"x".repeat(3_000)).chars().count(), LONGEST + 1);
    }

    proptest! {
        #[test]
        fn nothing_that_acts_is_ever_shown(text in ".*") {
            prop_assert!(!shown(&text).chars().any(acts));
        }
    }
}
