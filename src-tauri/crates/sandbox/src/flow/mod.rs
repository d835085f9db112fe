//! What the customer walks through: the link, the bank's pages, the way back. How the pages look is drawn in `pages`.

mod back;

pub(crate) use back::End;

use crate::agenda::Due;
use crate::answer::Answer;
use crate::api::{add_pending, has_linked_accounting};
use crate::pages::{AccountChoice, Consent, Form, Institution, Page, render};
use crate::server::Call;
use crate::state::{ErrorRow, LinkState, State, Visit};
use crate::switches::Redirect;
use crate::world::Mode;
use back::{end_page, way_back, with_stop};
use jiff::SignedDuration;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The banks of Plaid's sandbox, picked on its own page.
const INSTITUTIONS: [(&str, &str); 6] = [
    ("first_platypus", "First Platypus Bank"),
    ("tartan", "Tartan Bank"),
    ("houndstooth", "Houndstooth Bank"),
    ("gingham", "Gingham Credit Union"),
    ("tattersall", "Tattersall Federal"),
    ("windowpane", "Windowpane Bank"),
];

/// How many sources Codat's own page offers.
const OFFERED: usize = 14;

/// Open visits kept; older ones read "nothing here".
const VISITS: usize = 20_000;

pub(crate) fn answer(state: &mut State, call: &Call) -> Answer {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    if let ["link", "companies" | "company", company, ..] = segments.as_slice() {
        state.wake(company);
    }
    state.settle();
    match (call.method.as_str(), segments.as_slice()) {
        ("GET", ["logos", file]) => logo(state, file),
        ("GET", ["link", "companies", company, "connections", connection, "start"]) => start(state, call, company, connection),
        ("GET", ["link", "company", company]) => start_at_codat(state, call, company),
        ("GET", ["link", "visits", visit]) => show(state, visit),
        ("POST", ["link", "visits", visit]) => decide(state, call, visit),
        ("GET", ["link", "visits", visit, "approver"]) => approver(state, visit),
        ("POST", ["link", "visits", visit, "approver"]) => Answer::redirect(format!("/link/visits/{visit}/approver")),
        _ => not_found(),
    }
}

fn not_found() -> Answer {
    Answer::page(404, render(&Page::NotFound))
}

fn logo(state: &State, file: &str) -> Answer {
    let key = file.rsplit_once('.').map_or(file, |(key, _)| key);
    match state.bank(key).and_then(crate::world::logo) {
        Some(logo) => Answer::file(logo.content_type, logo.bytes),
        None => not_found(),
    }
}

// ------------------------------------------------------------------------------------------------------- the way in

fn start(state: &mut State, call: &Call, company: &str, connection: &str) -> Answer {
    let (seed, now, one_time) = (state.options.seed, state.now(), state.switches.one_time_links);
    let Some(found) = state.connections.get_mut(connection).filter(|found| found.company == company) else { return not_found() };
    if one_time && !found.links.open(seed, connection, call.param("otp").unwrap_or_default(), now) {
        return expired(state, company);
    }
    visit(state, call, company, Some(connection.to_owned()))
}

/// Codat's own page, where the customer picks what to connect.
fn start_at_codat(state: &mut State, call: &Call, company: &str) -> Answer {
    if !state.companies.contains_key(company) {
        return not_found();
    }
    let (seed, now) = (state.options.seed, state.now());
    let links = state.company_links.entry(company.to_owned()).or_default();
    if state.switches.one_time_links && !links.open(seed, company, call.param("link.otp").unwrap_or_default(), now) {
        return expired(state, company);
    }
    visit(state, call, company, None)
}

fn expired(state: &State, company: &str) -> Answer {
    let company = state.companies.get(company).map(|company| company.name.as_str());
    Answer::page(410, render(&Page::ExpiredLink { company }))
}

fn visit(state: &mut State, call: &Call, company: &str, connection: Option<String>) -> Answer {
    let own = |name: &str| name == "otp" || name.starts_with("link.");
    let query: BTreeMap<String, String> = call.query.iter().filter(|(name, _)| !own(name)).cloned().collect();
    if state.visits.len() >= VISITS {
        state.visits.clear();
    }
    let id = state.fresh_id();
    let visit =
        Visit { company: company.to_owned(), connection, query, institution: None, awaits_approver: false, ticked: None, end: None };
    state.visits.insert(id.clone(), visit);
    // The link is used up.
    state.changed();
    Answer::redirect(format!("/link/visits/{id}"))
}

