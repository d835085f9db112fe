//! The two letters on a plate when there is no logo. Decoration: the name always stands beside it.

/// Two letters for a name: initials of the first two significant words ("Bank of Ireland" gives BI), three capitals
/// stay ("ING"), a single word gives its first two letters ("Barclays" gives Ba). `?` for a name without letters.
#[must_use]
pub fn monogram(name: &str) -> String {
    let words: Vec<&str> = name
        .split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '’'))
        .map(|word| word.trim_matches(['\'', '’']))
        .filter(|word| !word.is_empty())
        .collect();
    let significant: Vec<&str> = words.iter().copied().filter(|word| !is_small(word)).collect();
    let words = if significant.is_empty() { words } else { significant };
    let Some(first) = words.first() else { return "?".to_owned() };
    if first.chars().count() == 3 && first.chars().all(char::is_uppercase) {
        return (*first).to_owned();
    }
    match words.get(1) {
        Some(second) => first.chars().take(1).chain(second.chars().take(1)).flat_map(char::to_uppercase).collect(),
        None => {
            let humps: Vec<char> = first.chars().filter(|c| c.is_uppercase()).collect();
            // "NatWest" and "TransferWise" are two words written as one.
            if let ([one, two], true) = (humps.as_slice(), first.chars().next().is_some_and(char::is_uppercase))
                && first.chars().count() > 3
            {
                return format!("{one}{two}");
            }
            let mut letters = first.chars();
            letters.next().into_iter().flat_map(char::to_uppercase).chain(letters.take(1)).collect()
        }
    }
}

fn is_small(word: &str) -> bool {
    let folded = crate::bank_search::fold(word);
    matches!(
        folded.as_str(),
        "the" | "of" | "and" | "bank" | "de" | "la" | "le" | "du" | "di" | "der" | "und" | "et" | "personal" | "business"
    )
}

#[cfg(test)]
mod tests {
    use super::monogram;

    #[test]
    fn monograms_follow_the_design() {
        for (name, letters, why) in [
            ("Bank of Ireland", "BI", "small words step aside, but a leading Bank with one other word stays"),
            ("Royal Bank of Scotland", "RS", "bank is left out when other words remain"),
            ("ING", "ING", "three capitals stay"),
            ("ING Belgium", "ING", "three capitals stay in front of more words"),
            ("Barclays", "Ba", "one word gives its first two letters"),
            ("NatWest", "NW", "two words written as one"),
            ("NatWest (Personal)", "NW", "what the log-in is for is not part of the name"),
            ("Société Générale", "SG", "accents do not matter"),
            ("élan", "Él", "capitals are made"),
            ("N26", "N2", "figures count as letters"),
            ("The Bank", "TB", "only small words: then they count"),
            ("", "?", "a plate is never empty"),
            ("—", "?", "a plate is never empty"),
        ] {
            assert_eq!(monogram(name), letters, "{name}: {why}");
        }
    }
}
