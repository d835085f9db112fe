//! The rows of `GET /integrations`: TrueLayer as one row per bank, Plaid as one row for all.
//! Which companies use them, and what is linked, is not known here.

use super::{Dice, names};
use serde_json::{Value, json};
use std::collections::HashMap;
use uuid::Uuid;

/// How many rows the TrueLayer catalogue has.
pub const BANKS: usize = 2_200;

/// Which provider the client has switched on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// One row per bank; small flat category set; 90 days only when read late.
    #[default]
    TrueLayer,
    /// One row; the customer picks the bank there; 120 categories in two levels.
    Plaid,
}

/// How a bank's logo is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LogoFormat {
    /// `logoUrl` is an empty string.
    None,
    /// 128 × 128 pixels.
    Png,
    /// Vector.
    Svg,
}

/// One banking source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bank {
    /// Platform key, for example `natwest_business_uk`.
    pub key: String,
    /// Name as Codat tells it.
    pub name: String,
    /// Its own source id.
    pub source_id: Uuid,
    /// The provider's integration id: the same for all rows of one provider.
    pub integration_id: Uuid,
    /// Switched on in this client.
    pub enabled: bool,
    /// A business log-in.
    pub business: bool,
    /// A personal log-in.
    pub personal: bool,
    /// ISO 3166 code, lower case; `uk` for the United Kingdom, as in keys.
    pub country: &'static str,
    /// The country's currency.
    pub currency: &'static str,
    /// How its logo is served.
    pub logo: LogoFormat,
}

impl Bank {
    /// Path of the logo on the sandbox's origin, with a leading slash; `None` when there is no logo.
    #[must_use]
    pub fn logo_path(&self) -> Option<String> {
        let extension = match self.logo {
            LogoFormat::None => return None,
            LogoFormat::Png => "png",
            LogoFormat::Svg => "svg",
        };
        Some(format!("/logos/{}.{extension}", self.key))
    }

    /// The row as `GET /integrations` tells it; `base_url` without a trailing slash.
    #[must_use]
    pub fn integration(&self, base_url: &str) -> Value {
        let feature = |data_type: &str| {
            json!({
                "datatype": data_type,
                "supportedFeatures": [{ "featureType": "Get", "featureState": "Release" }],
            })
        };
        json!({
            "key": self.key,
            "logoUrl": self.logo_path().map_or_else(String::new, |path| format!("{base_url}{path}")),
            "name": self.name,
            "enabled": self.enabled,
            "sourceId": self.source_id,
            "integrationId": self.integration_id,
            "sourceType": "Banking",
            "isOfflineConnector": false,
            "isBeta": Dice::named(0xbe7a, &self.key).chance(1, 25),
            "dataProvidedBy": if self.key == "plaid" { "Plaid" } else { "TrueLayer" },
            "datatypeFeatures": [
                feature("banking-accounts"),
                feature("banking-accountBalances"),
                feature("banking-transactions"),
                feature("banking-transactionCategories"),
            ],
            "supportedEnvironments": "SandboxAndProduction",
            "linkedConnectionsCount": 0,
            "totalConnectionsCount": 0,
        })
    }

    /// The answer of `GET /integrations/{key}/branding`.
    #[must_use]
    pub fn branding(&self, base_url: &str) -> Value {
        let src = self.logo_path().map_or_else(String::new, |path| format!("{base_url}{path}"));
        let image = |what: &str| json!({ "image": { "src": src, "alt": format!("{}{what}", self.name) } });
        json!({
            "logo": { "full": image(" full logo"), "square": image(" icon") },
            "button": { "default": image(""), "hover": image("") },
            "sourceId": self.source_id,
        })
    }
}

/// All banking sources of a client, in a fixed order.
#[derive(Clone, Debug)]
pub struct Catalogue {
    banks: Vec<Bank>,
    by_key: HashMap<String, usize>,
}

impl Catalogue {
    /// Every row.
    #[must_use]
    pub fn banks(&self) -> &[Bank] {
        &self.banks
    }

    /// The row with this platform key.
    #[must_use]
    pub fn by_key(&self, key: &str) -> Option<&Bank> {
        self.by_key.get(key).and_then(|&index| self.banks.get(index))
    }

