//! What the customer walks through: the link, the bank's pages, the way back.

use crate::answer::Answer;
use crate::api::{add_pending, picks_bank_there};
use crate::pages::{AccountChoice, Consent, Form, Institution, Page, render};
use crate::server::Call;
use crate::state::{ErrorRow, LinkState, State, Visit};
use jiff::SignedDuration;
use std::collections::BTreeMap;

/// How a visit ended, as the redirect tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Linked,
    NothingNew,
    Cancelled,
    Failed,
    Unsupported,
}

impl End {
    fn code(self) -> &'static str {
        match self {
            Self::Linked => "200",
            Self::NothingNew => "201",
            Self::Cancelled => "403",
            Self::Failed => "500",
            Self::Unsupported => "501",
        }
    }

    fn message(self) -> &'static str {
        match self {
            Self::Linked | Self::NothingNew => "",
            Self::Cancelled => "User cancelled.",
            Self::Failed => "Unknown error occurred.",
            Self::Unsupported => "Not supported.",
        }
    }
}

const INSTITUTIONS: [(&str, &str); 6] = [
    ("first_platypus", "First Platypus Bank"),
    ("tartan", "Tartan Bank"),
    ("houndstooth", "Houndstooth Bank"),
    ("gingham", "Gingham Credit Union"),
    ("tattersall", "Tattersall Federal"),
    ("windowpane", "Windowpane Bank"),
];

