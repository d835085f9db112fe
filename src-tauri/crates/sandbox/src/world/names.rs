//! Placeholder body: two banks.
use super::LogoFormat;

pub(crate) struct Draft {
    pub key: String,
    pub name: String,
    pub enabled: bool,
    pub business: bool,
    pub personal: bool,
    pub country: &'static str,
    pub currency: &'static str,
    pub logo: LogoFormat,
}

pub(crate) fn plaid() -> Draft {
    Draft {
        key: "plaid".into(),
        name: "Plaid".into(),
        enabled: true,
        business: false,
        personal: false,
        country: "",
        currency: "GBP",
        logo: LogoFormat::Svg,
    }
}

pub(crate) fn banks(_seed: u64, _count: usize) -> Vec<Draft> {
    ["demobank_truelayer", "natwest_business_uk"]
        .iter()
        .map(|key| Draft { key: (*key).into(), name: (*key).into(), country: "uk", ..plaid() })
        .collect()
}
