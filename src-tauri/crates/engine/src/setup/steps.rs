//! What has to be done on each way, in order. Pure data: whose turn, where, what to take along, and what of it Codat itself can show.

use crate::view::SetupPath;
use say::later;

/// What Codat shows of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// It takes the key.
    Key,
    /// Banks of TrueLayer can be offered.
    Banks,
    /// Plaid can be offered.
    Plaid,
    /// Anything can be offered.
    AnySource,
    /// The four types are read as soon as a bank is linked.
    FirstLink,
    /// Customers are sent back to here.
    Redirect,
    /// A bank is linked.
    FirstBank,
}

/// A text to take along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Take {
    /// The same for everybody.
    Text(&'static str, &'static str),
    /// The redirect template of the chosen doorbell.
    Template,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) key: &'static str,
    pub(super) title: &'static str,
    pub(super) whose: &'static str,
    pub(super) says: &'static str,
    pub(super) expect: Option<&'static str>,
    /// Label and address.
    pub(super) page: Option<(&'static str, &'static str)>,
    pub(super) take: &'static [Take],
    pub(super) proof: Option<Proof>,
}

const STEP: Step = Step { key: "", title: "", whose: later!("You"), says: "", expect: None, page: None, take: &[], proof: None };

const KEY: Step = Step {
    key: "key",
    title: later!("Take an API key from Codat"),
    says: later!("An administrator or a developer of your Codat client makes one and enters it in Fairlead\u{2019}s key window."),
    page: Some((later!("API keys in Codat\u{2019}s Portal"), "https://app.codat.io/developers/api-keys")),
    proof: Some(Proof::Key),
    ..STEP
};

/// Points to the question and to who answers it; an answer would be legal advice.
const AGENT: Step = Step {
    key: "agent",
    title: later!("Settle whether an agent agreement is needed"),
    whose: later!("Your legal team, with Codat"),
    says: later!(
        "It depends on whether customers are shown their own bank data, and on your firm\u{2019}s permissions. Fairlead shows data to your \
           staff only. Codat explains the two cases; Fairlead gives no legal advice."
    ),
    expect: Some(later!("Codat names 3 to 4 working days for an ordinary registration and about 15 for an agent\u{2019}s.")),
    page: Some((later!("Codat on banking integrations"), "https://docs.codat.io/integrations/banking/overview")),
    ..STEP
};

const TELL: Step = Step {
    key: "tell",
    title: later!("Tell your account manager at Codat"),
    says: later!("Say that you want TrueLayer through Codat, for which countries, and who will see the data."),
    expect: Some(later!("They answer with the agreement that fits.")),
    take: &[Take::Text(
        later!("Text for the mail"),
        later!(
            "We would like to use TrueLayer through Codat for our business customers\u{2019} bank accounts. Countries: … The data is seen by our \
         staff only, for lending decisions. Which agreement do we need, and what do you need from us?"
        ),
    )],
    ..STEP
};

const AGREEMENT: Step = Step {
    key: "agreement",
    title: later!("Sign the agreement"),
    whose: later!("You and Codat"),
    says: later!("Codat sends it. Mark it as waiting while it is with somebody else, so that everybody sees since when."),
    ..STEP
};

const ACCOUNT: Step = Step {
    key: "account",
    title: later!("Make a TrueLayer developer account"),
    says: later!("Register with the very e-mail address that you gave to Codat: it is how the two are brought together."),
    page: Some((later!("TrueLayer\u{2019}s console"), "https://console.truelayer.com/")),
    ..STEP
};

const GO_AHEAD: Step = Step {
    key: "goAhead",
    title: later!("Wait for Codat Support\u{2019}s go-ahead"),
    whose: later!("Codat"),
    says: later!("Codat Support registers you and writes when TrueLayer can be configured. Until then the Portal cannot enable it."),
    ..STEP
};

const CONSOLE: Step = Step {
    key: "console",
    title: later!("Go live in TrueLayer\u{2019}s console"),
    says: later!("In TrueLayer\u{2019}s console choose the live environment, then the settings of your app."),
    expect: Some(later!("The app\u{2019}s page names its client_id and lists allowed redirect URIs.")),
    page: Some((later!("TrueLayer\u{2019}s console"), "https://console.truelayer.com/")),
    ..STEP
};