pub(crate) fn answer(state: &mut State, call: &Call) -> Answer {
    state.settle();
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    match (call.method.as_str(), segments.as_slice()) {
        ("GET", ["logos", file]) => logo(state, file),
        ("GET", ["link", "companies", company, "connections", connection, "start"]) => start(state, call, company, connection),
        ("GET", ["link", "visits", visit]) => show(state, visit),
        ("POST", ["link", "visits", visit]) => decide(state, call, visit),
        ("GET", ["link", "visits", visit, "approver"]) => approver(state, visit),
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

fn start(state: &mut State, call: &Call, company: &str, connection: &str) -> Answer {
    let now = state.now();
    let Some(found) = state.connections.get_mut(connection).filter(|found| found.company == company) else { return not_found() };
    if state.switches.one_time_links {
        let sent = call.param("otp").unwrap_or_default();
        let good = found.otp.as_ref().is_some_and(|(otp, made)| otp == sent && now.duration_since(*made).as_hours() < 24);
        if !good {
            let company = state.companies.get(company).map(|company| company.name.clone());
            return Answer::page(410, render(&Page::ExpiredLink { company: company.as_deref() }));
        }
        // Works once: from here on only the visit counts.
        found.otp = None;
    }
    let query: BTreeMap<String, String> =
        call.query.iter().filter(|(name, _)| name != "otp" && !name.starts_with("link.")).cloned().collect();
    let visit = state.fresh_id();
    state.visits.insert(visit.clone(), Visit { company: company.to_owned(), connection: connection.to_owned(), query, institution: None });
    Answer::redirect(format!("/link/visits/{visit}"))
}

/// What the bank would list, before anything was read.
fn accounts_on_page(state: &mut State, connection: &str) -> Vec<(String, String, String, String)> {
    let now = state.now();
    let Some(ledger) = state.ledger(connection, now) else { return vec![] };
    ledger
        .accounts
        .iter()
        .map(|account| {
            let ending: String = account.masked.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
            (account.id.to_string(), account.name.clone(), ending, account.balance_in_words())
        })
        .collect()
}

fn with_consent(state: &mut State, id: &str, draw: impl FnOnce(Form<'_>, Consent<'_>) -> String) -> Answer {
    let Some(visit) = state.visits.get(id).cloned() else { return not_found() };
    let accounts = accounts_on_page(state, &visit.connection);
    let choices: Vec<AccountChoice<'_>> =
        accounts.iter().map(|(id, name, ending, balance)| AccountChoice { id, name, ending, balance, chosen: true }).collect();
    let bank = state.connections.get(&visit.connection).and_then(|found| state.bank(&found.bank));
    let institution =
        visit.institution.as_deref().and_then(|key| INSTITUTIONS.iter().find(|(known, _)| *known == key)).map(|(_, name)| *name);
    let company = state.companies.get(&visit.company).map(|company| company.name.clone()).unwrap_or_default();
    let logo = bank.and_then(crate::world::Bank::logo_path);
    let action = format!("/link/visits/{id}");
    let form = Form { action: &action, hidden: &[] };
    let name = institution.or(bank.map(|bank| bank.name.as_str())).unwrap_or("Sandbox Bank");
    let consent = Consent { bank: name, logo: logo.as_deref(), company: &company, client: &state.options.client_name, accounts: &choices };
    Answer::page(200, draw(form, consent))
}

fn show(state: &mut State, id: &str) -> Answer {
    let Some(visit) = state.visits.get(id).cloned() else { return not_found() };
    if picks_bank_there(state) && visit.institution.is_none() {
        let action = format!("/link/visits/{id}");
        let list: Vec<Institution<'_>> = INSTITUTIONS.iter().map(|(key, name)| Institution { key, name }).collect();
        return Answer::page(200, render(&Page::ChooseInstitution(Form { action: &action, hidden: &[] }, &list)));
    }
    with_consent(state, id, |form, consent| render(&Page::Authorise(form, consent)))
}

fn approver(state: &mut State, id: &str) -> Answer {
    with_consent(state, id, |form, consent| render(&Page::SecondApprover(form, consent)))
}

fn decide(state: &mut State, call: &Call, id: &str) -> Answer {
    let Some(visit) = state.visits.get(id).cloned() else { return not_found() };
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(&call.body).into_owned().collect();
    let field = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    if let Some(institution) = field("institution") {
        if let Some(visit) = state.visits.get_mut(id) {
            visit.institution = Some(institution.to_owned());
        }
        return Answer::redirect(format!("/link/visits/{id}"));
    }
    let end = match field("decision").unwrap_or_default() {
        "approver" => {
            let action = format!("/link/visits/{id}/approver");
            return with_consent(state, id, |form, consent| render(&Page::AwaitingApprover(Form { action: &action, ..form }, consent)));
        }
        "authorise" | "approve" => grant(state, &visit),
        "fail" => refuse(state, &visit, End::Failed),
        "unsupported" => refuse(state, &visit, End::Unsupported),
        "cancel" | "refuse" => refuse(state, &visit, End::Cancelled),
        _ => return show(state, id),
    };
    state.visits.remove(id);
    state.save();
    way_back(state, &visit, end)
}

fn grant(state: &mut State, visit: &Visit) -> End {
    let takes_effect =
        state.now().checked_add(SignedDuration::from_secs(i64::from(state.switches.link_delay_seconds))).unwrap_or(jiff::Timestamp::MAX);
    let Some(connection) = state.connections.get_mut(&visit.connection) else { return End::Failed };
    if connection.status == LinkState::Linked {
        return End::NothingNew;
    }
    connection.linking = Some(takes_effect);
    let banks: Vec<String> = state
        .catalogue
        .banks()
        .iter()
        .filter(|bank| bank.enabled)
        .map(|bank| bank.key.clone())
        .take(state.switches.extra_connections as usize)
        .collect();
    for bank in banks {
        let extra = add_pending(state, &visit.company, &bank);
        if let Some(extra) = state.connections.get_mut(&extra) {
            extra.linking = Some(takes_effect);
        }
    }
    state.settle();
    End::Linked
}

fn refuse(state: &mut State, visit: &Visit, end: End) -> End {
    let at = state.now();
    if let Some(connection) = state.connections.get_mut(&visit.connection) {
        let text = if end == End::Cancelled { "User cancelled linking" } else { end.message() };
        // The documents write it with and without the full stop.
        let message = if connection.errors.len().is_multiple_of(2) { end.message().trim_end_matches('.') } else { end.message() };
        connection.errors.insert(0, ErrorRow { code: end.code().into(), text: text.into(), message: message.into(), at, resolved: None });
    }
    end
}

/// To the client-wide template, or to a page of Codat's own.
fn way_back(state: &State, visit: &Visit, end: End) -> Answer {
    let company = state.companies.get(&visit.company).map(|company| company.name.clone()).unwrap_or_default();
    let bank = state.connections.get(&visit.connection).and_then(|found| state.bank(&found.bank));
    let bank_name = bank.map_or("the bank", |bank| bank.name.as_str());
    let Some(template) = &state.redirect_url else {
        return Answer::page(
            200,
            match end {
                End::Linked | End::NothingNew => render(&Page::Success { company: &company, bank: bank_name }),
                _ => render(&Page::NotConnected { company: &company, bank: bank_name, message: end.message() }),
            },
        );
    };
    let fill = |name: &str| -> String {
        match name {
            "clientId" => crate::state::guid(state.options.seed, &[0xc1]).to_string(),
            "companyId" => visit.company.clone(),
            "connectionId" if end == End::NothingNew => String::new(),
            "connectionId" => visit.connection.clone(),
            "integrationId" => bank.map(|bank| bank.integration_id.to_string()).unwrap_or_default(),
            "sourceId" => bank.map(|bank| bank.source_id.to_string()).unwrap_or_default(),
            "platform" => bank.map(|bank| bank.key.clone()).unwrap_or_default(),
            "platformName" => bank_name.to_owned(),
            "sourceType" => "Banking".into(),
            "statusCode" => end.code().into(),
            "errorMessage" | "statusText" => end.message().into(),
            other => visit.query.get(other).cloned().unwrap_or_default(),
        }
    };
    let target = fill_template(template, fill);
    let is_web = target.starts_with("http://") || target.starts_with("https://");
    if is_web {
        return Answer::redirect(target);
    }
    if state.switches.custom_scheme_redirect {
        let mut page = Answer::page(303, render(&Page::CloseTab { redirect: Some(&target) }));
        page.location = Some(target);
        return page;
    }
    Answer::page(400, render(&Page::NotConnected { company: &company, bank: bank_name, message: "The redirect address is not allowed." }))
}

/// Replaces `{name}` by its value, percent-encoded.
fn fill_template(template: &str, value: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(template.len() + 160);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, later)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        out.extend(url::form_urlencoded::byte_serialize(value(name).as_bytes()));
        rest = later;
    }
    out.push_str(rest);
    // A space is %20 in every part of an address; a plus sign only in forms.
    out.replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s40_placeholders_are_filled_encoded_and_case_sensitive() {
        let value = |name: &str| match name {
            "a" => "x y&z".to_owned(),
            "state" => "tok-_9".to_owned(),
            _ => String::new(),
        };
        assert_eq!(fill_template("app://return?v={a}&s={state}&n={A}", value), "app://return?v=x%20y%26z&s=tok-_9&n=");
        assert_eq!(fill_template("https://x/{open", value), "https://x/{open");
    }
}