    fn from_banks(banks: Vec<Bank>) -> Self {
        let by_key = banks.iter().enumerate().map(|(index, bank)| (bank.key.clone(), index)).collect();
        Self { banks, by_key }
    }
}

/// The catalogue of a mode, the same for the same seed.
#[must_use]
pub fn catalogue(mode: Mode, seed: u64) -> Catalogue {
    let provider = uuid(&mut Dice::named(seed, if mode == Mode::Plaid { "plaid" } else { "truelayer" }));
    let drafts = match mode {
        Mode::TrueLayer => names::banks(seed, BANKS),
        Mode::Plaid => vec![names::plaid()],
    };
    let banks = drafts
        .into_iter()
        .map(|draft| {
            let mut dice = Dice::named(seed, &draft.key);
            Bank {
                source_id: uuid(&mut dice),
                integration_id: provider,
                enabled: draft.enabled,
                business: draft.business,
                personal: draft.personal,
                country: draft.country,
                currency: draft.currency,
                logo: draft.logo,
                key: draft.key,
                name: draft.name,
            }
        })
        .collect();
    Catalogue::from_banks(banks)
}

/// A version 4 shaped id from the dice.
pub(crate) fn uuid(dice: &mut Dice) -> Uuid {
    let (high, low) = (dice.roll(), dice.roll());
    uuid::Builder::from_random_bytes(((u128::from(high) << 64) | u128::from(low)).to_be_bytes()).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn truelayer_is_many_rows_with_one_integration() {
        let all = catalogue(Mode::TrueLayer, 42);
        assert_eq!(all.banks().len(), BANKS);
        let providers: HashSet<Uuid> = all.banks().iter().map(|bank| bank.integration_id).collect();
        let sources: HashSet<Uuid> = all.banks().iter().map(|bank| bank.source_id).collect();
        assert_eq!(providers.len(), 1, "S22: same integrationId on every row");
        assert_eq!(sources.len(), BANKS, "S22: each row has its own sourceId");
        let disabled = all.banks().iter().filter(|bank| !bank.enabled).count();
        let bare = all.banks().iter().filter(|bank| bank.logo == LogoFormat::None).count();
        assert!((10..200).contains(&disabled), "some rows are switched off: {disabled}");
        assert!((20..400).contains(&bare), "some rows have an empty logoUrl: {bare}");
        let british = all.banks().iter().filter(|bank| bank.country == "uk").count();
        assert!(british > 500, "the list leans to the United Kingdom: {british}");
    }

    #[test]
    fn the_banks_a_demo_needs_are_always_there_and_on() {
        for seed in 0..5 {
            let all = catalogue(Mode::TrueLayer, seed);
            for key in ["demobank_truelayer", "natwest_business_uk", "natwest_uk", "rbs_business_uk", "ing_nl", "socgen_business_fr"] {
                let bank = all.by_key(key).unwrap_or_else(|| panic!("{key} is in the catalogue of seed {seed}"));
                assert!(bank.enabled, "{key} is switched on");
            }
            assert!(!all.by_key("santander_corporate_uk").expect("listed").enabled, "no longer supported by the provider");
        }
    }

    #[test]
    fn a_seed_decides_everything() {
        let (one, again, other) = (catalogue(Mode::TrueLayer, 1), catalogue(Mode::TrueLayer, 1), catalogue(Mode::TrueLayer, 2));
        assert_eq!(one.banks(), again.banks());
        assert_ne!(one.banks(), other.banks());
    }

    #[test]
    fn plaid_is_one_row() {
        let all = catalogue(Mode::Plaid, 42);
        assert_eq!(all.banks().len(), 1);
        assert_eq!(all.by_key("plaid").expect("the row").name, "Plaid");
    }

    #[test]
    fn the_wire_spells_datatype_as_codat_does() {
        let all = catalogue(Mode::TrueLayer, 42);
        let row = all.by_key("natwest_business_uk").expect("listed").integration("http://127.0.0.1:1");
        assert_eq!(row["datatypeFeatures"][0]["datatype"], "banking-accounts", "S22: lower-case t");
        assert!(row["logoUrl"].as_str().is_some_and(|url| url.starts_with("http://127.0.0.1:1/logos/")));
    }
}