const TRUELAYER_REDIRECT: Step = Step {
    key: "trueLayerRedirect",
    title: later!("Allow Codat\u{2019}s address at TrueLayer"),
    says: later!("Remove other allowed redirect URIs and add this one: customers pass through it on their way back from the bank."),
    take: &[Take::Text(later!("Redirect URI"), "https://truelayer.codat.io/oauth/callback")],
    page: Some((later!("TrueLayer\u{2019}s console"), "https://console.truelayer.com/")),
    ..STEP
};

const TRUELAYER_KEYS: Step = Step {
    key: "trueLayerKeys",
    title: later!("Put client id and secret into Codat\u{2019}s Portal"),
    says: later!(
        "Copy them from TrueLayer\u{2019}s console straight into the Portal. Fairlead never asks for them: Codat speaks to TrueLayer, not \
           this computer, and what is not here cannot leak from here. A lost secret is made anew in the console."
    ),
    expect: Some(later!(
        "Under \u{201c}Access to company data\u{201d} choose continuous access, or every customer must come back for each read."
    )),
    page: Some((
        later!("TrueLayer in Codat\u{2019}s Portal"),
        "https://app.codat.io/settings/integrations/banking/manage/upvr?integrationName=TrueLayer",
    )),
    ..STEP
};

const ENABLE: Step = Step {
    key: "enable",
    title: later!("Enable TrueLayer and choose its banks"),
    says: later!(
        "Switch TrueLayer on, then \u{201c}Manage sources\u{201d}: every bank is offered until you switch it off. Offer one provider only, \
           TrueLayer or Plaid, or customers meet the same bank twice."
    ),
    expect: Some(later!("The banks appear here as soon as Codat tells of them.")),
    page: Some((later!("Banking in Codat\u{2019}s Portal"), "https://app.codat.io/settings/integrations/banking")),
    proof: Some(Proof::Banks),
    ..STEP
};

const PLAID_ACCOUNT: Step = Step {
    key: "plaidAccount",
    title: later!("Have Plaid\u{2019}s products enabled"),
    whose: later!("You and Plaid"),
    says: later!(
        "Your Plaid account needs Auth, Identity, Institution, Transactions and Asset Reports, all five, and a Link configuration."
    ),
    expect: Some(later!("Note the name and the countries of the Link configuration: Codat asks for both.")),
    page: Some((later!("Link customisation at Plaid"), "https://dashboard.plaid.com/link")),
    ..STEP
};

const PLAID_REDIRECT: Step = Step {
    key: "plaidRedirect",
    title: later!("Allow Codat\u{2019}s address at Plaid"),
    says: later!("Add it to the allowed redirect URIs of your Plaid account."),
    take: &[Take::Text(later!("Redirect URI"), "https://plaid.codat.io/oauth/callback")],
    page: Some((later!("Plaid\u{2019}s dashboard"), "https://dashboard.plaid.com/")),
    ..STEP
};

const PLAID_KEYS: Step = Step {
    key: "plaidKeys",
    title: later!("Put Plaid\u{2019}s client id and secret into Codat\u{2019}s Portal, and enable it"),
    says: later!(
        "Client id, the secret of your environment, the country codes and the name of the Link configuration. Fairlead never asks for \
           them: Codat speaks to Plaid, not this computer."
    ),
    expect: Some(later!(
        "One source named Plaid. Customers choose their bank on Plaid\u{2019}s page, and its first read may take a quarter of an hour."
    )),
    page: Some((
        later!("Plaid in Codat\u{2019}s Portal"),
        "https://app.codat.io/settings/integrations/banking/manage/suuo?integrationName=Plaid",
    )),
    proof: Some(Proof::Plaid),
    ..STEP
};

const SANDBOX: Step = Step {
    key: "bankingSandbox",
    title: later!("Enable the banking sandbox"),
    says: later!("It needs no registration: made-up banks and made-up customers, through Codat itself."),
    page: Some((
        later!("Banking sandbox in Codat\u{2019}s Portal"),
        "https://app.codat.io/settings/integrations/banking/manage/qhnd?integrationName=Banking%20Sandbox",
    )),
    proof: Some(Proof::AnySource),
    ..STEP
};

