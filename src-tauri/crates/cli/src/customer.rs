//! The customer of the demo: what a browser does with a link, without one.

use crate::answer::Failure;
use reqwest::header::LOCATION;
use url::Url;

/// Follows the link to the bank's page, agrees there, and gives the address it is sent back to.
pub(crate) async fn authorise(link: &str) -> Result<String, Failure> {
    let browser =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().map_err(|error| lost(&error))?;
    let start = Url::parse(link).map_err(|_| Failure::failed("internal", "The sandbox sent a link that is no address."))?;
    let first = browser.get(start.clone()).send().await.map_err(|error| lost(&error))?;
    let mut page = start.join(&location(&first)?).map_err(|_| unexpected("its link leads nowhere"))?;
    // A Plaid-like sandbox first asks for the bank; then comes the consent.
    for _ in 0..3 {
        let html = browser.get(page.clone()).send().await.map_err(|error| lost(&error))?;
        let html = html.text().await.map_err(|error| lost(&error))?;
        let action = attribute(&html, "<form", "action").ok_or_else(|| unexpected("its page holds no form"))?;
        let target = page.join(&action).map_err(|_| unexpected("its form leads nowhere"))?;
        let fields = fields(&html);
        let answer = browser.post(target.clone()).form(&fields).send().await.map_err(|error| lost(&error))?;
        let to = target.join(&location(&answer)?).map_err(|_| unexpected("it sent the customer nowhere"))?;
        if to.origin() != start.origin() {
            return Ok(to.into());
        }
        page = to;
    }
    Err(unexpected("it never let the customer go"))
}

/// What the customer sends: every hidden field, every account that is ticked, and consent or the first bank offered.
fn fields(html: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = html
        .split("<input")
        .skip(1)
        .filter_map(|input| {
            let tag = input.split('>').next()?;
            let kind = attribute(tag, "", "type").unwrap_or_default();
            let sent = kind == "hidden" || (kind == "checkbox" && tag.contains(" checked"));
            if sent { Some((attribute(tag, "", "name")?, attribute(tag, "", "value").unwrap_or_default())) } else { None }
        })
        .collect();
    let buttons = || {
        html.split("<button").skip(1).filter_map(|button| {
            let tag = button.split('>').next()?;
            Some((attribute(tag, "", "name")?, attribute(tag, "", "value")?))
        })
    };
    let consent = buttons().find(|(name, value)| name == "decision" && (value == "authorise" || value == "approve"));
    fields.extend(consent.or_else(|| buttons().next()));
    fields
}

fn attribute(html: &str, tag: &str, name: &str) -> Option<String> {
    let from = html.find(tag)? + tag.len();
    let tag = html[from..].split('>').next()?;
    let value = tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?;
    Some(value.replace("&amp;", "&").replace("&#39;", "'").replace("&quot;", "\""))
}

fn location(answer: &reqwest::Response) -> Result<String, Failure> {
    let to = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok());
    to.map(str::to_owned).ok_or_else(|| unexpected(&format!("it answered {} where it should lead on", answer.status())))
}

fn unexpected(what: &str) -> Failure {
    Failure::failed("internal", format!("The sandbox's bank page did something unexpected: {what}."))
}

fn lost(_error: &reqwest::Error) -> Failure {
    // The error's own text holds the address, which holds the link's password.
    Failure::failed("offline", "The sandbox's bank page did not answer.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_filled_in_as_a_browser_would() {
        let html = r#"<form method="post" action="/link/visits/1?a=1&amp;b=2"><input type="hidden" name="v" value="7">
            <input type="checkbox" name="account" checked value="a1"><input type="checkbox" name="account" value="a2">
            <button name="decision" value="cancel">Cancel</button><button class="primary" name="decision" value="authorise">Share</button></form>"#;
        let sent = fields(html);
        let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(sent, [("v", "7"), ("account", "a1"), ("decision", "authorise")]);
        assert_eq!(attribute(html, "<form", "action").as_deref(), Some("/link/visits/1?a=1&b=2"));
    }
}
