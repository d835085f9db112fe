//! The way back after a visit: by the client-wide template, or to a page of Codat's own.

use crate::answer::Answer;
use crate::pages::{Page, render};
use crate::state::{State, Visit};
use crate::switches::Redirect;

/// How a visit ended, as the redirect tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Linked,
    NothingNew,
    Cancelled,
    Failed,
    Unsupported,
}

impl End {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Linked => "200",
            Self::NothingNew => "201",
            Self::Cancelled => "403",
            Self::Failed => "500",
            Self::Unsupported => "501",
        }
    }

    pub(super) fn message(self) -> &'static str {
        match self {
            Self::Linked | Self::NothingNew => "",
            Self::Cancelled => "User cancelled.",
            Self::Failed => "Unknown error occurred.",
            Self::Unsupported => "Not supported.",
        }
    }
}

/// Whether a text about this connection comes with its full stop: the documents write it both ways.
pub(super) fn with_stop(state: &State, visit: &Visit) -> bool {
    let connection = visit.connection.as_ref().and_then(|id| state.connections.get(id));
    connection.is_none_or(|connection| connection.errors.len().is_multiple_of(2))
}

fn bank_name(state: &State, visit: &Visit) -> String {
    let connection = visit.connection.as_ref().and_then(|id| state.connections.get(id));
    connection.and_then(|found| state.source(&found.bank)).map_or_else(|| "The bank".to_owned(), |source| source.name.to_owned())
}

/// A page of Codat's own.
pub(super) fn end_page(state: &State, visit: &Visit, end: End) -> Answer {
    let company = state.companies.get(&visit.company).map_or("", |company| company.name.as_str());
    let bank = bank_name(state, visit);
    let page = match end {
        End::Linked | End::NothingNew => render(&Page::Success { company, bank: &bank }),
        End::Cancelled | End::Failed | End::Unsupported => render(&Page::NotConnected { company, bank: &bank, message: end.message() }),
    };
    Answer::page(200, page)
}

/// To the client-wide template, or to a page of Codat's own.
pub(super) fn way_back(state: &State, visit: &Visit, end: End) -> Answer {
    let Some(template) = state.redirect_url.as_ref().filter(|_| state.switches.redirect != Redirect::Never) else {
        return end_page(state, visit, end);
    };
    let connection = visit.connection.as_ref().and_then(|id| state.connections.get(id));
    let source = connection.and_then(|found| state.source(&found.bank));
    let message = if with_stop(state, visit) { end.message() } else { end.message().trim_end_matches('.') };
    let fill = |name: &str| -> String {
        match name {
            "clientId" => state.client_id().to_string(),
            "companyId" => visit.company.clone(),
            "connectionId" if end == End::NothingNew => String::new(),
            "connectionId" => visit.connection.clone().unwrap_or_default(),
            "integrationId" => source.map(|source| source.integration_id.to_string()).unwrap_or_default(),
            "sourceId" => source.map(|source| source.source_id.to_string()).unwrap_or_default(),
            "platform" => source.map(|source| source.key.to_owned()).unwrap_or_default(),
            "platformName" => source.map(|source| source.name.to_owned()).unwrap_or_default(),
            "sourceType" => source.map(|source| source.source_type().to_owned()).unwrap_or_default(),
            "statusCode" => end.code().into(),
            "errorMessage" | "statusText" => message.into(),
            other => visit.query.get(other).cloned().unwrap_or_default(),
        }
    };
    let target = fill_template(template, fill);
    let is_web = target.starts_with("http://") || target.starts_with("https://");
    if !is_web && !state.switches.custom_scheme_redirect {
        return refused_redirect(state, visit);
    }
    if authority(template).contains('{') && !state.allowed_redirects.iter().any(|allowed| target.starts_with(allowed.as_str())) {
        return refused_redirect(state, visit);
    }
    if state.switches.redirect_delay_seconds > 0 {
        let mut page = Answer::page(200, render(&Page::CloseTab { redirect: Some(&target) }));
        page.refresh = Some((state.switches.redirect_delay_seconds, target));
        return page;
    }
    // What opens another program leaves its tab behind: there must be something on it.
    let page = if is_web { String::new() } else { render(&Page::CloseTab { redirect: Some(&target) }) };
    Answer { location: Some(target), ..Answer::page(303, page) }
}

fn refused_redirect(state: &State, visit: &Visit) -> Answer {
    let company = state.companies.get(&visit.company).map_or("", |company| company.name.as_str());
    let page = Page::NotConnected { company, bank: &bank_name(state, visit), message: "The redirect address is not allowed." };
    Answer::page(400, render(&page))
}

/// The host part of an address or template.
fn authority(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
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
        // A space is %20 in every part of an address; a plus sign only in forms.
        let encoded: String = url::form_urlencoded::byte_serialize(value(name).as_bytes()).collect();
        out.push_str(&encoded.replace('+', "%20"));
        rest = later;
    }
    out.push_str(rest);
    out
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
        assert_eq!(fill_template("web+app://x?a={a}", value), "web+app://x?a=x%20y%26z", "the template itself stays as it is");
    }
}
