//! The HTML a customer sees in the sandbox: the bank's pages and Codat's. Self-contained documents without scripts;
//! every choice is a plain form POST. What a choice does is decided by the caller.
//!
//! Fields a page posts: `decision` = `authorise` | `cancel` | `fail` | `unsupported` | `approver` (first page), or
//! `approve` | `refuse` (second approver), or `continue`; `account` once per ticked account (its id); on the page that
//! chooses an institution, `institution`; plus the hidden fields the caller gave.

/// A page and what is to stand on it. All text is escaped when rendered.
#[derive(Clone, Debug)]
pub enum Page<'a> {
    /// Plaid mode: the customer picks the bank first. Posts `institution`, or `decision=cancel`.
    ChooseInstitution(Form<'a>, &'a [Institution<'a>]),
    /// The bank asks for consent.
    Authorise(Form<'a>, Consent<'a>),
    /// Another person must approve: what they see. Posts `decision=approve|refuse`.
    SecondApprover(Form<'a>, Consent<'a>),
    /// Waits for the other person; offers a link to the second approver's page (`action` of the form).
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
        /// Where the redirect went, offered as a link for when nothing opened. Only shown, never followed.
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
pub fn render(_page: &Page<'_>) -> String {
    String::new()
}