// -------------------------------------------------------------------------------------------------- the bank's pages

fn show(state: &mut State, id: &str) -> Answer {
    let Some(visit) = state.visits.get(id).cloned() else { return not_found() };
    let Some(connection) = &visit.connection else { return choose_source(state, id) };
    if !state.connections.contains_key(connection) {
        return not_found();
    }
    if let Some(end) = visit.end {
        return if state.switches.redirect == Redirect::Twice { way_back(state, &visit, end) } else { end_page(state, &visit, end) };
    }
    if state.mode() == Mode::Plaid && visit.institution.is_none() {
        let list: Vec<Institution<'_>> = INSTITUTIONS.iter().map(|(key, name)| Institution { key, name }).collect();
        return choose(id, &list);
    }
    if visit.awaits_approver {
        let action = format!("/link/visits/{id}/approver");
        return with_consent(state, id, &visit, |form, consent| {
            render(&Page::AwaitingApprover(Form { action: &action, hidden: form.hidden }, consent))
        });
    }
    with_consent(state, id, &visit, |form, consent| render(&Page::Authorise(form, consent)))
}

fn choose_source(state: &State, id: &str) -> Answer {
    let sources: Vec<_> = state.sources().into_iter().filter(|source| source.enabled).take(OFFERED).collect();
    let list: Vec<Institution<'_>> = sources.iter().map(|source| Institution { key: source.key, name: source.name }).collect();
    choose(id, &list)
}

