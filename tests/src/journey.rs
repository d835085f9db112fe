//! The journey of `README`: from the first start to the transactions, by keyboard alone, in the real window.
//!
//! The desktop tests walk it, and `cargo xtask run` does where there is no display.

use crate::desktop::Desktop;
use crate::window::{Key, Window};
use std::path::Path;
use std::time::{Duration, Instant};
use url::Url;

/// What the customer does at the bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Gives consent.
    Authorise,
    /// Goes back without.
    Cancel,
}

impl Decision {
    fn word(self) -> &'static str {
        match self {
            Self::Authorise => "authorise",
            Self::Cancel => "cancel",
        }
    }
}

/// How the way back from the bank reaches the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Return {
    /// The address of our scheme as the argument of a second process.
    SecondProcess,
    /// The address of our scheme as a link on a page.
    Link,
    /// The page on this computer that the browser lands on.
    Loopback,
}

/// A walk through the app, with the time of every step.
pub struct Journey {
    /// The person's desktop.
    pub desktop: Desktop,
    /// The window they work in.
    pub window: Window,
    /// Names and durations of the steps so far.
    pub steps: Vec<(String, Duration)>,
    since: Instant,
}

impl Journey {
    /// A new desktop with the app open on it for the first time. Pictures go to `pictures`.
    pub async fn begin(pictures: &Path) -> Self {
        let since = Instant::now();
        let desktop = Desktop::new();
        let mut window = desktop.open(&[]).await;
        window.keep_pictures_in(pictures);
        window.until_heading("How would you like to start?").await;
        let mut journey = Self { desktop, window, steps: vec![], since };
        journey.step("first-run").await;
        journey
    }

    async fn step(&mut self, name: &str) {
        self.window.picture(name).await;
        self.steps.push((name.to_owned(), self.since.elapsed()));
        self.since = Instant::now();
    }

    /// First run → the demo's list of companies.
    pub async fn try_the_demo(&mut self) {
        self.window.try_the_demo().await;
        self.step("companies").await;
    }

    /// A new case up to the doors: name, bank by keyboard, data-access sheet.
    pub async fn open_a_case(&mut self, company: &str, reference: &str, bank: &str) {
        let window = &mut self.window;
        window.press_with_control('n').await;
        window.until_heading("Who is the customer?").await;
        window.tab_to("Company name").await;
        window.type_text(company).await;
        window.tab_to("Reference").await;
        window.type_text(reference).await;
        self.step("customer").await;
        let window = &mut self.window;
        window.press(Key::Enter).await;
        window.until_heading("Which bank does").await;
        window.until("banks", "document.querySelectorAll('[role=option]').length > 2").await;
        // The field has the focus by itself: nothing but typing is needed.
        window.until("focus on the search", "document.activeElement.getAttribute('role') === 'combobox'").await;
        window.type_text(bank).await;
        let first = format!("document.querySelector('#bank-0')?.innerText.includes({})", serde_json::json!(bank));
        window.until(&format!("{bank} first"), &first).await;
        self.step("bank").await;
        let window = &mut self.window;
        window.press(Key::Enter).await;
        window.until_text("is agreeing to").await;
        window.until("the sheet", "document.querySelectorAll('details').length >= 3").await;
        self.step("data-access").await;
        let window = &mut self.window;
        window.choose("Continue").await;
        window.until_heading("How does").await;
        let ready = "[...document.querySelectorAll('button')].some((b) => b.innerText.includes('Open on this computer') && b.getAttribute('aria-disabled') !== 'true')";
        window.until("the doors open", ready).await;
        self.step("doors").await;
    }

    /// Opens the link on this computer; gives the address that the system browser was asked for.
    pub async fn hand_over_here(&mut self) -> String {
        self.window.choose("Open on this computer").await;
        let address = self.desktop.visited().await;
        self.window.until_heading("Waiting for").await;
        self.step("waiting").await;
        address
    }

    /// The customer at the bank, and the way back.
    ///
    /// # Panics
    /// When the bank's page leads nowhere.
    pub async fn at_the_bank(&mut self, address: &str, decision: Decision, way: Return) {
        let landed = visit_the_bank(address, decision).await;
        let query = landed.query().expect("the way back carries our state").to_owned();
        let ours = format!("fairlead://return?{query}");
        match way {
            Return::SecondProcess => self.desktop.second_process(&[&ours]),
            Return::Link => self.desktop.follow_link(&ours),
            Return::Loopback => {
                let page = reqwest::get(landed).await.expect("the page on this computer").text().await.expect("a page");
                assert!(page.contains("close this tab"), "a friendly page: {page}");
            }
        }
    }

    /// From the first run to a bank that is connected. The address that was handed to the customer, and how many transactions there are.
    pub async fn connect_a_bank(&mut self) -> (String, u64) {
        self.try_the_demo().await;
        self.open_a_case("Ashdown Joinery Ltd", "HF-2041", "NatWest").await;
        let address = self.hand_over_here().await;
        self.at_the_bank(&address, Decision::Authorise, Return::SecondProcess).await;
        self.until_connected().await;
        let transactions = self.see_transactions().await;
        (address, transactions)
    }

    /// Waits until the bank is connected and everything is read.
    pub async fn until_connected(&mut self) {
        self.window.until_text("is connected").await;
        self.step("connected").await;
        self.window.until_text("All four types are read").await;
        self.step("read").await;
    }

    /// The transactions of the company just connected; gives how many there are.
    ///
    /// # Panics
    /// When there is no figure.
    pub async fn see_transactions(&mut self) -> u64 {
        let window = &mut self.window;
        window.choose("Open company").await;
        window.until("the company's tabs", "document.querySelectorAll('[role=tab]').length >= 3").await;
        self.step("company").await;
        let window = &mut self.window;
        window.tab_to("Overview").await;
        window.press(Key::Right).await;
        window.press(Key::Right).await;
        let rows = "document.querySelectorAll('[aria-label=Transactions] [role=row]').length > 5";
        window.until("rows of transactions", rows).await;
        let total = "(document.querySelector('.sums')?.innerText.match(/^([\\d,\\u202f\\u00a0 ]+)\\s*rows?/) || [])[1]";
        let total = window.until("how many there are", total).await;
        self.step("transactions").await;
        let digits: String = total.as_str().unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
        digits.parse().unwrap_or_else(|_| panic!("a figure, not {total}"))
    }
}

/// What a customer's browser does: follow the link, press a button, and be sent back. Gives the address it is sent to.
///
/// # Panics
/// When the bank's page leads nowhere.
pub async fn visit_the_bank(address: &str, decision: Decision) -> Url {
    let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().expect("a browser");
    let next = |from: Url, answer: reqwest::Response| {
        let to = answer.headers().get("location").map(|to| to.to_str().expect("text").to_owned());
        to.map(|to| from.join(&to).expect("an address"))
    };
    let link = Url::parse(address).expect("an address");
    let entered = browser.get(link.clone()).send().await.expect("the link opens");
    let page = next(link, entered).expect("the link leads to the bank");
    let shown = browser.get(page.clone()).send().await.expect("the bank answers").text().await.expect("a page");
    assert!(shown.contains("<form"), "the bank asks something: {shown}");
    let pressed = browser.post(page.clone()).form(&[("decision", decision.word())]).send().await.expect("the bank answers");
    next(page, pressed).expect("the bank sends the customer back")
}
