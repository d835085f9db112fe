//! From a signed contract to the first bank: what is to be done on the chosen way, who said that it is done, and what Codat shows of it.

mod judge;
mod steps;
pub mod view;

use crate::banks::is_plaid;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::links::doorbells::{self, Stored};
use crate::ports::{ClientTold, Schedule, SourceError};
use crate::view::{CompanyQuery, MarkSetup, Millis, Ring, SetupPath, SetupSaid, SetupView, StatusFilter, StatusPill, Topic};
use domain::data_type::DataType;
use domain::display::shown;
use judge::Shown;
use say::say;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use steps::Proof;
use store::{BankEntry, Store, StoreError};

const FACT: &str = "setup";
/// Names are short, and the list of what was said does not grow without end.
const LONGEST_NAME: usize = 80;
const MOST_SAID: usize = 1_000;

#[derive(Default, Serialize, Deserialize)]
struct Kept {
    path: Option<SetupPath>,
    said: Vec<SetupSaid>,
}

/// What Codat shows, asked once.
struct Seen {
    client: std::result::Result<ClientTold, SourceError>,
    banks: std::result::Result<Vec<BankEntry>, SourceError>,
    schedules: std::result::Result<Vec<Schedule>, SourceError>,
    linked: u32,
}

impl Engine {
    /// The list, held against what Codat shows now. What Codat does not answer is left out, and why is said.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn setup(&self) -> Result<SetupView> {
        let (kept, returns) = (self.store(kept).await?, self.return_choice().await?);
        let source = &self.inner.source;
        let linked = CompanyQuery { status: Some(StatusFilter::Linked), limit: 1, ..CompanyQuery::default() };
        let (client, banks, schedules, linked) =
            tokio::join!(source.client(), source.banks(), source.sync_settings(None), self.list_companies(linked));
        let seen = Seen { client, banks, schedules, linked: linked?.total };
        // The report is taken elsewhere, so it speaks no language.
        let report = say::plainly(|| judge::report(&self.stands(&kept, &seen, &returns)));
        Ok(SetupView { report, ..self.stands(&kept, &seen, &returns) })
    }

    fn stands(&self, kept: &Kept, seen: &Seen, returns: &Stored) -> SetupView {
        // Of the redirect template, as Settings tell of it.
        let told = seen.client.as_ref().ok().map(|client| doorbells::compared(client.redirect_url.as_deref(), returns));
        let ways = kept.path.map(steps::steps).unwrap_or_default();
        let steps = judge::judged(&ways, &kept.said, &doorbells::template(returns), |proof| seen.of(proof, told.as_ref()));
        SetupView {
            path: kept.path,
            unasked: seen.client.as_ref().err().map(|_| say!("Codat could not be asked, so only what was said is shown.")),
            client: seen.client.as_ref().ok().map(|client| client.name.clone()),
            checked_at: Millis(self.now()),
            truth: judge::truth(&steps),
            done: u32::try_from(steps.iter().filter(|step| judge::is_over(step)).count()).unwrap_or(u32::MAX),
            next: judge::next(&steps).map(|step| step.key.clone()),
            steps,
            said: kept.said.clone(),
            report: String::new(),
        }
    }

    /// Takes a way. What was said stays: steps that two ways share are not done twice.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn choose_setup(&self, path: SetupPath) -> Result<SetupView> {
        self.keep_setup(move |kept| kept.path = Some(path)).await?;
        self.setup().await
    }

    /// Notes what a person says of a step.
    ///
    /// # Errors
    /// When there is no such step, nobody is named, or the database cannot be written.
    pub async fn mark_setup(&self, marked: MarkSetup) -> Result<SetupView> {
        if steps::step(&marked.step).is_none() {
            return Err(Error::BadRequest(say!("There is no step \u{201c}{step}\u{201d}.", step = shown(&marked.step))));
        }
        let by = shown(marked.by.trim());
        if by.is_empty() || by.chars().count() > LONGEST_NAME {
            return Err(Error::BadRequest(say!("Say who it was, in at most {LONGEST_NAME} characters.", LONGEST_NAME)));
        }
        let said = SetupSaid { step: marked.step, mark: marked.mark, by, at: Millis(self.now()) };
        self.keep_setup(move |kept| {
            kept.said.push(said);
            let over = kept.said.len().saturating_sub(MOST_SAID);
            kept.said.drain(..over);
        })
        .await?;
        self.setup().await
    }

    /// Opens the page of a step in the system's browser: one of a few known addresses, whatever is asked.
    ///
    /// # Errors
    /// When the step has no page or no browser starts.
    pub fn open_setup_page(&self, step: &str) -> Result<()> {
        let (_, address) = steps::step(step).and_then(|step| step.page).ok_or_else(|| Error::BadRequest(say!("This step has no page.")))?;
        let opened = self.inner.ports.opener.open(&SecretString::from(address));
        opened.map_err(|_| Error::BadRequest(say!("No browser could be opened. The page is {address}.", address)))
    }

    async fn keep_setup(&self, change: impl FnOnce(&mut Kept) + Send + 'static) -> Result<()> {
        self.store(move |store| {
            let mut kept = kept(store)?;
            change(&mut kept);
            store.set_fact(FACT, &serde_json::to_string(&kept).unwrap_or_default())
        })
        .await?;
        self.stale([Topic::Status]);
        Ok(())
    }
}

