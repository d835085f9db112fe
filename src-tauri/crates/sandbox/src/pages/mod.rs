//! The HTML a customer sees in the sandbox: the bank's pages and Codat's. Self-contained documents without scripts;
//! every choice is a plain form POST. What a choice does is decided by the caller.
//!
//! Fields a page posts: `decision` = `authorise` | `cancel` | `fail` | `unsupported` | `approver` (consent page), or
//! `approve` | `refuse` (second approver), or `continue` | `cancel` (choosing an institution) or `continue` (waiting for
//! the approver); `account` once per ticked account (its id); `institution`; plus the hidden fields the caller gave.
//! Buttons carry the decision as their `id` too, for tests that press them.

mod html;

use html::{Html, initials};

/// A page and what is to stand on it. All text is escaped when rendered.
#[derive(Clone, Debug)]
pub enum Page<'a> {
    /// Plaid mode: the customer picks the bank first. Posts `institution` with `decision=continue`, or `decision=cancel`.
    ChooseInstitution(Form<'a>, &'a [Institution<'a>]),
    /// The bank asks for consent.
    Authorise(Form<'a>, Consent<'a>),
    /// Another person must approve: what they see. Posts `decision=approve` or `refuse`.
    SecondApprover(Form<'a>, Consent<'a>),
    /// Waits for the other person; its button (`decision=continue`) leads to the second approver's page.
    AwaitingApprover(Form<'a>, Consent<'a>),
    /// The link was used or is older than 24 hours.
    ExpiredLink {
        /// What was being connected, when known.
        company: Option<&'a str>,
    },
    /// Codat's own end of the journey, when no redirect is set.
    Success {
        /// The business.
        company: &'a str,
        /// The bank.
        bank: &'a str,
    },
    /// Codat's own end when nothing was connected.
    NotConnected {
        /// The business.
        company: &'a str,
        /// The bank.
        bank: &'a str,
        /// `User cancelled` and the like, as the redirect would carry it.
        message: &'a str,
    },
    /// The redirect went elsewhere (a custom scheme): this tab has done its work.
    CloseTab {
        /// Where the redirect went, offered as a link for when nothing opened. Addresses that run code are left out.
        redirect: Option<&'a str>,
    },
    /// Nothing lives here.
    NotFound,
}

/// Where a page's choice goes.
#[derive(Clone, Debug)]
pub struct Form<'a> {
    /// Address the form is posted to.
    pub action: &'a str,
    /// Hidden fields sent along.
    pub hidden: &'a [(&'a str, &'a str)],
}

/// An institution of Plaid mode.
#[derive(Clone, Debug)]
pub struct Institution<'a> {
    /// What is posted.
    pub key: &'a str,
    /// What is read.
    pub name: &'a str,
}

/// What the customer is asked to share.
#[derive(Clone, Debug)]
pub struct Consent<'a> {
    /// The bank's name.
    pub bank: &'a str,
    /// Address of the bank's logo.
    pub logo: Option<&'a str>,
    /// The business that is asked.
    pub company: &'a str,
    /// Who asks: the Codat client's name.
    pub client: &'a str,
    /// The accounts to choose from.
    pub accounts: &'a [AccountChoice<'a>],
}

/// One account on the consent page.
#[derive(Clone, Debug)]
pub struct AccountChoice<'a> {
    /// What is posted.
    pub id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its last digits, for example `4417`.
    pub ending: &'a str,
    /// Balance with its currency, ready to read, for example `12,403.11 GBP`.
    pub balance: &'a str,
    /// Ticked at first.
    pub chosen: bool,
}

/// The page as one HTML document.
#[must_use]
pub fn render(page: &Page<'_>) -> String {
    match page {
        Page::ChooseInstitution(form, institutions) => choose(form, institutions),
        Page::Authorise(form, consent) => authorise(form, consent),
        Page::SecondApprover(form, consent) => second_approver(form, consent),
        Page::AwaitingApprover(form, consent) => awaiting(form, consent),
        Page::ExpiredLink { company } => expired(*company),
        Page::Success { company, bank } => success(company, bank),
        Page::NotConnected { company, bank, message } => not_connected(company, bank, message),
        Page::CloseTab { redirect } => close_tab(*redirect),
        Page::NotFound => not_found(),
    }
}

