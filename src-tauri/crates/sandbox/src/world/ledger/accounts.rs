//! The accounts a business has at its bank: which, with what numbers, and what was on them on the first day.

use super::{LedgerSpec, ids::IdShape};
use crate::world::{DateForm, Dice};
use rust_decimal::Decimal;
use std::sync::Arc;

/// What an account is for; decides what happens on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccountKind {
    /// Where the business lives.
    Current,
    /// Another current account, of a branch.
    Branch,
    /// Reserves for tax and rainy days.
    Savings,
    /// A company card: what is owed counts up, and a positive transaction reduces it.
    Card,
    /// A current account in another currency.
    Foreign,
    /// A business loan.
    Loan,
}

impl AccountKind {
    /// Codat's `Credit` accounts: a positive balance is owed.
    #[must_use]
    pub fn is_owed(self) -> bool {
        matches!(self, Self::Card | Self::Loan)
    }
}

/// One account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The provider's id.
    pub id: Arc<str>,
    /// What it is for.
    pub kind: AccountKind,
    /// Name as the bank shows it.
    pub name: String,
    /// Nickname, `Some("")` when the bank sends an empty one.
    pub informal_name: Option<String>,
    /// Whose it is; often absent.
    pub holder: Option<String>,
    /// `Debit`, `Credit`, or now and then a word nobody promised.
    pub account_type: &'static str,
    /// `Depository`, `Card` and so on; an open list.
    pub identifier_type: &'static str,
    /// For example `checking`; may be empty.
    pub subtype: Option<&'static str>,
    /// Account number; cards have none.
    pub number: Option<String>,
    /// Sort code or the like. British ones begin with 99, which no bank has.
    pub bank_code: Option<String>,
    /// IBAN with right check digits.
    pub iban: Option<String>,
    /// BIC.
    pub bic: Option<String>,
    /// The last digits behind a mask.
    pub masked: String,
    /// ISO 4217.
    pub currency: &'static str,
    /// The bank's own id, as the provider writes it.
    pub institution_id: String,
    /// The bank's name.
    pub institution: String,
    /// Balance before the first day of the history, as the wire tells it.
    pub opening: Decimal,
    /// Balance at `now`, as the wire tells it (for a card: what is owed).
    pub current: Decimal,
    /// Overdraft or card limit; banks disagree about its sign.
    pub limit: Option<Decimal>,
    /// Does the bank tell what is available?
    pub tells_available: bool,
    pub(super) form: DateForm,
    /// Odd members: absent or null where there is nothing.
    pub(super) absent: bool,
}

impl Account {
    /// The last four digits, for a person to tell accounts apart.
    #[must_use]
    pub fn ending(&self) -> &str {
        self.masked.get(self.masked.len().saturating_sub(4)..).unwrap_or_default()
    }

    /// The balance as a bank's page shows it: `12,403.11 GBP`, `551.73 GBP owed`, `−20.00 EUR`.
    #[must_use]
    pub fn balance_in_words(&self) -> String {
        let rounded = self.current.round_dp(2);
        let plain = format!("{:.2}", rounded.abs());
        let (whole, cents) = plain.split_once('.').unwrap_or((&plain, "00"));
        let mut grouped = String::with_capacity(plain.len() + 8);
        for (index, figure) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(figure);
        }
        let sign = if rounded.is_sign_negative() && !rounded.is_zero() { "\u{2212}" } else { "" };
        let owed = if self.kind.is_owed() { " owed" } else { "" };
        format!("{sign}{grouped}.{cents} {}{owed}", self.currency)
    }

    /// The wire's `available`, when the bank tells it.
    #[must_use]
    pub fn available(&self) -> Option<Decimal> {
        if !self.tells_available {
            return None;
        }
        let limit = self.limit.map_or(Decimal::ZERO, |limit| limit.abs());
        Some(if self.kind.is_owed() { limit - self.current } else { self.current + limit })
    }
}

/// The accounts of a spec, with `current` = `opening`. `revenue` is a month's, in minor units.
pub(super) fn open(spec: &LedgerSpec, shape: IdShape, revenue: i64) -> Vec<Account> {
    let count = if spec.accounts == 0 { 4 } else { usize::try_from(spec.accounts).unwrap_or(4) };
    let mut branch = 0;
    (0..count)
        .map(|index| {
            let kind = match index {
                0 => AccountKind::Current,
                1 => AccountKind::Savings,
                2 => AccountKind::Card,
                3 | 4 => AccountKind::Foreign,
                5 => AccountKind::Loan,
                _ => {
                    branch += 1;
                    AccountKind::Branch
                }
            };
            open_one(spec, shape, revenue, index, kind, branch)
        })
        .collect()
}

