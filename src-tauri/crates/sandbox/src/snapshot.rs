//! The state file: what survives a restart. Written whole after each change, beside the old one, then moved over it.
//! Clock, switches, faults and log start afresh.

use crate::agenda::Due;
use crate::answer::Answer;
use crate::idempotency::Fingerprint;
use crate::links::Links;
use crate::options::Options;
use crate::state::{ApiKey, Company, Connection, Dataset, Numbers, State};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// What is kept.
#[derive(Serialize, Deserialize)]
pub(crate) struct Snapshot<'a> {
    seed: u64,
    companies_at_first: u32,
    epoch: Timestamp,
    gone: BTreeSet<u32>,
    made: Cow<'a, [String]>,
    companies: Vec<Cow<'a, Company>>,
    connections: Vec<Cow<'a, Connection>>,
    datasets: Vec<Cow<'a, Dataset>>,
    keys: Cow<'a, [ApiKey]>,
    company_links: BTreeMap<String, Links>,
    redirect_url: Option<String>,
    allowed_redirects: Vec<String>,
    sync_settings: BTreeMap<String, serde_json::Value>,
    numbers: Numbers,
    idempotency: Vec<Remembered<'a>>,
}

/// What was answered under an idempotency key.
#[derive(Serialize, Deserialize)]
struct Remembered<'a> {
    key: Cow<'a, str>,
    request: Fingerprint,
    at: Timestamp,
    answer: Option<(u16, Cow<'a, str>)>,
}

/// Reads the state file, when there is one.
pub(crate) fn read(options: &Options) -> Result<Option<Snapshot<'static>>, String> {
    let Some(path) = &options.state_file else { return Ok(None) };
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    let snapshot: Snapshot<'static> = serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
    if snapshot.seed != options.seed {
        return Err(format!("it belongs to seed {}, and the sandbox was asked for seed {}", snapshot.seed, options.seed));
    }
    Ok(Some(snapshot))
}

/// Writes the state file, when there is to be one. A failure is logged: the sandbox goes on in memory.
pub(crate) fn write(state: &State) {
    let Some(path) = &state.options.state_file else { return };
    let mut companies: Vec<&Company> = state.companies.values().collect();
    companies.sort_by(|left, right| left.id.cmp(&right.id));
    let mut connections: Vec<&Connection> = state.connections.values().collect();
    connections.sort_by(|left, right| left.id.cmp(&right.id));
    // In each company's own order, which is the order of its history.
    let datasets = companies.iter().flat_map(|company| state.history.get(&company.id).into_iter().flatten());
    let mut idempotency: Vec<Remembered<'_>> = state
        .idempotency
        .kept()
        .map(|(key, request, at, answer)| Remembered {
            key: Cow::Borrowed(key),
            request: *request,
            at,
            answer: answer.map(|answer| (answer.status, String::from_utf8_lossy(&answer.body))),
        })
        .collect();
    idempotency.sort_by(|left, right| (left.at, &left.key).cmp(&(right.at, &right.key)));
    let snapshot = Snapshot {
        seed: state.options.seed,
        companies_at_first: state.portfolio.size(),
        epoch: state.portfolio.epoch(),
        gone: state.gone.clone(),
        made: Cow::Borrowed(&state.made),
        datasets: datasets.filter_map(|id| state.datasets.get(id)).map(Cow::Borrowed).collect(),
        companies: companies.into_iter().map(Cow::Borrowed).collect(),
        connections: connections.into_iter().map(Cow::Borrowed).collect(),
        keys: Cow::Borrowed(&state.keys),
        company_links: state.company_links.iter().map(|(id, links)| (id.clone(), links.clone())).collect(),
        redirect_url: state.redirect_url.clone(),
        allowed_redirects: state.allowed_redirects.clone(),
        sync_settings: state.sync_settings.clone(),
        numbers: state.numbers,
        idempotency,
    };
    let fresh = path.with_extension("new");
    let written = serde_json::to_vec(&snapshot).map_err(std::io::Error::from).and_then(|bytes| std::fs::write(&fresh, bytes));
    if let Err(error) = written.and_then(|()| std::fs::rename(&fresh, path)) {
        tracing::warn!(%error, "could not write the sandbox's state file");
    }
}

impl Snapshot<'_> {
    /// How many companies there were at first, and when that was.
    pub(crate) fn portfolio(&self) -> (u32, Timestamp) {
        (self.companies_at_first, self.epoch)
    }

    pub(crate) fn restore(self, state: &mut State) {
        state.gone = self.gone;
        state.made = self.made.into_owned();
        state.companies = self.companies.into_iter().map(|company| (company.id.clone(), company.into_owned())).collect();
        state.awake = state.companies.values().filter_map(|company| Some((company.number?, company.id.clone()))).collect();
        state.company_links = self.company_links.into_iter().collect();
        state.company_links.values_mut().for_each(Links::count_unsaved);
        for dataset in self.datasets {
            state.add_dataset(dataset.into_owned());
        }
        for connection in self.connections {
            let mut connection = connection.into_owned();
            connection.links.count_unsaved();
            if let Some(at) = connection.linking {
                state.agenda.add(at, Due::LinkTakesEffect(connection.id.clone()));
            }
            state.plan_consent_end(&connection.id, connection.status, connection.linked_at);
            state.connections.insert(connection.id.clone(), connection);
        }
        state.keys = self.keys.into_owned();
        // The caller's template wins: its port may have changed.
        state.redirect_url = state.redirect_url.take().or(self.redirect_url);
        state.allowed_redirects = self.allowed_redirects;
        state.sync_settings = self.sync_settings;
        state.numbers = self.numbers;
        for kept in self.idempotency {
            let answer = kept.answer.map(|(status, body)| Answer::raw_json(status, body.into_owned()));
            state.idempotency.restore(kept.key.into_owned(), kept.request, kept.at, answer);
        }
        // Ids told after the last change were not counted; leave a gap so that none is told twice.
        state.numbers.ids += 1_000_000;
    }
}