fn kept(store: &Store) -> std::result::Result<Kept, StoreError> {
    Ok(store.fact(FACT)?.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

impl Seen {
    /// What Codat shows of it; nothing where it did not answer.
    fn of(&self, proof: Proof, returns: Option<&StatusPill>) -> Option<Shown> {
        let shown = |is_so, says: String| Some(Shown { is_so, says });
        let plaid = || Some(self.banks.as_ref().ok()?.iter().filter(|bank| is_plaid(bank)).count());
        match proof {
            Proof::Key => match &self.client {
                Ok(client) => shown(true, say!("Codat takes the key. It belongs to \u{201c}{name}\u{201d}.", name = client.name)),
                Err(SourceError::KeyRefused(_) | SourceError::Forbidden(_)) => shown(false, say!("Codat refuses the key.")),
                Err(_) => None,
            },
            Proof::AnySource => {
                let count = self.banks.as_ref().ok()?.len();
                shown(count > 0, sources(count))
            }
            Proof::Banks => {
                let count = self.banks.as_ref().ok()?.len() - plaid()?;
                shown(count > 0, banks(count))
            }
            Proof::Plaid => {
                let is_so = plaid()? > 0;
                shown(is_so, if is_so { say!("Plaid is enabled.") } else { say!("Plaid is not enabled.") })
            }
            Proof::FirstLink => {
                let schedules = self.schedules.as_ref().ok()?;
                let count = DataType::ALL.len() - Schedule::missing_on_first_link(schedules).count();
                shown(
                    count == DataType::ALL.len(),
                    say!("{count} of the {all} types are read on first link.", count, all = DataType::ALL.len()),
                )
            }
            Proof::Redirect => {
                let returns = returns?;
                shown(returns.ring == Ring::Moored, format!("{}.", returns.word))
            }
            Proof::FirstBank => {
                let linked = self.linked;
                let says = match linked {
                    0 => say!("No company is linked yet."),
                    1 => say!("One company is linked."),
                    many => say!("{many} companies are linked.", many),
                };
                shown(linked > 0, says)
            }
        }
    }
}

fn sources(count: usize) -> String {
    match count {
        0 => say!("No source is enabled."),
        1 => say!("One source is enabled."),
        many => say!("{count} sources are enabled.", count = many),
    }
}

fn banks(count: usize) -> String {
    match count {
        0 => say!("No bank is enabled."),
        1 => say!("One bank is enabled."),
        many => say!("{count} banks are enabled.", count = many),
    }
}