fn open_one(spec: &LedgerSpec, shape: IdShape, revenue: i64, index: usize, kind: AccountKind, branch: usize) -> Account {
    let country = if spec.bank.country.is_empty() { "uk" } else { spec.bank.country };
    let connection = connection_key(spec);
    // Banks that write figures know the account, not the connection: linked twice, it has the same id twice.
    let mut dice = match shape {
        IdShape::Digits => Dice::named(spec.seed ^ index as u64, &format!("{}/{}", spec.bank.key, spec.holder)),
        _ => Dice::new(spec.seed, &[connection, 0xacc, index as u64]),
    };
    let home = if spec.bank.currency.is_empty() { "GBP" } else { spec.bank.currency };
    let currency = match (kind, index) {
        (AccountKind::Foreign, 3) if home == "EUR" => "GBP",
        (AccountKind::Foreign, 3) => "EUR",
        (AccountKind::Foreign, _) => "USD",
        _ => home,
    };
    let digits = |dice: &mut Dice, count: usize| -> String {
        (0..count).map(|_| char::from(b'0' + u8::try_from(dice.below(10)).unwrap_or(0))).collect()
    };
    let number = digits(&mut dice, 8);
    let id = match shape {
        IdShape::Digits => format!("99{}{number}", digits(&mut dice, 4)),
        other => other.write(&mut dice, 0, 0),
    };
    let sort_code = format!("99{:04}", Dice::named(spec.seed ^ 0x99, &spec.bank.key).below(10_000));
    let letters: String = bank_letters(&spec.bank.name);
    let card = kind == AccountKind::Card;
    let iban = (!card && dice.chance(4, 5)).then(|| iban(country, &letters, &sort_code, &number));
    let minor = |amount: i64| Decimal::new(amount, 2);
    let opening = match kind {
        AccountKind::Current => minor(revenue + dice.between(0, revenue / 2)),
        AccountKind::Savings => minor(revenue / 2 + dice.between(0, revenue)),
        AccountKind::Card => Decimal::ZERO,
        AccountKind::Foreign => minor(revenue / 8 + dice.between(0, revenue / 8)),
        AccountKind::Branch => minor(revenue / 10 + dice.between(0, revenue / 10)),
        AccountKind::Loan => Decimal::new(50_000 + dice.between(0, 40) * 2_500, 0),
    };
    let limit = match kind {
        AccountKind::Card => Some(Decimal::new(i64::from(*dice.pick(&[5_000_i32, 10_000, -10_000])), 0)),
        AccountKind::Current => dice.pick(&[None, Some(0), Some(5_000), Some(-10_000)]).map(|limit| Decimal::new(limit, 0)),
        _ => None,
    };
    let (account_type, identifier_type, subtype) = match kind {
        AccountKind::Card => ("Credit", if dice.chance(1, 2) { "Card" } else { "Credit" }, Some("credit card")),
        AccountKind::Loan => ("Credit", "Loan", Some("business loan")),
        // S68: words outside the lists.
        AccountKind::Savings if dice.chance(1, 6) => ("Deposit", "Depository", Some("savings")),
        AccountKind::Savings => ("Debit", "Depository", Some("savings")),
        AccountKind::Branch if dice.chance(1, 5) => ("Debit", "Debit", None),
        AccountKind::Current | AccountKind::Foreign | AccountKind::Branch => ("Debit", "Depository", Some("checking")),
    };
    let name = match kind {
        AccountKind::Current => "Business Current".to_owned(),
        AccountKind::Savings => "Business Reserve".to_owned(),
        AccountKind::Card => "Business Card".to_owned(),
        AccountKind::Foreign => format!("{currency} Currency Account"),
        AccountKind::Loan => "Business Loan".to_owned(),
        AccountKind::Branch => format!("Business Current, branch {branch}"),
    };
    let informal_name = match dice.below(5) {
        0 => Some(String::new()),
        1 | 2 => Some(if kind == AccountKind::Savings { "VAT pot".to_owned() } else { format!("{} {}", currency, &number[4..]) }),
        _ => None,
    };
    Account {
        id: id.into(),
        kind,
        informal_name,
        holder: dice.chance(1, 2).then(|| spec.holder.to_uppercase()),
        account_type,
        identifier_type,
        subtype,
        masked: if card { format!("XXXX XXXX XXXX {}", &number[4..]) } else { format!("XXXX{}", &number[4..]) },
        number: (!card).then_some(number),
        bank_code: (!card).then_some(sort_code),
        bic: iban.is_some().then(|| format!("{letters}{}22", iso_country(country))),
        iban,
        currency,
        institution_id: if dice.chance(1, 2) { spec.bank.key.clone() } else { spec.bank.source_id.to_string() },
        institution: spec.bank.name.clone(),
        opening,
        current: opening,
        limit,
        tells_available: dice.chance(4, 5),
        form: *dice.pick(&[DateForm::SevenDigits, DateForm::SevenDigits, DateForm::SixDigits, DateForm::Seconds, DateForm::Offset]),
        absent: dice.chance(1, 2),
        name,
    }
}

