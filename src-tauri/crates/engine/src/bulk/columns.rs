//! Which column holds what, guessed from the headings and, for addresses, from what stands below them. A guess is shown and can be changed.

use super::table::Table;
use crate::view::BulkColumns;
use domain::bank_search::fold;

const NAMES: [&str; 14] = [
    "company name",
    "business name",
    "legal name",
    "customer name",
    "client name",
    "company",
    "business",
    "customer",
    "client",
    "firma",
    "kunde",
    "borrower",
    "merchant",
    "name",
];
const REFERENCES: [&str; 16] = [
    "reference",
    "customer id",
    "customer number",
    "customer no",
    "client id",
    "company id",
    "loan id",
    "case id",
    "account id",
    "kundennummer",
    "external id",
    "ref",
    "our ref",
    "case",
    "number",
    "id",
];
const LANGUAGES: [&str; 7] = ["language", "sprache", "langue", "idioma", "lang", "locale", "customer language"];
const MAILS: [&str; 6] = ["email address", "e mail address", "email", "e mail", "mail", "contact email"];

/// The likeliest columns; no column holds two things.
pub(super) fn guess(table: &Table) -> BulkColumns {
    let headings: Vec<String> = table.headings.iter().map(|heading| words(heading)).collect();
    let mail = by_heading(&headings, &MAILS, &[]).or_else(|| of_addresses(table));
    let reference = by_heading(&headings, &REFERENCES, &[mail]);
    let language = by_heading(&headings, &LANGUAGES, &[mail, reference]);
    let name = by_heading(&headings, &NAMES, &[mail, reference, language]);
    // A list of one column, or with headings of a language we do not know, has its names first.
    let first_other = || (0..headings.len()).find(|column| ![mail, reference, language].contains(&Some(*column)));
    let number = |column: Option<usize>| column.and_then(|column| u32::try_from(column).ok());
    BulkColumns { name: number(name.or_else(first_other)), reference: number(reference), mail: number(mail), language: number(language) }
}

fn words(heading: &str) -> String {
    fold(heading).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The whole heading first, then one that begins or ends with the words.
fn by_heading(headings: &[String], known: &[&str], taken: &[Option<usize>]) -> Option<usize> {
    let free = || headings.iter().enumerate().filter(|(column, _)| !taken.contains(&Some(*column)));
    let whole = known.iter().find_map(|word| free().find(|(_, heading)| heading == word));
    let part = || {
        known.iter().find_map(|word| {
            free().find(|(_, heading)| {
                heading.strip_suffix(word).is_some_and(|rest| rest.ends_with(' ')) || heading.starts_with(&format!("{word} "))
            })
        })
    };
    whole.or_else(part).map(|(column, _)| column)
}

fn of_addresses(table: &Table) -> Option<usize> {
    let with_mark =
        |column: &usize| table.rows.iter().filter(|(_, cells)| cells.get(*column).is_some_and(|cell| cell.contains('@'))).count();
    (0..table.headings.len()).max_by_key(with_mark).filter(|column| with_mark(column) * 2 > table.rows.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(headings: &[&str], row: &[&str]) -> (Option<u32>, Option<u32>, Option<u32>) {
        let row = row.iter().map(|cell| (*cell).to_owned()).collect();
        let columns = guess(&Table { headings: headings.iter().map(|text| (*text).to_owned()).collect(), rows: vec![(2, row)] });
        (columns.name, columns.reference, columns.mail)
    }

    #[test]
    fn headings_of_many_offices_are_understood_and_no_column_is_taken_twice() {
        assert_eq!(guessed(&["Name", "Reference", "E-mail"], &[]), (Some(0), Some(1), Some(2)));
        assert_eq!(guessed(&["Customer ID", "Customer", "Contact e-mail"], &[]), (Some(1), Some(0), Some(2)));
        assert_eq!(guessed(&["FIRMA", "Kundennummer"], &[]), (Some(0), Some(1), None));
        assert_eq!(guessed(&["Company name (legal)", "Our loan ID"], &[]), (Some(0), Some(1), None));
        let row = Table { headings: ["Firma", "Sprache"].map(str::to_owned).to_vec(), rows: vec![] };
        assert_eq!(guess(&row), BulkColumns { name: Some(0), language: Some(1), ..BulkColumns::default() });
        assert_eq!(guessed(&["Yritys", "Osoite"], &["Acme Oy", "a@acme.example"]), (Some(0), None, Some(1)), "addresses show themselves");
        assert_eq!(guessed(&["Id"], &[]), (None, Some(0), None), "then a person is asked");
    }
}
