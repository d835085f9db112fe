//! What is done with many companies at once.

use crate::companies::{consent_ends, filter_of, row};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::place::Place;
use crate::view::{CompanyRow, ExportFormat, KeepDesk, Pick, PickAction, PickDone, StartSync, Topic};
use domain::display::shown;
use say::{say, word};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use store::{CompanyFilter, CompanyItem, Keep};

/// Companies that are read at one go.
const WINDOW: u32 = 5_000;
/// Reads are asked for one company after the other: more than this is a night's work, not a press of a button.
const MOST_REFRESHED: usize = 2_000;
/// Each renewal is a customer who is to be told.
const MOST_RENEWED: usize = 500;
/// A consent that ends within this may be renewed now.
const RENEWABLE_MS: i64 = 30 * 86_400_000;
const LONGEST_OWNER: usize = 80;
const LONGEST_TAG: usize = 40;
const LONGEST_NOTE: usize = 4_000;
const COLUMNS: [&str; 10] = ["id", "name", "reference", "status", "nextAction", "banks", "dataTo", "consentToEstimate", "owner", "tags"];

impl Engine {
    /// Refreshes, renews, exports or labels the companies that were chosen. `out` is where an export goes.
    ///
    /// # Errors
    /// When too many were chosen, the database cannot be read, or the file not be written.
    pub async fn for_companies(&self, pick: Pick, action: PickAction, out: Option<PathBuf>) -> Result<PickDone> {
        let chosen = self.chosen(pick).await?;
        match action {
            PickAction::Refresh => {
                let done = self.refresh_chosen(chosen)?;
                self.noted("data-queued", "", say::plainly(|| companies(done.done as usize))).await;
                Ok(done)
            }
            PickAction::Renew => self.renew_chosen(chosen).await,
            PickAction::Export => self.export_chosen(chosen, out.ok_or_else(|| Error::Internal("an export without a place".into()))?).await,
            PickAction::Keep(change) => self.keep_chosen(&chosen, &change).await,
        }
    }

    async fn chosen(&self, pick: Pick) -> Result<Vec<CompanyItem>> {
        if !pick.all {
            return self.store(move |store| store.companies_with(&pick.ids)).await;
        }
        let filter = filter_of(&pick.query, self.now());
        let without: HashSet<String> = pick.ids.into_iter().collect();
        self.store(move |store| {
            let mut all = vec![];
            for offset in (0..).step_by(WINDOW as usize) {
                let window = store.companies(&CompanyFilter { offset, limit: WINDOW, ..filter.clone() })?;
                let is_last = window.items.len() < WINDOW as usize;
                all.extend(window.items.into_iter().filter(|item| !without.contains(&item.company.id)));
                if is_last {
                    break;
                }
            }
            Ok(all)
        })
        .await
    }

    fn refresh_chosen(&self, chosen: Vec<CompanyItem>) -> Result<PickDone> {
        let (linked, others): (Vec<_>, Vec<_>) =
            chosen.into_iter().partition(|item| item.connections.iter().any(|found| found.status == "Linked"));
        if linked.len() > MOST_REFRESHED {
            return Err(Error::BadRequest(say!(
                "At most 2,000 companies are refreshed at once. Choose fewer; what is due is read by itself."
            )));
        }
        let done = count(linked.len());
        let engine = self.clone();
        self.spawn(async move {
            for item in linked {
                let request = StartSync { company_id: item.company.id.clone(), connection_id: None, data_types: vec![] };
                match engine.start_sync(request).await {
                    Ok(()) => {}
                    // Whatever stops one request for all stops the rest: what was asked for until then stands.
                    Err(error) if crate::links::passes(&error) => {
                        tracing::info!(%error, "the chosen companies were not all refreshed");
                        return;
                    }
                    Err(error) => tracing::info!(company.id = %item.company.id, %error, "a chosen company was not refreshed"),
                }
            }
        });
        let note = (!others.is_empty()).then(|| say!("{companies} without a linked bank left out.", companies = companies(others.len())));
        Ok(PickDone { done, said: say!("Asking Codat to read {companies}", companies = companies(done as usize)), note })
    }

    async fn renew_chosen(&self, chosen: Vec<CompanyItem>) -> Result<PickDone> {
        let soon = self.now() + RENEWABLE_MS;
        let due = |found: &&store::ConnectionEntry| found.status == "Deauthorized" || consent_ends(found).is_some_and(|ends| ends < soon);
        let due: Vec<_> = chosen.iter().flat_map(|item| item.connections.iter().filter(due).map(|found| (&item.company, found))).collect();
        if due.len() > MOST_RENEWED {
            return Err(Error::BadRequest(say!("At most 500 renewals are prepared at once. Choose fewer.")));
        }
        let (mut done, mut open) = (0, 0);
        for (company, connection) in due {
            if self.renew(company, connection).await?.1 { done += 1 } else { open += 1 }
        }
        let said = match done {
            0 => say!("Nothing to renew"),
            1 => say!("1 renewal is prepared"),
            many => say!("{count} renewals are prepared", count = many),
        };
        let note = match (done, open) {
            (0, 0) => Some(say!("No consent of these ended or ends within 30 days.")),
            (_, 0) => Some(say!("Each waits for its door. The same connections are used again.")),
            (_, open) => Some(say!("{open} were open already.", open)),
        };
        Ok(PickDone { done, said, note })
    }

