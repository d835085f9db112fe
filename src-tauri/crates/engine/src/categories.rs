//! The lender's own categories: rules kept with the profile, in the profile's own database. Codat is never told.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::view::{CategoriesView, CategoryRule, CategoryTold, RuleWhen, Topic};
use domain::display::shown;
use domain::own_category::{Mapping, Rule, When};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use store::{CategoryRow, Store, StoreError};

const FACT: &str = "categories";
const MOST: usize = 500;
const LONGEST: usize = 100;
/// A tree deeper than this goes in a circle.
const DEEPEST: usize = 8;

impl Engine {
    /// Codat's categories of a company as a tree, and the rules that stand for all companies.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn categories(&self, company: String) -> Result<CategoriesView> {
        let (told, rules) = self.store(move |store| Ok((store.categories(&company)?, rules(store)?))).await?;
        Ok(CategoriesView { categories: tree(told, &rules), rules })
    }

    /// Keeps these rules in place of the ones before.
    ///
    /// # Errors
    /// When there are too many, one is too long, or the database cannot be written.
    pub async fn keep_categories(&self, company: String, kept: Vec<CategoryRule>) -> Result<CategoriesView> {
        let kept = tidy(kept)?;
        let text = serde_json::to_string(&kept).unwrap_or_default();
        let count = kept.len();
        self.store(move |store| store.set_fact(FACT, &text)).await?;
        self.noted("category-rules", "", format!("{count} rules")).await;
        self.stale([Topic::Company(company.clone())]);
        self.categories(company).await
    }
}

/// The mapping that stands, for whoever reads rows.
pub(crate) fn mapping(store: &Store) -> std::result::Result<Arc<Mapping>, StoreError> {
    let rules: Vec<Rule> = rules(store)?
        .into_iter()
        .map(|rule| Rule {
            when: match rule.when {
                RuleWhen::Category => When::Category(rule.what),
                RuleWhen::Text => When::Text(rule.what),
            },
            own: rule.own,
        })
        .collect();
    Ok(Arc::new(Mapping::new(&rules)))
}

/// Rules that another Fairlead wrote in a way this one does not read are none: they only name things.
fn rules(store: &Store) -> std::result::Result<Vec<CategoryRule>, StoreError> {
    Ok(store.fact(FACT)?.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// Without what says nothing; of two rules on the same thing the later stays.
fn tidy(rules: Vec<CategoryRule>) -> Result<Vec<CategoryRule>> {
    let mut kept: Vec<CategoryRule> = vec![];
    for rule in rules {
        let rule = CategoryRule { when: rule.when, what: shown(&rule.what), own: shown(&rule.own) };
        if rule.what.chars().count() > LONGEST || rule.own.chars().count() > LONGEST {
            return Err(Error::BadRequest(format!("A category and its rule have at most {LONGEST} characters each.")));
        }
        kept.retain(|other| (other.when, &other.what) != (rule.when, &rule.what));
        if !rule.what.is_empty() && !rule.own.is_empty() {
            kept.push(rule);
        }
    }
    if kept.len() > MOST {
        return Err(Error::BadRequest(format!("At most {MOST} rules are kept.")));
    }
    Ok(kept)
}

/// Each category below the one it is under, by name.
fn tree(told: Vec<CategoryRow>, rules: &[CategoryRule]) -> Vec<CategoryTold> {
    let ids: HashSet<String> = told.iter().map(|row| row.id.clone()).collect();
    let mut under: HashMap<Option<String>, Vec<CategoryRow>> = HashMap::new();
    for row in told {
        let parent = row.parent.clone().filter(|parent| ids.contains(parent) && *parent != row.id);
        under.entry(parent).or_default().push(row);
    }
    let mut out = vec![];
    let mut open: Vec<(usize, CategoryRow)> = vec![];
    let push = |open: &mut Vec<(usize, CategoryRow)>, depth: usize, rows: Vec<CategoryRow>| {
        open.extend(rows.into_iter().rev().map(|row| (depth, row)));
    };
    push(&mut open, 0, under.remove(&None).unwrap_or_default());
    while let Some((depth, row)) = open.pop() {
        let own = rules.iter().find(|rule| rule.when == RuleWhen::Category && rule.what == shown(&row.name)).map(|rule| rule.own.clone());
        out.push(CategoryTold { name: shown(&row.name), depth: u32::try_from(depth).unwrap_or(0), own });
        if depth < DEEPEST {
            push(&mut open, depth + 1, under.remove(&Some(row.id)).unwrap_or_default());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_told_from_its_top_and_a_circle_ends() {
        let row =
            |id: &str, parent: Option<&str>, name: &str| CategoryRow { id: id.into(), parent: parent.map(Into::into), name: name.into() };
        let told = vec![
            row("f", Some("e"), "Fuel"),
            row("e", None, "Expense"),
            row("r", Some("e"), "Rent"),
            row("x", Some("gone"), "Sales"),
            row("s", Some("s"), "Self"),
        ];
        let rules = [CategoryRule { when: RuleWhen::Category, what: "Rent".into(), own: "Premises".into() }];
        let lines: Vec<(u32, String, Option<String>)> =
            tree(told, &rules).into_iter().map(|line| (line.depth, line.name, line.own)).collect();
        let line = |depth, name: &str, own: Option<&str>| (depth, name.to_owned(), own.map(str::to_owned));
        assert_eq!(
            lines,
            [
                line(0, "Expense", None),
                line(1, "Fuel", None),
                line(1, "Rent", Some("Premises")),
                line(0, "Sales", None),
                line(0, "Self", None)
            ]
        );
        let circle = vec![row("a", Some("b"), "A"), row("b", Some("a"), "B")];
        assert!(tree(circle, &[]).len() <= 2, "and never for ever");
    }

    #[test]
    fn the_later_of_two_rules_stays_and_an_empty_one_takes_away() {
        let rule = |what: &str, own: &str| CategoryRule { when: RuleWhen::Text, what: what.into(), own: own.into() };
        let kept =
            tidy(vec![rule("loan", "Debt"), rule("rent", "Premises"), rule("loan\u{202e}", "Lenders"), rule("rent", " ")]).expect("kept");
        assert_eq!(kept, [rule("loan", "Lenders")]);
        assert!(tidy(vec![rule("x", &"y".repeat(101))]).is_err());
    }
}
