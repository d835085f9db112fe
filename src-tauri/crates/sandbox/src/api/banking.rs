//! Reading banking data.

use super::no_route;
use crate::answer::{Answer, Outcome, Refused};
use crate::faults::Fault;
use crate::server::Call;
use crate::state::State;
use crate::syncs::known_type;
use crate::views::Paging;
use crate::world::{Ledger, Record};
use std::sync::Arc;

fn supported(state: &State, k: &str, data_type: &str) -> Result<&'static str, Refused> {
    let source = state.connections.get(k).and_then(|found| state.source(&found.bank));
    let banking = source.is_some_and(|source| source.bank.is_some());
    known_type(data_type).filter(|_| banking).ok_or_else(|| {
        let platform = source.map(|source| source.key).unwrap_or_default();
        Refused::new(404, "PullApi", format!("Datatype [{data_type}] not supported by platform(s) [{platform}]"))
    })
}

fn ledger(state: &mut State, k: &str, data_type: &str) -> Result<Arc<Ledger>, Refused> {
    let not_yet = || Refused::new(409, "PullApi", "The data set has not been requested.");
    state.synced_ledger(k, data_type).ok_or_else(not_yet)
}

pub(super) fn list(state: &mut State, call: &Call, id: &str, k: &str, data_type: &str, fault: Option<&Fault>) -> Outcome {
    super::known_connection(state, id, k)?;
    let data_type = supported(state, k, data_type)?;
    if fault == Some(&Fault::SyncLands) {
        state.land(k, data_type);
    }
    let ledger = ledger(state, k, data_type)?;
    match data_type {
        "banking-accounts" => page(state, call, k, &ledger.accounts, "accounts"),
        "banking-accountBalances" => page(state, call, k, &ledger.balances, "accountBalances"),
        "banking-transactions" => {
            // While its rows are here.
            state.digest(k);
            page(state, call, k, &ledger.transactions, "transactions")
        }
        _ => page(state, call, k, &ledger.categories, "transactionCategories"),
    }
}

/// The old path without a connection, for companies that have just one.
pub(super) fn of_only_connection(state: &mut State, call: &Call, id: &str, fault: Option<&Fault>) -> Outcome {
    let [only] = super::known_company(state, id)?.connections.as_slice() else {
        return Err(Refused::api(404, "Data connection not found"));
    };
    let only = only.clone();
    list(state, call, id, &only, "banking-transactions", fault)
}

fn page<R: Record>(state: &mut State, call: &Call, k: &str, records: &[R], old_key: &str) -> Outcome {
    let paging = Paging::of(call, &state.switches)?;
    let view = state.view(k, records, &paging)?;
    if view.is_empty() && paging.query.is_none() && state.switches.empty_is_404 {
        return Err(Refused::new(404, "PullApi", format!("No data available for {}", R::DATA_TYPE)));
    }
    let rows = paging.slice(&view);
    let key = if state.switches.legacy { old_key } else { "results" };
    Ok(paging.answer(call, key, view.len(), rows.len(), |index, out| {
        let (record, touched) = rows[index];
        records[record].write_json(touched, out);
    }))
}

pub(super) fn one(state: &mut State, k: &str, data_type: &str, id: &str) -> Outcome {
    let data_type = supported(state, k, data_type)?;
    if data_type == "banking-accountBalances" {
        return Err(no_route());
    }
    let ledger = ledger(state, k, data_type)?;
    match data_type {
        "banking-accounts" => record(state, k, &ledger.accounts, id),
        "banking-transactions" => record(state, k, &ledger.transactions, id),
        _ => record(state, k, &ledger.categories, id),
    }
}

fn record<R: Record>(state: &mut State, k: &str, records: &[R], id: &str) -> Outcome {
    let view = state.view(k, records, &Paging { page: 1, size: 1, query: None, order: None })?;
    let found = view.iter().find(|(index, _)| records[*index].id() == Some(id));
    let (index, touched) = found.ok_or_else(|| Refused::new(404, "PullApi", format!("{} {id} not found", R::DATA_TYPE)))?;
    Ok(Answer::raw_json(200, records[*index].to_json(*touched)))
}
