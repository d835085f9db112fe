//! What can be read of a connection: counts and exact sums. Added up once, when its rows are at hand, and kept while nothing moves, so that asking
//! is cheap however many rows there are.

use crate::state::{State, Sync};
use crate::syncs::TYPES;
use crate::views::held;
use crate::world::Record;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};

/// Of one connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Digest {
    accounts: usize,
    balances: usize,
    transactions: usize,
    categories: usize,
    sums: BTreeMap<&'static str, Decimal>,
}

impl Digest {
    pub(crate) fn json(&self, company: &str, connection: &str) -> Value {
        let sums: BTreeMap<&str, String> = self.sums.iter().map(|(currency, sum)| (*currency, sum.normalize().to_string())).collect();
        json!({
            "companyId": company, "connectionId": connection, "accounts": self.accounts, "balances": self.balances,
            "categories": self.categories, "transactions": self.transactions, "sums": sums,
        })
    }
}

/// What a digest follows from, beside the seed.
type From = ([Vec<Sync>; 4], Option<Vec<String>>);

/// By connection.
#[derive(Default)]
pub(crate) struct Digests(HashMap<String, (From, Digest)>);

impl Digests {
    pub(crate) fn forget_all(&mut self) {
        self.0.clear();
    }
}

impl State {
    /// Of a connection that was read at least once.
    pub(crate) fn digest(&mut self, connection: &str) -> Option<Digest> {
        let found = self.connections.get(connection)?;
        let from: From = (TYPES.map(|data_type| found.syncs.get(data_type).cloned().unwrap_or_default()), found.shared.clone());
        if let Some((_, digest)) = self.digests.0.get(connection).filter(|(kept, _)| *kept == from) {
            return Some(digest.clone());
        }
        let digest = self.add_up(connection, &from);
        self.digests.0.insert(connection.to_owned(), (from, digest.clone()));
        Some(digest)
    }

    fn add_up(&mut self, connection: &str, (syncs, shared): &From) -> Digest {
        let mut digest = Digest::default();
        let [accounts, balances, transactions, categories] = syncs;
        let shared = shared.as_deref();
        if let Some(ledger) = self.synced_ledger(connection, TYPES[0]) {
            digest.accounts = count(&ledger.accounts, accounts, shared);
        }
        if let Some(ledger) = self.synced_ledger(connection, TYPES[1]) {
            digest.balances = count(&ledger.balances, balances, shared);
        }
        if let Some(ledger) = self.synced_ledger(connection, TYPES[2]) {
            let held = held(&ledger.transactions, transactions, shared);
            digest.transactions = held.len();
            for transaction in held.iter().filter_map(|(index, _)| ledger.transactions.get(*index)) {
                *digest.sums.entry(transaction.currency).or_default() += transaction.amount;
            }
        }
        if let Some(ledger) = self.synced_ledger(connection, TYPES[3]) {
            digest.categories = count(&ledger.categories, categories, shared);
        }
        digest
    }
}

fn count<R: Record>(records: &[R], syncs: &[Sync], shared: Option<&[String]>) -> usize {
    held(records, syncs, shared).len()
}
