//! The two letters on a plate when there is no logo. Decoration: the name always stands beside it.

use crate::bank_search::fold;

/// Two letters for a name: initials of the first two significant words ("Bank of Ireland" gives BI), a name of three
/// capitals stays ("ING"), a single word gives its first two letters ("Barclays" gives Ba), or its two humps
/// ("NatWest" gives NW). `?` for a name without letters.
#[must_use]
pub fn monogram(name: &str) -> String {
    let mut words: Vec<&str> = name
        .split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '’'))
        .map(|word| word.trim_matches(['\'', '’']))
        .filter(|word| !word.is_empty())
        .collect();
    leave_out(&mut words, 1, |word| matches!(word, "personal" | "business" | "commercial" | "particuliers" | "entreprises"));
    leave_out(&mut words, 1, |word| matches!(word, "privatkunden" | "firmenkunden" | "empresas" | "particulares" | "imprese" | "privati"));
    leave_out(&mut words, 1, |word| matches!(word, "the" | "of" | "and" | "de" | "la" | "le" | "du" | "di" | "der" | "und" | "et"));
    leave_out(&mut words, 2, |word| word == "bank");
    let Some(first) = words.first() else { return "?".to_owned() };
    if let Some(second) = words.get(1) {
        return first.chars().take(1).chain(second.chars().take(1)).flat_map(char::to_uppercase).collect();
    }
    let capitals: Vec<char> = first.chars().filter(|c| c.is_uppercase()).collect();
    match capitals.as_slice() {
        [_, _, _] if first.chars().count() == 3 => (*first).to_owned(),
        // "NatWest" is two words written as one.
        [one, two] if first.chars().count() > 3 && first.starts_with(*one) => format!("{one}{two}"),
        _ => {
            let mut letters = first.chars();
            letters.next().into_iter().flat_map(char::to_uppercase).chain(letters.take(1)).collect()
        }
    }
}

/// Leaves out words that say little, as long as so many others remain.
fn leave_out(words: &mut Vec<&str>, remain: usize, little: impl Fn(&str) -> bool) {
    if words.iter().filter(|word| !little(&fold(word))).count() >= remain {
        words.retain(|word| !little(&fold(word)));
    }
}

#[cfg(test)]
mod tests {
    use super::monogram;

    #[test]
    fn monograms_follow_the_design() {
        for (name, letters, why) in [
            ("Bank of Ireland", "BI", "bank stays when only one other word remains"),
            ("Royal Bank of Scotland", "RS", "bank is left out when two other words remain"),
            ("Ulster Bank", "UB", "bank stays when only one other word remains"),
            ("ING", "ING", "three capitals stay"),
            ("TSB Business", "TSB", "what the log-in is for is not part of the name"),
            ("HSBC", "HS", "four capitals are a word like any other"),
            ("Barclays", "Ba", "one word gives its first two letters"),
            ("Lloyds Business", "Ll", "what the log-in is for is not part of the name"),
            ("NatWest", "NW", "two words written as one"),
            ("NatWest (Personal)", "NW", "what the log-in is for is not part of the name"),
            ("NatWest International", "NI", "two words"),
            ("Société Générale", "SG", "accents do not matter"),
            ("élan", "Él", "capitals are made"),
            ("N26", "N2", "figures count as letters"),
            ("The Bank", "Ba", "bank stays when nothing else remains"),
            ("Business", "Bu", "a name of nothing but small words still has letters"),
            ("", "?", "a plate is never empty"),
            ("—", "?", "a plate is never empty"),
        ] {
            assert_eq!(monogram(name), letters, "{name}: {why}");
        }
    }
}
