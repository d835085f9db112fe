//! What a company can be connected to: the banks of the catalogue, and two accounting packages that stand among them, as in a real
//! client's list.

use crate::state::State;
use crate::switches::Switches;
use crate::world::{Bank, Dice};
use serde_json::{Value, json};
use uuid::Uuid;

/// A row of `/integrations`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    pub(crate) key: &'a str,
    pub(crate) name: &'a str,
    pub(crate) source_id: Uuid,
    pub(crate) integration_id: Uuid,
    pub(crate) enabled: bool,
    pub(crate) bank: Option<&'a Bank>,
}

const ACCOUNTING: [(&str, &str); 2] = [("sbks", "Sandbox Books"), ("sldg", "Sandbox Ledger Online")];

impl<'a> Source<'a> {
    /// None when its provider no longer has it.
    fn of_bank(bank: &'a Bank, switches: &'a Switches) -> Option<Self> {
        let turn = switches.turned_banks.get(&bank.key);
        let chosen = switches.chosen_banks.as_ref().map_or(bank.enabled, |keys| keys.contains(&bank.key));
        (!turn.is_some_and(|turn| turn.gone)).then(|| Self {
            key: &bank.key,
            name: turn.and_then(|turn| turn.name.as_deref()).unwrap_or(&bank.name),
            source_id: bank.source_id,
            integration_id: bank.integration_id,
            enabled: turn.and_then(|turn| turn.enabled).unwrap_or(chosen),
            bank: Some(bank),
        })
    }

    fn of_accounting(key: &'static str, name: &'static str) -> Self {
        let number = Dice::named(0xacc, key).roll();
        let id = |what| crate::state::guid(number, &[what]);
        Self { key, name, source_id: id(1), integration_id: id(2), enabled: true, bank: None }
    }

    pub(crate) fn source_type(&self) -> &'static str {
        if self.bank.is_some() { "Banking" } else { "Accounting" }
    }

    pub(crate) fn integration(&self, base_url: &str) -> Value {
        match self.bank {
            Some(bank) => {
                let mut told = bank.integration(base_url);
                told["enabled"] = self.enabled.into();
                told["name"] = self.name.into();
                told
            }
            None => json!({
                "key": self.key, "logoUrl": "", "name": self.name, "enabled": true, "sourceId": self.source_id,
                "integrationId": self.integration_id, "sourceType": "Accounting", "isOfflineConnector": false, "isBeta": false,
                "dataProvidedBy": "", "datatypeFeatures": [{
                    "datatype": "invoices", "supportedFeatures": [{ "featureType": "Get", "featureState": "Release" }],
                }],
            }),
        }
    }

    pub(crate) fn branding(&self, base_url: &str) -> Value {
        let empty = || json!({ "image": { "src": "", "alt": self.name } });
        self.bank.map_or_else(
            || {
                json!({
                    "logo": { "full": empty(), "square": empty() }, "button": { "default": empty(), "hover": empty() },
                    "sourceId": self.source_id,
                })
            },
            |bank| bank.branding(base_url),
        )
    }
}

impl State {
    pub(crate) fn source(&self, key: &str) -> Option<Source<'_>> {
        let accounting = || ACCOUNTING.iter().find(|(known, _)| *known == key && self.switches.accounting_sources);
        let bank = self.bank(key).and_then(|bank| Source::of_bank(bank, &self.switches));
        bank.or_else(|| accounting().map(|(key, name)| Source::of_accounting(key, name)))
    }

    /// Every row, in an order that stays the same; accounting stands among the banks.
    pub(crate) fn sources(&self) -> Vec<Source<'_>> {
        let mut all: Vec<Source<'_>> = self.catalogue.banks().iter().filter_map(|bank| Source::of_bank(bank, &self.switches)).collect();
        if self.switches.accounting_sources {
            for (key, name) in ACCOUNTING {
                all.insert(all.len() / 2, Source::of_accounting(key, name));
            }
        }
        all
    }

    /// Whether a connection's source is a bank.
    pub(crate) fn is_banking(&self, source: &str) -> bool {
        self.bank(source).is_some()
    }
}
