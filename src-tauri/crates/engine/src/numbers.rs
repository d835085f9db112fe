//! The numbers of an account, which screens cut to their ends until a person asks for one. That is noted.

use crate::adapters::codat::account_numbers;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::view::{AccountOf, NumberView};
use domain::display::shown;
use say::word;

impl Engine {
    /// An account's numbers for a person who asks for them. Empty where the bank told their ends only. Notes in the audit log that they were shown, not what
    /// they are.
    ///
    /// # Errors
    /// When the account is not here or the database cannot be read.
    pub async fn account_numbers(&self, of: AccountOf) -> Result<Vec<NumberView>> {
        let AccountOf { company_id: company, connection_id: connection, account_id } = of;
        let (in_company, by_connection) = (company.clone(), connection.clone());
        let sent = self.store(move |store| store.account_as_sent(&in_company, &by_connection, &account_id)).await?;
        let sent = sent.ok_or(Error::NotFound("account"))?;
        // What it is that cannot be read stays out of the message: it is a bank's.
        let numbers = account_numbers(&sent).map_err(|_| Error::Internal("an account as it was kept cannot be read".into()))?;
        let numbers = written(numbers);
        if !numbers.is_empty() {
            self.noted("account-number-shown", &company, format!("connection {connection}")).await;
        }
        Ok(numbers)
    }
}

/// As people write them, and as payment forms take them.
fn written([bank_code, number, iban, bic]: [Option<String>; 4]) -> Vec<NumberView> {
    let is_sort_code = |plain: &str| plain.len() == 6 && plain.bytes().all(|byte| byte.is_ascii_digit());
    let line = |what: &str, told: Option<String>, grouped: usize, by: &str| {
        // A masked number is none.
        let told = told.filter(|told| !told.contains(['*', '\u{2022}']))?;
        let plain: String = shown(&told).chars().filter(char::is_ascii_alphanumeric).collect();
        let letters: Vec<char> = plain.chars().collect();
        let groups: Vec<String> = letters.chunks(grouped).map(|group| group.iter().collect()).collect();
        (!plain.is_empty()).then(|| NumberView { what: what.to_owned(), shown: groups.join(by), plain })
    };
    let plain = bank_code.as_deref().unwrap_or_default().replace(['-', ' '], "");
    let code =
        if is_sort_code(&plain) { line(word("Sort code"), bank_code, 2, "-") } else { line(word("Bank code"), bank_code, usize::MAX, "") };
    [code, line(word("Account number"), number, usize::MAX, ""), line("IBAN", iban, 4, " "), line("BIC", bic, usize::MAX, "")]
        .into_iter()
        .flatten()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_read_them_and_copied_as_forms_take_them() {
        let told = |text: &str| Some(text.to_owned());
        let lines = written([told("20-00-00"), told("55779911"), told("gb29 NWBK 6016 1331 9268 19"), None]);
        let told_lines: Vec<_> = lines.iter().map(|line| (line.what.as_str(), line.shown.as_str(), line.plain.as_str())).collect();
        assert_eq!(
            told_lines,
            [
                ("Sort code", "20-00-00", "200000"),
                ("Account number", "55779911", "55779911"),
                ("IBAN", "gb29 NWBK 6016 1331 9268 19", "gb29NWBK60161331926819"),
            ]
        );
        let foreign = written([told("37040044"), told("\u{202e}0532013000"), None, told("COBADEFFXXX")]);
        assert_eq!(foreign.iter().map(|line| line.what.as_str()).collect::<Vec<_>>(), ["Bank code", "Account number", "BIC"]);
        assert_eq!(foreign[1].plain, "0532013000", "marks that turn text are no part of a number");
        assert!(written([None, told("****1234"), told(""), None]).is_empty(), "a masked number is none");
    }
}
