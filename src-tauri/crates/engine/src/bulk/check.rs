//! What would become of each row: the dry run, and later the run itself. Pure.
//!
//! One rule carries the weight: nobody is made twice. The reference decides; where there is none, the name does, and what could be either is left out with
//! what to do about it.

use super::table::Table;
use crate::view::{BulkColumns, BulkLine, BulkVerdict, Language};
use domain::company_name::{as_stored, telling_words};
use domain::display::shown;
use say::say;
use std::collections::HashMap;
use store::{BulkRow, KnownCompany, RowState};

const LONGEST_NAME: usize = 200;
/// Codat's own limit of a tag's value.
const LONGEST_REFERENCE: usize = 100;
const LONGEST_MAIL: usize = 254;

/// What becomes of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Its company is made.
    Make,
    /// The company with this id is used.
    Known(String),
    /// Nothing; why.
    LeftOut(String),
}

/// A row that was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) n: u32,
    pub(super) name: String,
    pub(super) reference: Option<String>,
    pub(super) mail: Option<String>,
    pub(super) language: Option<Language>,
    pub(super) verdict: Verdict,
    pub(super) notes: Vec<String>,
}

impl Line {
    pub(super) fn view(self) -> BulkLine {
        let (verdict, why) = match self.verdict {
            Verdict::Make => (BulkVerdict::Make, None),
            Verdict::Known(_) => (BulkVerdict::Known, None),
            Verdict::LeftOut(why) => (BulkVerdict::LeftOut, Some(why)),
        };
        let notes = why.into_iter().chain(self.notes).collect();
        BulkLine { line: self.n, name: self.name, reference: self.reference, mail: self.mail, verdict, notes }
    }

    pub(super) fn row(self) -> BulkRow {
        let (state, company, why) = match self.verdict {
            Verdict::Make => (RowState::Ready, None, None),
            Verdict::Known(company) => (RowState::Known, Some(company), None),
            Verdict::LeftOut(why) => (RowState::LeftOut, None, Some(why)),
        };
        let Self { n, name, reference, mail, language, .. } = self;
        let language = language.map(|language| language.code().to_owned());
        BulkRow { n, name, reference, mail, language, state, attempt: None, company, why, link_at: None, is_linked: false }
    }
}

/// What is here already, and what came before in the file.
struct Seen<'a> {
    references: HashMap<&'a str, &'a KnownCompany>,
    names: HashMap<Vec<String>, &'a KnownCompany>,
    lines_by_reference: HashMap<String, u32>,
    lines_by_name: HashMap<Vec<String>, u32>,
}

/// Judges every row of a file in its order.
pub(super) fn judge(table: &Table, columns: BulkColumns, known: &[KnownCompany]) -> Vec<Line> {
    let mut seen = Seen {
        references: known.iter().filter_map(|company| Some((company.reference.as_deref()?, company))).collect(),
        names: known.iter().map(|company| (telling_words(&company.name), company)).collect(),
        lines_by_reference: HashMap::new(),
        lines_by_name: HashMap::new(),
    };
    let lines = table.rows.iter().map(|(n, cells)| {
        let cell = |column: Option<u32>| shown(column.and_then(|column| cells.get(column as usize)).map_or("", String::as_str));
        let filled = |text: String| Some(text).filter(|text| !text.is_empty());
        let mut line = Line {
            n: *n,
            name: cell(columns.name),
            reference: filled(cell(columns.reference)),
            mail: filled(cell(columns.mail)),
            language: None,
            verdict: Verdict::Make,
            notes: vec![],
        };
        if let Some(told) = filled(cell(columns.language)) {
            line.language = Language::read(&told);
            if line.language.is_none() {
                line.notes.push(say!("No mail is written in \u{201c}{told}\u{201d}: English, German, French and Spanish are.", told));
            }
        }
        line.verdict = seen.verdict(&mut line);
        line.tell_the_rest();
        line
    });
    lines.collect()
}

