//! One slip of a finger: is a typed word one letter away from another, or from its beginning?

use say::word;
/// The slip that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slip {
    /// Two neighbours changed places.
    Swapped,
    /// A letter was left out.
    Missing,
    /// A letter too many.
    Extra,
    /// Another letter was hit.
    Other,
}

impl Slip {
    /// As the note says it.
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Self::Swapped => word("two letters swapped"),
            Self::Missing => word("one letter missing"),
            Self::Extra => word("one letter too many"),
            Self::Other => word("one letter different"),
        }
    }
}

/// A slip, and whether the whole word was typed or only its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slipped {
    pub slip: Slip,
    pub whole: bool,
}

/// How `typed` differs from `word` or a beginning of it by exactly one slip. Looks only at the first difference, so it
/// is as fast as comparing.
pub(super) fn slip(typed: &[char], word: &[char]) -> Option<Slipped> {
    if typed.len() > word.len() + 1 {
        return None;
    }
    let same = typed.iter().zip(word).take_while(|(a, b)| a == b).count();
    let (t, w) = (typed.get(same..)?, word.get(same..)?);
    if t.is_empty() {
        // The typed text begins the word; it is a slip only when the last letter is missing.
        return (w.len() == 1).then_some(Slipped { slip: Slip::Missing, whole: true });
    }
    let rest = |skip_typed: usize, skip_word: usize, slip: Slip| {
        let (t, w) = (t.get(skip_typed..)?, w.get(skip_word..)?);
        w.starts_with(t).then_some(Slipped { slip, whole: w.len() == t.len() })
    };
    if let ([a, b, ..], [c, d, ..]) = (t, w)
        && (a, b) == (d, c)
        && let Some(found) = rest(2, 2, Slip::Swapped)
    {
        return Some(found);
    }
    let missing = rest(0, 1, Slip::Missing);
    // At the very end of a beginning, any letter would do: that is not a slip but another word.
    let extra = rest(1, 0, Slip::Extra).filter(|found| found.whole || t.len() > 1);
    let other = rest(1, 1, Slip::Other).filter(|found| found.whole || t.len() > 1);
    let found = [missing, extra, other];
    found.iter().flatten().find(|found| found.whole).or_else(|| found.iter().flatten().next()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &str, word: &str) -> Option<(Slip, bool)> {
        let letters = |text: &str| text.chars().collect::<Vec<_>>();
        slip(&letters(typed), &letters(word)).map(|found| (found.slip, found.whole))
    }

    #[test]
    fn one_slip_is_seen_and_named() {
        for (typed, word, found, why) in [
            ("natwset", "natwest", Some((Slip::Swapped, true)), "neighbours changed places"),
            ("natwse", "natwest", Some((Slip::Swapped, false)), "the same, still typing"),
            ("barclys", "barclays", Some((Slip::Missing, true)), "a letter left out"),
            ("natws", "natwest", Some((Slip::Missing, false)), "a letter left out, still typing"),
            ("monzoo", "monzo", Some((Slip::Extra, true)), "a letter too many at the end"),
            ("barrclays", "barclays", Some((Slip::Extra, true)), "a letter doubled"),
            ("llotds", "lloyds", Some((Slip::Other, true)), "a neighbouring key"),
            ("monzi", "monzo", Some((Slip::Other, true)), "the last letter of a whole word"),
            ("natwx", "natwest", None, "any letter at the end of a beginning is not a slip"),
            ("barclsyx", "barclays", None, "two slips are too many"),
            ("barclay", "barclays", Some((Slip::Missing, true)), "the last letter"),
            ("halifaxbank", "halifax", None, "much longer is another word"),
        ] {
            assert_eq!(check(typed, word), found, "{typed} for {word}: {why}");
        }
    }
}