/// Rings of the design, 40 px: what happened, in a shape.
const MOORED: &str = r#"<svg class="ok" viewBox="0 0 14 14" fill="none" stroke="currentColor" stroke-width="1.1" aria-hidden="true"><circle cx="7" cy="7" r="5.9"/><circle cx="7" cy="7" r="2.5" fill="currentColor" stroke="none"/></svg>"#;
const WAITING: &str = r#"<svg class="wait" viewBox="0 0 14 14" fill="none" stroke="currentColor" stroke-width="1.1" stroke-linecap="round" aria-hidden="true"><path d="M7 1.1A5.9 5.9 0 1 1 1.100 7"/><circle cx="7" cy="7" r="1.2" fill="currentColor" stroke="none"/></svg>"#;
const CROSSED: &str = r#"<svg class="bad" viewBox="0 0 14 14" fill="none" stroke="currentColor" stroke-width="1.1" stroke-linecap="round" aria-hidden="true"><circle cx="7" cy="7" r="5.900"/><path d="m5.200 5.200 3.600 3.600m0-3.600-3.600 3.600"/></svg>"#;
const DOTTED: &str = r#"<svg class="idle" viewBox="0 0 14 14" fill="none" stroke="currentColor" stroke-width="1.1" stroke-linecap="round" stroke-dasharray=".1 2.65" aria-hidden="true"><circle cx="7" cy="7" r="5.900"/></svg>"#;