    async fn keep_chosen(&self, chosen: &[CompanyItem], change: &KeepDesk) -> Result<PickDone> {
        let change = tidy(change)?;
        if change.note.is_some() && chosen.len() > 1 {
            return Err(Error::BadRequest(say!("A note is kept with one company at a time.")));
        }
        let ids: Vec<String> = chosen.iter().map(|item| item.company.id.clone()).collect();
        let topics: Vec<Topic> = match ids.as_slice() {
            [one] => vec![Topic::Companies, Topic::Company(one.clone())],
            _ => vec![Topic::Companies],
        };
        let kept = change.clone();
        let done = self.store(move |store| store.keep(&ids, &change)).await?;
        self.stale(topics);
        let same = chosen.len() - done as usize;
        let note = (same > 0).then(|| say!("{companies} had it so already.", companies = companies(same)));
        Ok(PickDone { done, said: said(&kept, &companies(done as usize)), note })
    }

    async fn export_chosen(&self, chosen: Vec<CompanyItem>, out: PathBuf) -> Result<PickDone> {
        self.policy()?.allow_export(ExportFormat::Csv)?;
        let now = self.now();
        // A file speaks no language.
        let rows: Vec<CompanyRow> = say::plainly(|| chosen.iter().map(|item| row(item, self.is_reading(item), now)).collect());
        let done = count(rows.len());
        let place = out.display().to_string();
        let sha256 = self.store(move |_| Ok(write(&rows, &out).map_err(Error::file("writing the export")))).await??;
        self.noted("exported", "", format!("list of {}, SHA-256 {sha256}", say::plainly(|| companies(done as usize)))).await;
        Ok(PickDone { done, said: say!("Exported {companies}", companies = companies(done as usize)), note: Some(place) })
    }
}

/// Text of the team is shown to others of it: what acts instead of being seen is taken out, and what is too long is refused.
fn tidy(change: &KeepDesk) -> Result<Keep> {
    let fits = |text: String, longest: usize, what: &str| {
        if text.chars().count() > longest {
            return Err(Error::BadRequest(say!("{what} has at most {longest} characters.", what, longest)));
        }
        Ok(text)
    };
    let tags = |names: &[String]| -> Result<Vec<String>> {
        let named = names.iter().map(|name| shown(name)).filter(|name| !name.is_empty());
        named.map(|name| fits(name, LONGEST_TAG, word("A tag"))).collect()
    };
    // A note has lines; each is cleaned by itself.
    let note = |text: &String| text.trim_end().lines().map(shown).collect::<Vec<_>>().join("\n");
    Ok(Keep {
        owner: change.owner.as_deref().map(|owner| fits(shown(owner), LONGEST_OWNER, word("An owner\u{2019}s name"))).transpose()?,
        add: tags(&change.add)?,
        remove: tags(&change.remove)?,
        note: change.note.as_ref().map(|text| fits(note(text), LONGEST_NOTE, word("A note"))).transpose()?,
    })
}

fn said(change: &Keep, companies: &str) -> String {
    match (change.owner.as_deref(), change.add.as_slice(), change.remove.as_slice()) {
        (Some(""), ..) => say!("Nobody looks after {companies}", companies),
        (Some(owner), ..) => say!("{owner} looks after {companies}", owner, companies),
        (None, [tag, ..], _) => say!("Tagged {tag}: {companies}", tag, companies),
        (None, [], [tag, ..]) => say!("{tag} taken from {companies}", tag, companies),
        (None, [], []) => say!("The note is kept with {companies}", companies),
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn companies(number: usize) -> String {
    if number == 1 { say!("1 company") } else { say!("{count} companies", count = number) }
}

/// Under its name only when all of it is on the disk; tells its hash.
fn write(rows: &[CompanyRow], out: &Path) -> std::io::Result<String> {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(vec![]);
    csv.write_record(COLUMNS)?;
    for row in rows {
        let banks: Vec<String> = row.banks.iter().map(|bank| format!("{}, {}", bank.name, bank.status.word)).collect();
        let consent = row
            .consent_until_estimate
            .and_then(|ends| jiff::Timestamp::from_millisecond(ends.0).ok())
            .map(|ends| ends.strftime("%F").to_string());
        let cells = [
            &row.id,
            &row.name,
            row.reference.as_deref().unwrap_or_default(),
            &row.status.word,
            row.next_action.as_deref().unwrap_or_default(),
            &banks.join("; "),
            row.data_to.as_deref().unwrap_or_default(),
            consent.as_deref().unwrap_or_default(),
            row.owner.as_deref().unwrap_or_default(),
            &row.tags.join("; "),
        ];
        csv.write_record(cells.map(crate::export::safe))?;
    }
    let bytes = csv.into_inner().map_err(|error| std::io::Error::from(error.error().kind()))?;
    let place = Place::small(out, &bytes)?;
    let written = place.settle()?;
    place.put(false)?;
    Ok(written.sha256)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{Ring, StatusPill};

    #[test]
    fn an_exported_name_is_text_and_not_a_formula() {
        let folder = tempfile::tempdir().expect("folder");
        let out = folder.path().join("companies.csv");
        let row = CompanyRow {
            id: "c1".into(),
            name: "=HYPERLINK(\"x\")".into(),
            reference: None,
            status: StatusPill { ring: Ring::Moored, word: "Fresh".into() },
            next_action: None,
            banks: vec![],
            data_to: Some("2026-11-24".into()),
            consent_until_estimate: Some(crate::view::Millis(1_800_000_000_000)),
            created: None,
            owner: Some("Ruth".into()),
            tags: vec!["vip".into(), "@cafe".into()],
        };
        write(std::slice::from_ref(&row), &out).expect("written");
        let text = std::fs::read_to_string(&out).expect("read");
        assert!(text.contains("\"'=HYPERLINK(\"\"x\"\")\"") && text.contains("2027-01-15,Ruth,vip; @cafe"), "{text}");
        assert!(write(&[row], &out).is_err(), "nothing is written over");
    }
}