/// The connection as a number for the dice.
pub(super) fn connection_key(spec: &LedgerSpec) -> u64 {
    let (high, low) = spec.connection.as_u64_pair();
    high ^ low.rotate_left(17)
}

/// Four letters for IBANs and BICs, taken from the bank's name.
fn bank_letters(name: &str) -> String {
    let mut letters: String = name.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_uppercase()).take(4).collect();
    while letters.len() < 4 {
        letters.push('X');
    }
    letters
}

fn iso_country(country: &str) -> String {
    if country == "uk" { "GB".to_owned() } else { country.to_uppercase() }
}

/// An IBAN of the country's length with right check digits.
fn iban(country: &str, letters: &str, sort_code: &str, number: &str) -> String {
    let numeric = |length: usize| -> String { format!("{sort_code}{number}{number}{number}").chars().take(length).collect() };
    let account = match country {
        "uk" | "ie" => format!("{letters}{sort_code}{number}"),
        "nl" => format!("{letters}{}", &numeric(16)[4..14]),
        "it" => format!("X{}", numeric(22)),
        "fr" => numeric(23),
        "es" | "se" => numeric(20),
        "be" => numeric(12),
        "pt" => numeric(21),
        "pl" => numeric(24),
        "no" => numeric(11),
        "dk" | "fi" => numeric(14),
        "lt" | "lu" | "ee" | "at" => numeric(16),
        _ => numeric(18),
    };
    let code = iso_country(country);
    let check = 98 - remainder(&format!("{account}{code}00"));
    format!("{code}{check:02}{account}")
}

/// ISO 7064 MOD 97-10 over letters (A = 10) and figures.
fn remainder(text: &str) -> u32 {
    text.chars().filter_map(|c| c.to_digit(36)).fold(0, |rest, value| {
        let shift = if value > 9 { 100 } else { 10 };
        (rest * shift + value) % 97
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn balances_read_well() {
        let bank = crate::world::catalogue(crate::world::Mode::TrueLayer, 1).by_key("natwest_business_uk").expect("listed").clone();
        let now = "2026-01-01T00:00:00Z".parse().expect("an instant");
        let spec = LedgerSpec::new(1, uuid::Uuid::nil(), crate::world::Mode::TrueLayer, &bank, "Alder", jiff::civil::date(2026, 1, 1), now);
        let mut accounts = open(&spec, IdShape::Guid, 1_000_000);
        for (index, amount, words) in [
            (0, "1234567.8", "1,234,567.80 GBP"),
            (0, "-20", "\u{2212}20.00 GBP"),
            (0, "0.001", "0.00 GBP"),
            (0, "-0.001", "0.00 GBP"),
            (2, "551.73", "551.73 GBP owed"),
            (3, "3044.2301620803335128", "3,044.23 EUR"),
        ] {
            accounts[index].current = amount.parse().expect("a decimal");
            assert_eq!(accounts[index].balance_in_words(), words);
        }
    }

    #[test]
    fn ibans_pass_their_own_check() {
        // The published example of the standard.
        assert_eq!(remainder("WEST12345698765432GB82"), 1);
        for country in ["uk", "ie", "nl", "de", "fr", "es", "it", "be"] {
            let text = iban(country, "DEMO", "991234", "12345678");
            let (head, tail) = text.split_at(4);
            assert_eq!(remainder(&format!("{tail}{head}")), 1, "{text}: an importer that checks must accept it");
        }
        assert_eq!(iban("uk", "DEMO", "991234", "12345678").len(), 22);
        assert_eq!(iban("de", "DEMO", "991234", "12345678").len(), 22);
        assert_eq!(iban("nl", "DEMO", "991234", "12345678").len(), 18);
        assert_eq!(iban("fr", "DEMO", "991234", "12345678").len(), 27);
    }
}