fn authorise(form: &Form<'_>, consent: &Consent<'_>) -> String {
    let mut page = Html::open("Share your accounts", consent.bank);
    page.form(form);
    page.raw(r#"<div class="card"><div class="pad">"#);
    way(&mut page, consent);
    page.raw("<h1>").text(consent.client).raw(" asks to read your accounts at ").text(consent.bank).raw("</h1>");
    page.raw(r#"<p class="lead">You are signed in for <b>"#).text(consent.company).raw("</b>. Tick what may be read. ");
    page.raw("Nobody can move money with this.</p></div>");
    page.raw("<fieldset><legend>Accounts</legend>");
    for (index, account) in consent.accounts.iter().enumerate() {
        account_row(&mut page, index, account);
    }
    if consent.accounts.is_empty() {
        page.raw(r#"<p class="row">There are no accounts here that could be shared.</p>"#);
    }
    page.raw("</fieldset>");
    page.raw(r#"<ul class="facts small"><li><span>What</span>Balances and transactions, up to two years back</li>"#);
    page.raw("<li><span>For how long</span>90 days, then you are asked again</li>");
    page.raw("<li><span>Who sees it</span><div>").text(consent.client).raw(", through Codat</div></li></ul>");
    page.raw(r#"<div class="acts">"#);
    page.button("authorise", "primary", "Authorise").button("cancel", "", "Cancel");
    page.raw(r#"</div></div><section class="also" aria-labelledby="try"><h2 id="try">Try another ending</h2>"#);
    page.raw(r#"<p class="small">Real banks sometimes do these. Here you may choose.</p><div class="list">"#);
    page.button("approver", "", "Another person must approve");
    page.button("fail", "", "Something goes wrong").button("unsupported", "", "Not supported");
    page.raw("</div></section></form>");
    page.close()
}

fn account_row(page: &mut Html, index: usize, account: &AccountChoice<'_>) {
    let checked = if account.chosen { " checked" } else { "" };
    page.raw(&format!(r#"<label class="row" for="account-{index}"><input type="checkbox" id="account-{index}" name="account""#));
    page.raw(checked).raw(r#" value=""#).text(account.id).raw(r#""><span class="name"><b>"#).text(account.name).raw("</b>");
    if !account.ending.is_empty() {
        page.raw(r#"<span class="small">Ending "#).text(account.ending).raw("</span>");
    }
    page.raw(r#"</span><span class="sum">"#).text(account.balance).raw("</span></label>");
}

/// The client, the rope, the bank.
fn way(page: &mut Html, consent: &Consent<'_>) {
    page.raw(r#"<div class="way" aria-hidden="true"><span class="plate">"#).text(&initials(consent.client));
    page.raw(r#"</span><span class="rope"></span><span class="plate">"#);
    match consent.logo {
        Some(logo) => page.raw(r#"<img alt="" src=""#).text(logo).raw(r#"">"#),
        None => page.text(&initials(consent.bank)),
    };
    page.raw("</span></div>");
}

fn second_approver(form: &Form<'_>, consent: &Consent<'_>) -> String {
    let mut page = Html::open("Approve a colleague's request", consent.bank);
    page.form(form);
    page.raw(r#"<div class="card"><div class="pad">"#);
    way(&mut page, consent);
    page.raw("<h1>A colleague wants to share ").text(consent.company).raw("’s accounts</h1>");
    page.raw(r#"<p class="lead">At "#).text(consent.bank).raw(", two people decide about this. <b>").text(consent.client);
    page.raw("</b> would read the balances and transactions of these accounts. Nobody can move money with it.</p></div>");
    for account in consent.accounts.iter().filter(|account| account.chosen) {
        page.raw(r#"<div class="row"><span class="name"><b>"#).text(account.name).raw("</b>");
        page.raw(r#"<span class="small">Ending "#).text(account.ending).raw(r#"</span></span><span class="sum">"#);
        page.text(account.balance).raw("</span></div>");
    }
    page.raw(r#"<div class="acts">"#);
    page.button("approve", "primary", "Approve").button("refuse", "", "Refuse");
    page.raw("</div></div></form>");
    page.close()
}

fn awaiting(form: &Form<'_>, consent: &Consent<'_>) -> String {
    let mut page = Html::open("Another person must approve", consent.bank);
    page.form(form);
    page.raw(r#"<div class="card"><div class="pad state">"#).raw(WAITING).raw("<div><h1>Another person must approve</h1>");
    page.raw(r#"<p class="lead"><b>"#).text(consent.bank).raw("</b> has asked a second person at <b>").text(consent.company);
    page.raw("</b>. Nothing is shared until they agree. You may close this tab; their answer counts whenever it comes.</p></div></div>");
    page.raw(r#"<div class="acts">"#).button("continue", "", "Be the second person").raw("</div></div></form>");
    page.close()
}

fn choose(form: &Form<'_>, institutions: &[Institution<'_>]) -> String {
    let mut page = Html::open("Choose your bank", "Plaid, played by the sandbox");
    page.form(form);
    page.raw(r#"<div class="card"><div class="pad"><h1>Which bank do you use?</h1>"#);
    page.raw(r#"<p class="lead">With this provider the customer chooses the bank here.</p></div>"#);
    page.raw(r#"<fieldset><legend class="vh">Banks</legend>"#);
    for (index, institution) in institutions.iter().enumerate() {
        let checked = if index == 0 { " checked" } else { "" };
        page.raw(&format!(
            r#"<label class="row" for="bank-{index}"><input type="radio" id="bank-{index}" name="institution"{checked} value=""#
        ));
        page.text(institution.key).raw(r#""><span class="plate" style="width:40px;height:40px;font-size:.875rem" aria-hidden="true">"#);
        page.text(&initials(institution.name)).raw(r#"</span><span class="name"><b>"#).text(institution.name).raw("</b></span></label>");
    }
    page.raw(r#"</fieldset><div class="acts">"#);
    page.button("continue", "primary", "Continue").button("cancel", "", "Cancel");
    page.raw("</div></div></form>");
    page.close()
}

fn expired(company: Option<&str>) -> String {
    let mut page = Html::open("This link has ended", "");
    page.raw(r#"<div class="card"><div class="pad state">"#).raw(DOTTED).raw("<div><h1>This link has ended</h1>");
    page.raw(r#"<p class="lead">A link opens once and lives for 24 hours. Nothing was shared"#);
    if let Some(company) = company {
        page.raw(" for <b>").text(company).raw("</b>");
    }
    page.raw(".</p>");
    page.raw(r#"<p class="lead">Ask whoever sent it for a fresh one; that takes them a moment.</p></div></div></div>"#);
    page.close()
}

fn success(company: &str, bank: &str) -> String {
    let mut page = Html::open("Connected", "");
    page.raw(r#"<div class="card"><div class="pad state">"#).raw(MOORED).raw("<div><h1>").text(bank).raw(" is connected</h1>");
    page.raw(r#"<p class="lead"><b>"#).text(company).raw("</b> shares its accounts now. You can close this tab.</p></div></div></div>");
    page.close()
}

fn not_connected(company: &str, bank: &str, message: &str) -> String {
    let mut page = Html::open("Not connected", "");
    page.raw(r#"<div class="card"><div class="pad state">"#).raw(CROSSED).raw("<div><h1>").text(bank).raw(" is not connected</h1>");
    page.raw(r#"<p class="lead">Nothing was shared for <b>"#).text(company).raw("</b>. The link can be opened again.</p>");
    page.raw(r#"<p class="quote small">"#).text(message).raw("</p></div></div></div>");
    page.close()
}

fn close_tab(redirect: Option<&str>) -> String {
    let mut page = Html::open("You can close this tab", "");
    page.raw(r#"<div class="card"><div class="pad state">"#).raw(MOORED).raw("<div><h1>You can close this tab</h1>");
    page.raw(r#"<p class="lead">The bank has answered, and the answer is on its way back to where you started.</p>"#);
    if let Some(address) = redirect.filter(|address| html::is_harmless(address)) {
        page.raw(r#"<p class="lead small">Nothing opened? <a id="return" href=""#).text(address).raw(r#"">Return by hand</a></p>"#);
    }
    page.raw("</div></div></div>");
    page.close()
}

fn not_found() -> String {
    let mut page = Html::open("Nothing here", "");
    page.raw(r#"<div class="card"><div class="pad state">"#).raw(DOTTED).raw("<div><h1>Nothing lives at this address</h1>");
    page.raw(r#"<p class="lead">The link may have been cut when it was copied. Ask for it again.</p></div></div></div>"#);
    page.close()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NASTY: &str = r#"<script>alert("x")</script> & 'Söhne'"#;

    fn every_page<'a>(
        text: &'a str,
        accounts: &'a [AccountChoice<'a>],
        institutions: &'a [Institution<'a>],
        hidden: &'a [(&'a str, &'a str)],
    ) -> Vec<Page<'a>> {
        let form = Form { action: text, hidden };
        let consent = Consent { bank: text, logo: Some(text), company: text, client: text, accounts };
        vec![
            Page::ChooseInstitution(form.clone(), institutions),
            Page::Authorise(form.clone(), consent.clone()),
            Page::Authorise(form.clone(), Consent { logo: None, accounts: &[], ..consent.clone() }),
            Page::SecondApprover(form.clone(), consent.clone()),
            Page::AwaitingApprover(form, consent),
            Page::ExpiredLink { company: Some(text) },
            Page::Success { company: text, bank: text },
            Page::NotConnected { company: text, bank: text, message: text },
            Page::CloseTab { redirect: Some(text) },
            Page::NotFound,
        ]
    }

    #[test]
    fn whatever_text_comes_it_stays_text() {
        let accounts = [AccountChoice { id: NASTY, name: NASTY, ending: NASTY, balance: NASTY, chosen: true }];
        let institutions = [Institution { key: NASTY, name: NASTY }];
        for page in every_page(NASTY, &accounts, &institutions, &[(NASTY, NASTY)]) {
            let html = render(&page);
            assert!(!html.contains("<script"), "text from outside never becomes a tag: {page:?}");
            assert!(!html.contains(r#"("x")"#), "nor leaves its attribute");
            assert!(html.starts_with("<!doctype html>") && html.ends_with("</html>"));
            for tag in ["form", "div", "fieldset", "label", "section", "main", "h1", "p", "span", "ul", "li"] {
                let (open, closed) = (
                    html.matches(&format!("<{tag}>")).count() + html.matches(&format!("<{tag} ")).count(),
                    html.matches(&format!("</{tag}>")).count(),
                );
                assert_eq!(open, closed, "<{tag}> is balanced in {page:?}");
            }
        }
    }

    #[test]
    fn every_page_says_that_nothing_is_real() {
        for page in every_page("x", &[], &[], &[]) {
            let html = render(&page);
            assert!(html.contains("Sandbox bank: no real data"), "{page:?}");
            assert_eq!(html.matches("<h1").count(), 1, "one heading a page, for those who listen");
        }
    }

    #[test]
    fn the_consent_page_posts_what_was_chosen() {
        let accounts = [AccountChoice { id: "a-1", name: "Business Current", ending: "4417", balance: "1.00 GBP", chosen: true }];
        let consent = Consent { bank: "Demo Bank", logo: None, company: "Alder", client: "Harbourline", accounts: &accounts };
        let html = render(&Page::Authorise(Form { action: "/bank/1", hidden: &[("otp", "123456")] }, consent));
        for part in [
            r#"<form method="post" action="/bank/1">"#,
            r#"<input type="hidden" name="otp" value="123456">"#,
            r#"name="account" checked value="a-1""#,
            r#"name="decision" value="authorise""#,
            r#"name="decision" value="cancel""#,
            r#"name="decision" value="fail""#,
            r#"name="decision" value="unsupported""#,
            r#"name="decision" value="approver""#,
        ] {
            assert!(html.contains(part), "{part}");
        }
    }

    #[test]
    fn addresses_that_run_code_are_not_offered() {
        for (address, offered) in [
            ("fairlead://return?state=1", true),
            ("http://127.0.0.1:1/return", true),
            (" JavaScript:alert(1)", false),
            ("data:text/html,x", false),
        ] {
            assert_eq!(render(&Page::CloseTab { redirect: Some(address) }).contains("id=\"return\""), offered, "{address}");
        }
    }
}
