//! The lender's own categories: rules kept with the profile, in the profile's own database. Codat is never told.

use crate::browse::days;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::view::{CategoriesView, CategoryRule, CategoryTold, CurrencySum, RuleWhen, Topic};
use domain::display::shown;
use domain::figures::Month;
use domain::money::Total;
use domain::own_category::{Mapping, Rule, When};
use say::say;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use store::{CategoryRow, Movement, Store, StoreError};

const FACT: &str = "categories";
const MOST: usize = 500;
const LONGEST: usize = 100;
/// Whole months that the sums of the tree are over, and what there is of the present one.
const MONTHS: i32 = 12;

impl Engine {
    /// Codat's categories of a company as a tree with what their rows of the last twelve months come to, and the rules that stand for all companies.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn categories(&self, company: String) -> Result<CategoriesView> {
        let to = self.today();
        let from = Month::of(to).plus(-MONTHS).first();
        let (tree, rules) = self
            .store(move |store| {
                let mut tree = Tree::new(&store.categories(&company)?);
                store.each_movement(&company, days(from), days(to), |row| tree.add(row))?;
                Ok((tree, rules(store)?))
            })
            .await?;
        Ok(CategoriesView {
            categories: tree.told(&rules),
            outside: sums(&tree.outside),
            from: from.to_string(),
            to: to.to_string(),
            rules,
        })
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
            return Err(Error::BadRequest(say!("A category and its rule have at most {LONGEST} characters each.", LONGEST)));
        }
        kept.retain(|other| (other.when, &other.what) != (rule.when, &rule.what));
        if !rule.what.is_empty() && !rule.own.is_empty() {
            kept.push(rule);
        }
    }
    if kept.len() > MOST {
        return Err(Error::BadRequest(say!("At most {MOST} rules are kept.", MOST)));
    }
    Ok(kept)
}

/// What came in and went out, by currency.
type Flows = BTreeMap<String, (Total, Total, u32)>;

fn add(flows: &mut Flows, row: &Movement<'_>) {
    if !flows.contains_key(row.currency) {
        flows.insert(row.currency.to_owned(), Default::default());
    }
    let Some((money_in, money_out, count)) = flows.get_mut(row.currency) else { return };
    if row.amount.is_negative() {
        money_out.add(row.amount);
    } else {
        money_in.add(row.amount);
    }
    *count += 1;
}

fn sums(flows: &Flows) -> Vec<CurrencySum> {
    let sum = |(currency, (money_in, money_out, count)): (&String, &(Total, Total, u32))| CurrencySum {
        currency: shown(currency),
        money_in: money_in.to_string(),
        money_out: money_out.to_string(),
        count: *count,
    };
    flows.iter().map(sum).collect()
}

/// Codat's categories by their names from the top, whichever connection told them, with what their rows come to.
struct Tree {
    /// Each line's names from the top, in the order of a tree.
    lines: Vec<Vec<String>>,
    flows: Vec<Flows>,
    /// Of a connection's category the lines it counts in: its own and all above it.
    counts_in: HashMap<String, HashMap<String, Vec<usize>>>,
    /// A name of the row's own, where no category has its id.
    by_name: HashMap<String, Vec<usize>>,
    outside: Flows,
}

impl Tree {
    fn new(told: &[CategoryRow]) -> Self {
        let mut of: HashMap<&str, HashMap<&str, &CategoryRow>> = HashMap::new();
        for row in told {
            of.entry(&row.connection).or_default().insert(&row.id, row);
        }
        let paths: Vec<Vec<String>> = told.iter().map(|row| path(row, &of[row.connection.as_str()])).collect();
        let lines: Vec<Vec<String>> = paths.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect();
        let at: HashMap<&[String], usize> = lines.iter().enumerate().map(|(at, line)| (line.as_slice(), at)).collect();
        let up = |path: &[String]| (1..=path.len()).filter_map(|length| at.get(&path[..length]).copied()).collect::<Vec<usize>>();
        let mut counts_in: HashMap<String, HashMap<String, Vec<usize>>> = HashMap::new();
        let mut by_name = HashMap::new();
        for (row, path) in told.iter().zip(&paths) {
            counts_in.entry(row.connection.clone()).or_default().insert(row.id.clone(), up(path));
            by_name.entry(row.name.clone()).or_insert_with(|| up(path));
        }
        let flows = lines.iter().map(|_| Flows::new()).collect();
        Self { lines, flows, counts_in, by_name, outside: Flows::new() }
    }

