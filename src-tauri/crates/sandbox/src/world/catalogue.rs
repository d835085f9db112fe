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
    /// 256 × 256 pixels.
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
            "isBeta": self.key.len() % 17 == 0,
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