const FIRST_LINK: Step = Step {
    key: "firstLink",
    title: later!("Have all four types read on first link"),
    says: later!(
        "Set \u{201c}Fetch on first link\u{201d} for accounts, balances, transactions and categories of banking. Many banks give their full \
           history for five minutes after consent, and 90 days later on."
    ),
    page: Some((later!("Data types in Codat\u{2019}s Portal"), "https://app.codat.io/settings/data-types")),
    proof: Some(Proof::FirstLink),
    ..STEP
};

const REDIRECT: Step = Step {
    key: "redirect",
    title: later!("Have customers sent back"),
    says: later!("Put Fairlead\u{2019}s template into the Portal. Other ways back stand under Settings, Returns."),
    take: &[Take::Template],
    page: Some((later!("Redirects in Codat\u{2019}s Portal"), "https://app.codat.io/settings/redirects")),
    proof: Some(Proof::Redirect),
    ..STEP
};

const FIRST_BANK: Step = Step {
    key: "firstBank",
    title: later!("Connect a first bank"),
    says: later!("Take a colleague\u{2019}s company or a demo bank before the first customer."),
    proof: Some(Proof::FirstBank),
    ..STEP
};

pub(super) fn steps(path: SetupPath) -> Vec<Step> {
    let before: &[Step] = match path {
        SetupPath::ThroughCodat => &[AGENT, TELL, AGREEMENT, ACCOUNT, GO_AHEAD, KEY, ENABLE],
        SetupPath::OwnTrueLayer => &[AGENT, CONSOLE, TRUELAYER_REDIRECT, KEY, TRUELAYER_KEYS, ENABLE],
        SetupPath::Plaid => &[PLAID_ACCOUNT, PLAID_REDIRECT, KEY, PLAID_KEYS],
        SetupPath::BankingSandbox => &[KEY, SANDBOX],
    };
    [before, &[FIRST_LINK, REDIRECT, FIRST_BANK]].concat()
}

/// The step of this name on any way.
pub(super) fn step(key: &str) -> Option<Step> {
    let all = [SetupPath::ThroughCodat, SetupPath::OwnTrueLayer, SetupPath::Plaid, SetupPath::BankingSandbox];
    all.into_iter().flat_map(steps).find(|step| step.key == key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn a_step_has_one_name_on_all_ways_and_its_page_is_over_https() {
        let all = [SetupPath::ThroughCodat, SetupPath::OwnTrueLayer, SetupPath::Plaid, SetupPath::BankingSandbox];
        let mut named: BTreeMap<&str, &str> = BTreeMap::new();
        for step in all.into_iter().flat_map(steps) {
            assert_eq!(*named.entry(step.key).or_insert(step.title), step.title, "{}", step.key);
            assert!(!step.says.is_empty() && !step.whose.is_empty());
            let hosts =
                ["https://app.codat.io/", "https://docs.codat.io/", "https://console.truelayer.com/", "https://dashboard.plaid.com/"];
            assert!(step.page.is_none_or(|(_, address)| hosts.iter().any(|host| address.starts_with(host))), "{}", step.key);
        }
        assert!(named.len() > 12);
    }

    #[test]
    fn every_way_ends_with_a_bank_and_none_asks_for_a_secret_of_a_provider_here() {
        for path in [SetupPath::ThroughCodat, SetupPath::OwnTrueLayer, SetupPath::Plaid, SetupPath::BankingSandbox] {
            let steps = steps(path);
            assert_eq!(steps.last().map(|step| step.key), Some("firstBank"));
            let with_secret = steps.iter().filter(|step| step.says.contains("secret") && step.page.is_some());
            assert!(with_secret.clone().all(|step| step.page.is_some_and(|(_, address)| address.starts_with("https://app.codat.io/"))));
            assert_eq!(with_secret.count(), usize::from(matches!(path, SetupPath::OwnTrueLayer | SetupPath::Plaid)));
        }
    }
}