impl Seen<'_> {
    fn verdict(&mut self, line: &mut Line) -> Verdict {
        if let Some(why) = unusable(line) {
            return Verdict::LeftOut(why);
        }
        // Codat's own spelling: what it drops tells nothing apart there either.
        let words = telling_words(&as_stored(&line.name).stored);
        let same_name = self.names.get(&words).copied();
        let line_of_name = self.lines_by_name.get(&words).copied();
        self.lines_by_name.entry(words.clone()).or_insert(line.n);
        let Some(reference) = &line.reference else {
            return match (line_of_name, same_name) {
                (Some(other), _) => {
                    Verdict::LeftOut(say!("Line {other} has the same name. If these are two companies, give each a reference.", other))
                }
                (None, Some(company)) => Verdict::LeftOut(say!(
                    "\u{201c}{name}\u{201d} is here already. Give a reference to make another company of this name.",
                    name = shown(&company.name)
                )),
                (None, None) => Verdict::Make,
            };
        };
        if let Some(other) = self.lines_by_reference.insert(reference.clone(), line.n) {
            self.lines_by_reference.insert(reference.clone(), other);
            return Verdict::LeftOut(say!("Line {other} has the same reference.", other));
        }
        if let Some(company) = self.references.get(reference.as_str()) {
            line.notes.push(if telling_words(&company.name) == words {
                say!("Here already: used, not made again.")
            } else {
                say!("This reference is here already, as \u{201c}{name}\u{201d}: used, not made again.", name = shown(&company.name))
            });
            return Verdict::Known(company.id.clone());
        }
        if let Some(company) = same_name {
            let under = company.reference.as_deref().map_or(say!("without a reference"), |own| say!("under {own}", own = shown(own)));
            line.notes.push(say!(
                "\u{201c}{name}\u{201d} is here already {under}. Another one is made.",
                name = shown(&company.name),
                under
            ));
        } else if let Some(other) = line_of_name {
            line.notes.push(say!("Line {other} has the same name under another reference. Both are made.", other));
        }
        Verdict::Make
    }
}

fn unusable(line: &Line) -> Option<String> {
    if line.name.is_empty() {
        return Some(say!("There is no name."));
    }
    if line.name.chars().count() > LONGEST_NAME {
        return Some(say!("The name has more than 200 characters."));
    }
    if as_stored(&line.name).stored.is_empty() {
        return Some(say!(
            "Codat keeps only plain letters, digits and a few marks, and nothing of this name would be left. Write it in Latin letters."
        ));
    }
    line.reference
        .as_ref()
        .filter(|own| own.chars().count() > LONGEST_REFERENCE)
        .map(|_| say!("The reference has more than 100 characters."))
}

impl Line {
    fn tell_the_rest(&mut self) {
        let stored = as_stored(&self.name);
        if self.verdict == Verdict::Make && !stored.removed.is_empty() {
            let dropped: Vec<String> = stored.removed.iter().map(ToString::to_string).collect();
            self.notes.push(say!(
                "Codat drops {dropped} and stores \u{201c}{stored}\u{201d}.",
                dropped = dropped.join(" "),
                stored = stored.stored
            ));
        }
        if let Some(wrong) = self.mail.take_if(|mail| !is_address(mail)) {
            self.notes.push(say!("\u{201c}{wrong}\u{201d} is no address: no mail is written.", wrong));
        }
    }
}

