//! Figures that a credit file stands on. Each is one sentence of arithmetic over exact decimals; whoever has the same rows gets the same figure.

pub mod balance;
pub mod counterparty;
pub mod coverage;
mod month;
pub mod recurring;
pub mod spread;
pub mod transfers;

pub use month::Month;

use rust_decimal::{Decimal, RoundingStrategy};

/// Decimals of a currency in everyday use: none for the yen, three for the dinars of the Gulf, two for a code that is none.
#[must_use]
pub fn minor_units(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// In the currency's decimals, halves away from zero, filled up with zeros. Rounded here and nowhere before.
#[must_use]
pub fn in_currency(amount: Decimal, currency: &str) -> String {
    let places = minor_units(currency);
    let mut rounded = amount.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(places);
    if rounded.is_zero() { rounded.abs().to_string() } else { rounded.to_string() }
}

/// The same with its thousands parted, a true minus and the code, as the window writes numbers: `−8,412.60 EUR`.
#[must_use]
pub fn money_in_words(amount: Decimal, currency: &str) -> String {
    let text = in_currency(amount, currency);
    let (comma, point) = say::marks();
    let digits = text.trim_start_matches('-');
    let (whole, part) = digits.split_once('.').map_or((digits, String::new()), |(whole, part)| (whole, format!("{point}{part}")));
    let mut grouped = String::new();
    for (place, digit) in whole.char_indices() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            grouped.push_str(comma);
        }
        grouped.push(digit);
    }
    format!("{}{grouped}{part} {currency}", if text.starts_with('-') { "\u{2212}" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_rounded_once_in_its_currencys_decimals() {
        let said = |text: &str, currency: &str| money_in_words(text.parse().expect(text), currency);
        assert_eq!(said("4101.5835488328338304", "EUR"), "4,101.58 EUR");
        assert_eq!(said("-1234567.005", "GBP"), "\u{2212}1,234,567.01 GBP");
        assert_eq!(said("-0.004", "GBP"), "0.00 GBP");
        assert_eq!((said("1234.5", "JPY"), said("1.5", "KWD")), ("1,235 JPY".into(), "1.500 KWD".into()));
    }
}
