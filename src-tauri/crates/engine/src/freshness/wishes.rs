//! How often the team wants each type: for all companies, and what single companies have of their own.

use crate::error::{Error, Result};
use crate::view::Cadence;
use domain::data_type::DataType;
use say::say;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::{Store, StoreError};

/// The client-wide ones.
const ALL: &str = "freshness";

/// What holds until somebody chooses. Where Codat reads as often by itself, it costs nothing.
const UNLESS_CHOSEN: Cadence = Cadence::Daily;

/// Chosen cadences by type; what is not in it was not chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wishes(BTreeMap<String, Cadence>);

fn fact(company: Option<&str>) -> String {
    company.map_or_else(|| ALL.to_owned(), |company| format!("{ALL}/{company}"))
}

impl Wishes {
    /// What was chosen for a company, or for all.
    pub(crate) fn kept(store: &Store, company: Option<&str>) -> std::result::Result<Self, StoreError> {
        Ok(store.fact(&fact(company))?.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    pub(crate) fn keep(&self, store: &Store, company: Option<&str>) -> std::result::Result<(), StoreError> {
        store.set_fact(&fact(company), &serde_json::to_string(self).unwrap_or_default())
    }

    /// The own choice for a type.
    pub(crate) fn own(&self, data_type: DataType) -> Option<Cadence> {
        self.0.get(data_type.wire()).copied()
    }

    /// Takes in a change; `None` takes a choice back.
    pub(crate) fn change(&mut self, types: &BTreeMap<String, Option<Cadence>>) -> Result<()> {
        for (text, cadence) in types {
            let data_type = DataType::from_wire(text).ok_or_else(|| Error::BadRequest(say!("There is no such data type.")))?;
            match cadence {
                Some(cadence) => self.0.insert(data_type.wire().to_owned(), *cadence),
                None => self.0.remove(data_type.wire()),
            };
        }
        Ok(())
    }
}

/// What holds for a type of a company: its own choice, else everybody's.
pub(crate) fn holds(own: &Wishes, all: &Wishes, data_type: DataType) -> Cadence {
    own.own(data_type).or_else(|| all.own(data_type)).unwrap_or(UNLESS_CHOSEN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_companys_own_choice_holds_until_it_is_taken_back() {
        let (mut all, mut own) = (Wishes::default(), Wishes::default());
        assert_eq!(holds(&own, &all, DataType::Balances), Cadence::Daily);
        let wire = || DataType::Balances.wire().to_owned();
        all.change(&BTreeMap::from([(wire(), Some(Cadence::Weekly))])).expect("known");
        own.change(&BTreeMap::from([(wire(), Some(Cadence::Hourly))])).expect("known");
        assert_eq!(holds(&own, &all, DataType::Balances), Cadence::Hourly);
        assert_eq!(holds(&own, &all, DataType::Accounts), Cadence::Daily, "other types keep theirs");
        own.change(&BTreeMap::from([(wire(), None)])).expect("known");
        assert_eq!(holds(&own, &all, DataType::Balances), Cadence::Weekly);
        assert!(own.change(&BTreeMap::from([("invoices".into(), Some(Cadence::Off))])).is_err());
    }
}