/// Strict enough that nothing but one address can stand in the head of a mail.
pub(crate) fn is_address(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || ".!#$%&'*+-/=?^_`{|}~".contains(c);
    let Some((local, host)) = text.split_once('@') else { return false };
    text.len() <= LONGEST_MAIL
        && !local.is_empty()
        && local.chars().all(plain)
        && host.contains('.')
        && host.split('.').all(|label| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: BulkColumns = BulkColumns { name: Some(0), reference: Some(1), mail: Some(2), language: None };

    fn table(rows: &[[&str; 3]]) -> Table {
        let rows = rows.iter().zip(2..).map(|(cells, n)| (n, cells.iter().map(|cell| (*cell).to_owned()).collect())).collect();
        Table { headings: vec![], rows }
    }

    fn company(id: &str, name: &str, reference: Option<&str>) -> KnownCompany {
        KnownCompany { id: id.into(), name: name.into(), reference: reference.map(str::to_owned) }
    }

    fn one(row: [&str; 3], known: &[KnownCompany]) -> Line {
        judge(&table(&[row]), ALL, known).remove(0)
    }

    fn why(line: &Line) -> &str {
        match &line.verdict {
            Verdict::LeftOut(why) => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_reference_decides_who_is_who() {
        let known = [company("c1", "Acme Ltd", Some("R-1"))];
        assert_eq!(one(["Acme Limited", "R-1", ""], &known).verdict, Verdict::Known("c1".into()));
        let renamed = one(["Other Ltd", "R-1", ""], &known);
        assert_eq!(
            (renamed.verdict.clone(), renamed.notes[0].contains("as \u{201c}Acme Ltd\u{201d}")),
            (Verdict::Known("c1".into()), true)
        );
        let second = one(["Acme Ltd", "R-2", ""], &known);
        assert_eq!((&second.verdict, second.notes[0].contains("under R-1")), (&Verdict::Make, true), "two customers may bear one name");
        assert!(why(&one(["The ACME", "", ""], &known)).contains("Give a reference"), "without one, the name may mean the same");
    }

    #[test]
    fn a_customer_who_stands_twice_in_a_file_is_made_once() {
        let lines = judge(
            &table(&[
                ["Bee Ltd", "B", ""],
                ["Bee Ltd", "B", ""],
                ["Bee Limited", "", ""],
                ["Cat Ltd", "", ""],
                ["Cat", "", ""],
                ["Bee Ltd", "B2", ""],
            ]),
            ALL,
            &[],
        );
        assert_eq!(lines[0].verdict, Verdict::Make);
        assert_eq!(why(&lines[1]), "Line 2 has the same reference.");
        assert!(why(&lines[2]).starts_with("Line 2 has the same name."));
        assert_eq!(lines[3].verdict, Verdict::Make);
        assert!(why(&lines[4]).starts_with("Line 5 has the same name."));
        assert_eq!((&lines[5].verdict, lines[5].notes.len()), (&Verdict::Make, 1), "another reference is another customer");
    }

    #[test]
    fn what_codat_drops_is_said_before_it_does() {
        let line = one(["Müller (Köln)", "", ""], &[]);
        assert_eq!(line.notes, ["Codat drops ü ( ö ) and stores \u{201c}Mller Kln\u{201d}."]);
        assert!(why(&one(["日本", "", ""], &[])).contains("Latin"));
        assert_eq!(why(&one([" \u{200b} ", "", ""], &[])), "There is no name.");
        assert!(why(&one([&"x".repeat(201), "", ""], &[])).contains("200"));
        assert!(why(&one(["Acme", &"x".repeat(101), ""], &[])).contains("100"));
    }

    #[test]
    fn only_one_address_and_nothing_else_gets_a_mail() {
        assert_eq!(one(["Acme", "", "ann.o'neil+x@acme.co.uk"], &[]).mail.as_deref(), Some("ann.o'neil+x@acme.co.uk"));
        for bad in
            ["ann", "@acme.example", "ann@acme", "a@b.example, c@d.example", "\"a b\"@c.example", "a@b..example", "Ann <a@b.example>"]
        {
            let line = one(["Acme", "", bad], &[]);
            assert_eq!((line.mail, line.verdict, line.notes.len()), (None, Verdict::Make, 1), "{bad}: the company is made all the same");
        }
    }

    proptest! {
        #[test]
        fn whatever_stands_in_a_file_no_reference_and_no_bare_name_is_made_twice(
            rows in prop::collection::vec(("[ABab (é]{0,4}", "[RS]{0,2}"), 0..12), taken in prop::collection::vec(("[ABab]{1,3}", "[RS]{0,2}"), 0..4),
        ) {
            let rows: Vec<[&str; 3]> = rows.iter().map(|(name, reference)| [name.as_str(), reference.as_str(), ""]).collect();
            let known: Vec<KnownCompany> = taken.iter().map(|(name, own)| company(name, name, Some(own.as_str()).filter(|own| !own.is_empty()))).collect();
            let lines = judge(&table(&rows), ALL, &known);
            prop_assert_eq!(lines.len(), rows.len(), "no row is lost");
            let made: Vec<&Line> = lines.iter().filter(|line| line.verdict == Verdict::Make).collect();
            for (at, line) in made.iter().enumerate() {
                let words = telling_words(&as_stored(&line.name).stored);
                for other in &made[..at] {
                    prop_assert!(line.reference.is_none() || line.reference != other.reference);
                    prop_assert!(line.reference.is_some() || words != telling_words(&as_stored(&other.name).stored));
                }
                prop_assert!(!known.iter().any(|known| known.reference.is_some() && known.reference == line.reference));
                prop_assert!(line.reference.is_some() || !known.iter().any(|known| telling_words(&known.name) == words));
            }
        }
    }
}
