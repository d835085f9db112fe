//! The lender's own categories: which of them a transaction falls into, by rules on Codat's category or on the row's words. Pure.

use crate::bank_search::fold;
use std::collections::HashMap;

/// What a rule looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// Codat's category bears this name.
    Category(String),
    /// Description or merchant has these words in a row.
    Text(String),
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What it looks at.
    pub when: When,
    /// The own category it gives.
    pub own: String,
}

/// The rules, ready to be asked row by row. Case and accents do not count.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    categories: HashMap<String, String>,
    texts: Vec<(String, String)>,
}

impl Mapping {
    /// What says nothing is left out; of two rules on the same category the later counts.
    #[must_use]
    pub fn new(rules: &[Rule]) -> Self {
        let mut mapping = Self::default();
        for rule in rules {
            let (When::Category(what) | When::Text(what)) = &rule.when;
            let what = fold(what);
            if what.is_empty() || rule.own.trim().is_empty() {
                continue;
            }
            match rule.when {
                When::Category(_) => {
                    mapping.categories.insert(what, rule.own.clone());
                }
                When::Text(_) => mapping.texts.push((what, rule.own.clone())),
            }
        }
        mapping
    }

    /// No rule at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.categories.is_empty() && self.texts.is_empty()
    }

    /// The first rule on words that fits, or else the rule on Codat's category.
    #[must_use]
    pub fn own(&self, category: Option<&str>, description: Option<&str>, merchant: Option<&str>) -> Option<&str> {
        if self.is_empty() {
            return None;
        }
        if !self.texts.is_empty() {
            let texts = [description.map(fold), merchant.map(fold)];
            let fits = |what: &str| texts.iter().flatten().any(|text| text.contains(what));
            if let Some((_, own)) = self.texts.iter().find(|(what, _)| fits(what)) {
                return Some(own);
            }
        }
        self.categories.get(&fold(category?)).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_row_go_before_codats_category_and_the_first_rule_on_words_counts() {
        let rule = |when, own: &str| Rule { when, own: own.into() };
        let mapping = Mapping::new(&[
            rule(When::Category("Énergie".into()), "Utilities"),
            rule(When::Text("loan 44".into()), "Debt"),
            rule(When::Text("loan".into()), "Other lenders"),
            rule(When::Text("  ".into()), "Everything"),
            rule(When::Category("Rent".into()), " "),
        ]);
        assert_eq!(mapping.own(Some("energie"), Some("March"), None), Some("Utilities"));
        assert_eq!(mapping.own(Some("energie"), Some("LOAN 44, 3 of 12"), None), Some("Debt"));
        assert_eq!(mapping.own(None, Some("x"), Some("Loan Co")), Some("Other lenders"), "the merchant's name counts as well");
        assert_eq!(
            (mapping.own(Some("Rent"), Some("x"), None), mapping.own(None, None, None)),
            (None, None),
            "a rule that says nothing is none"
        );
        assert!(Mapping::default().own(Some("Rent"), Some("x"), None).is_none() && Mapping::default().is_empty());
    }
}