    fn add(&mut self, row: &Movement<'_>) {
        let by_id = row.category.and_then(|id| self.counts_in.get(row.connection)?.get(id));
        match by_id.or_else(|| self.by_name.get(row.category_name?)) {
            Some(lines) => lines.iter().for_each(|at| add(&mut self.flows[*at], row)),
            None => add(&mut self.outside, row),
        }
    }

    fn told(&self, rules: &[CategoryRule]) -> Vec<CategoryTold> {
        let own = |name: &str| rules.iter().find(|rule| rule.when == RuleWhen::Category && rule.what == name).map(|rule| rule.own.clone());
        let line = |(line, flows): (&Vec<String>, &Flows)| {
            let name = line.last().map(|name| shown(name)).unwrap_or_default();
            CategoryTold { own: own(&name), name, depth: u32::try_from(line.len() - 1).unwrap_or(0), sums: sums(flows) }
        };
        self.lines.iter().zip(&self.flows).map(line).collect()
    }
}

/// Names from the top. One whose parents go in a circle stands at the top itself.
fn path(row: &CategoryRow, of: &HashMap<&str, &CategoryRow>) -> Vec<String> {
    let mut names = vec![row.name.clone()];
    let mut seen = BTreeSet::from([row.id.as_str()]);
    let mut at = row;
    while let Some(parent) = at.parent.as_deref().and_then(|parent| of.get(parent)) {
        if !seen.insert(&parent.id) {
            return vec![row.name.clone()];
        }
        names.push(parent.name.clone());
        at = parent;
    }
    names.reverse();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(connection: &str, id: &str, parent: Option<&str>, name: &str) -> CategoryRow {
        CategoryRow { connection: connection.into(), id: id.into(), parent: parent.map(Into::into), name: name.into() }
    }

    #[test]
    fn a_tree_is_told_from_its_top_once_for_all_banks_and_a_circle_ends() {
        let rows = [
            told("k", "f", Some("e"), "Fuel"),
            told("k", "e", None, "Expense"),
            told("k", "r", Some("e"), "Rent"),
            told("k", "x", Some("gone"), "Sales"),
            told("k", "s", Some("s"), "Self"),
            // Another bank of the company, with ids of its own.
            told("l", "1", None, "Expense"),
            told("l", "2", Some("1"), "Fuel"),
        ];
        let rules = [CategoryRule { when: RuleWhen::Category, what: "Rent".into(), own: "Premises".into() }];
        let lines: Vec<(u32, String, Option<String>)> =
            Tree::new(&rows).told(&rules).into_iter().map(|line| (line.depth, line.name, line.own)).collect();
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
        let circle = [told("k", "a", Some("b"), "A"), told("k", "b", Some("a"), "B")];
        assert_eq!(Tree::new(&circle).told(&[]).len(), 2, "each at the top, and never for ever");
    }

    #[test]
    fn a_row_counts_in_its_category_and_all_above_and_never_across_currencies() {
        let mut tree = Tree::new(&[told("k", "e", None, "Expense"), told("k", "f", Some("e"), "Fuel"), told("l", "9", None, "Expense")]);
        let mut row = |connection, category, category_name, amount: &str, currency| {
            let amount = domain::money::Amount::parse(amount).expect("an amount");
            tree.add(&Movement {
                day: 0,
                amount,
                currency,
                account: "a",
                connection,
                description: "",
                merchant: None,
                category,
                category_name,
            });
        };
        row("k", Some("f"), None, "-10.10", "GBP");
        row("k", Some("f"), None, "3.00", "GBP");
        row("k", Some("e"), None, "-5", "EUR");
        row("l", Some("9"), None, "-1", "GBP");
        row("l", Some("f"), None, "-2", "GBP");
        row("k", None, Some("Fuel"), "-0.05", "GBP");
        let said = |sums: Vec<CurrencySum>| {
            sums.into_iter().map(|sum| format!("{} {} {} {}", sum.currency, sum.money_in, sum.money_out, sum.count)).collect::<Vec<_>>()
        };
        let lines: Vec<(String, Vec<String>)> = tree.told(&[]).into_iter().map(|line| (line.name, said(line.sums))).collect();
        assert_eq!(
            lines,
            [
                ("Expense".to_owned(), vec!["EUR 0 -5 1".to_owned(), "GBP 3.00 -11.15 4".to_owned()]),
                ("Fuel".to_owned(), vec!["GBP 3.00 -10.15 3".to_owned()]),
            ]
        );
        assert_eq!(said(sums(&tree.outside)), ["GBP 0 -2 1"], "an id of another bank is not this bank's");
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