fn choose(id: &str, list: &[Institution<'_>]) -> Answer {
    let action = format!("/link/visits/{id}");
    Answer::page(200, render(&Page::ChooseInstitution(Form { action: &action, hidden: &[] }, list)))
}

fn approver(state: &mut State, id: &str) -> Answer {
    match state.visits.get(id).cloned() {
        Some(visit) if visit.awaits_approver && visit.end.is_none() => {
            with_consent(state, id, &visit, |form, consent| render(&Page::SecondApprover(Form { hidden: &[], ..form }, consent)))
        }
        Some(_) => show(state, id),
        None => not_found(),
    }
}

/// An account as the bank's page shows it, before anything was read.
struct Shown {
    id: String,
    name: String,
    ending: String,
    balance: String,
}

fn accounts_on_page(state: &mut State, connection: &str) -> Vec<Shown> {
    let now = state.now();
    // Any ledger will do: nothing is read yet.
    let Some(ledger) = state.ledgers.any(connection).or_else(|| state.ledger(connection, now)) else { return vec![] };
    let shown = |account: &crate::world::Account| {
        let digits: Vec<char> = account.masked.chars().collect();
        Shown {
            id: account.id.to_string(),
            name: account.name.clone(),
            ending: digits[digits.len().saturating_sub(4)..].iter().collect(),
            balance: account.balance_in_words(),
        }
    };
    ledger.accounts.iter().map(shown).collect()
}

fn with_consent(state: &mut State, id: &str, visit: &Visit, draw: impl FnOnce(Form<'_>, Consent<'_>) -> String) -> Answer {
    let Some(connection) = &visit.connection else { return not_found() };
    let accounts = accounts_on_page(state, connection);
    let chosen = |id: &String| visit.ticked.as_ref().is_none_or(|ticked| ticked.contains(id));
    let choices: Vec<AccountChoice<'_>> = accounts
        .iter()
        .map(|shown| AccountChoice {
            id: &shown.id,
            name: &shown.name,
            ending: &shown.ending,
            balance: &shown.balance,
            chosen: chosen(&shown.id),
        })
        .collect();
    let source = state.connections.get(connection).and_then(|found| state.source(&found.bank));
    let institution = visit.institution.as_deref().and_then(|key| INSTITUTIONS.iter().find(|(known, _)| *known == key));
    let bank = institution.map(|(_, name)| *name).or(source.map(|source| source.name)).unwrap_or("Sandbox Bank");
    let logo = source.and_then(|source| source.bank).and_then(crate::world::Bank::logo_path);
    let company = state.companies.get(&visit.company).map_or("", |company| company.name.as_str());
    let action = format!("/link/visits/{id}");
    // Tells a form without ticks from a caller that knows nothing of accounts.
    let form = Form { action: &action, hidden: &[("ticked", "yes")] };
    let consent = Consent { bank, logo: logo.as_deref(), company, client: &state.options.client_name, accounts: &choices };
    Answer::page(200, draw(form, consent))
}

// --------------------------------------------------------------------------------------------------------- decisions

fn decide(state: &mut State, call: &Call, id: &str) -> Answer {
    let Some(mut visit) = state.visits.get(id).cloned() else { return not_found() };
    if visit.end.is_some() {
        return show(state, id);
    }
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(&call.body).into_owned().collect();
    let field = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let decision = field("decision").unwrap_or_default();
    if let Some(picked) = field("institution").filter(|_| decision != "cancel") {
        return pick(state, id, visit, picked);
    }
    let ticked: Vec<String> = fields.iter().filter(|(key, _)| key == "account").map(|(_, value)| value.clone()).collect();
    let asked_for_ticks = field("ticked").is_some() && matches!(decision, "authorise" | "approver");
    if asked_for_ticks && ticked.is_empty() && shows_accounts(state, &visit) {
        return show(state, id);
    }
    if !ticked.is_empty() {
        visit.ticked = Some(ticked);
    }
    let needs_another = state.switches.second_approver && !visit.awaits_approver;
    let end = match decision {
        "authorise" | "approver" if decision == "approver" || needs_another => {
            visit.awaits_approver = true;
            state.visits.insert(id.to_owned(), visit);
            return Answer::redirect(format!("/link/visits/{id}"));
        }
        "authorise" | "approve" => grant(state, &visit),
        "fail" => refuse(state, &visit, End::Failed),
        "unsupported" => refuse(state, &visit, End::Unsupported),
        "cancel" | "refuse" => refuse(state, &visit, End::Cancelled),
        _ => return show(state, id),
    };
    visit.end = Some(end);
    state.visits.insert(id.to_owned(), visit.clone());
    state.changed();
    way_back(state, &visit, end)
}

fn shows_accounts(state: &mut State, visit: &Visit) -> bool {
    visit.connection.as_ref().is_some_and(|connection| !accounts_on_page(state, connection).is_empty())
}

/// A bank was picked: on Plaid's page, or on Codat's own.
fn pick(state: &mut State, id: &str, mut visit: Visit, picked: &str) -> Answer {
    if visit.connection.is_some() {
        visit.institution = Some(picked.to_owned());
    } else if state.source(picked).is_some_and(|source| source.enabled) {
        visit.connection = Some(add_pending(state, &visit.company, picked));
        state.changed();
    }
    state.visits.insert(id.to_owned(), visit);
    Answer::redirect(format!("/link/visits/{id}"))
}

fn grant(state: &mut State, visit: &Visit) -> End {
    let delay = SignedDuration::from_secs(i64::from(state.switches.link_delay_seconds));
    let at = state.now().checked_add(delay).unwrap_or(jiff::Timestamp::MAX);
    let Some(id) = &visit.connection else { return End::NothingNew };
    let Some(found) = state.connections.get(id) else { return End::Failed };
    if found.status == LinkState::Linked {
        return End::NothingNew;
    }
    if !state.is_banking(&found.bank) && has_linked_accounting(state, &visit.company) {
        return refuse(state, visit, End::Failed);
    }
    let all = accounts_on_page(state, id).len();
    if let Some(connection) = state.connections.get_mut(id) {
        connection.shared = visit.ticked.clone().filter(|ticked| ticked.len() < all);
        connection.linking = Some(at);
    }
    // What was shown began with the day the connection was made; what is read begins with the day of consent.
    state.ledgers.forget(id);
    state.views.forget(id);
    state.agenda.add(at, Due::LinkTakesEffect(id.clone()));
    let further = state.switches.extra_connections as usize;
    let banks: Vec<String> =
        state.catalogue.banks().iter().filter(|bank| bank.enabled).map(|bank| bank.key.clone()).take(further).collect();
    for bank in banks {
        let extra = add_pending(state, &visit.company, &bank);
        if let Some(connection) = state.connections.get_mut(&extra) {
            connection.linking = Some(at);
        }
        state.agenda.add(at, Due::LinkTakesEffect(extra));
    }
    state.settle();
    End::Linked
}

fn refuse(state: &mut State, visit: &Visit, end: End) -> End {
    let (at, stop) = (state.now(), with_stop(state, visit));
    if let Some(connection) = visit.connection.as_ref().and_then(|id| state.connections.get_mut(id)) {
        let text = if end == End::Cancelled { "User cancelled linking" } else { end.message() };
        let message = if stop { end.message().trim_end_matches('.') } else { end.message() };
        let row = ErrorRow { code: end.code().into(), text: text.into(), message: Cow::Borrowed(message), at, resolved: None };
        connection.errors.insert(0, row);
    }
    end
}
