//! Renewals that go out together: each is the same connection, opened again by a link of its own, as a mail draft or a code to print. What became of them is
//! what Codat says since; that a link was opened, nobody can know.

use crate::bulk::{eml, until};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::export::safe;
use crate::links::{LIFE_MS, QUIET, addressee, code_path, xml};
use crate::place::{Place, own_folder};
use crate::ports::SourceError;
use crate::view::{Addressee, BatchView, Door, HandOver, Language, Millis, RenewOf, RenewalRow, RenewalsSent, Ring, StatusPill, Topic};
use crate::words::{About, fill, words, works_until};
use domain::display::shown;
use say::{say, word};
use std::path::{Path, PathBuf};
use store::{Renewal, RenewalBatch};

/// Each renewal is a customer who is to be told.
const MOST: usize = 500;
const COLUMNS: [&str; 6] = ["company", "reference", "bank", "mail", "link", "worksUntil"];

/// Where renewals go.
#[derive(Clone, Debug)]
pub struct RenewTo {
    /// The folder; it must not be there yet.
    pub folder: PathBuf,
    /// Codes to print instead of mails.
    pub codes: bool,
    /// The language of what they read; none for the one that is kept with each.
    pub language: Option<Language>,
}

/// A renewal that is in the folder.
struct Sent {
    renewal: Renewal,
    cells: [String; 6],
    is_addressed: bool,
}

impl Engine {
    /// Opens connections again and writes each with a fresh link. A connection whose consent stands is left as it is until Codat says otherwise.
    /// What stands in the way of one and all stops the rest: what is in the folder until then counts.
    ///
    /// # Errors
    /// When too many were chosen, the folder is there already, or not one could be written.
    pub async fn send_renewals(&self, of: Vec<RenewOf>, to: RenewTo) -> Result<RenewalsSent> {
        if of.is_empty() {
            return Err(Error::BadRequest(say!("Choose at least one consent to renew.")));
        }
        if of.len() > MOST {
            return Err(Error::BadRequest(say!("At most 500 renewals go out at once. Choose fewer.")));
        }
        if to.folder.exists() {
            return Err(Error::BadRequest(say!("Something of this name is there already. Choose another folder.")));
        }
        let (made_at, client) = (self.now(), self.client_name().await);
        let (mut sent, mut left_out, mut stopped): (Vec<Sent>, u32, Option<Error>) = (vec![], 0, None);
        for one in of {
            match self.send_renewal(one, sent.len() + 1, &client, &to).await {
                Ok(Some(one)) => sent.push(one),
                Ok(None) => left_out += 1,
                Err(error) => {
                    stopped = Some(error);
                    break;
                }
            }
        }
        if let (true, Some(error)) = (sent.is_empty(), stopped.take_if(|_| sent.is_empty())) {
            return Err(error);
        }
        let batch = self.keep_sent(made_at, &sent, &to).await?;
        self.stale([Topic::Companies, Topic::Status]);
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Ok(RenewalsSent {
            batch,
            sent: count(sent.len()),
            addressed: count(sent.iter().filter(|one| one.is_addressed).count()),
            left_out,
            expires_at: Millis(made_at + LIFE_MS),
            place: to.folder.display().to_string(),
            stopped: stopped.map(|error| error.wire(String::new()).message),
        })
    }

    /// None when the connection is gone.
    async fn send_renewal(&self, of: RenewOf, number: usize, client: &str, to: &RenewTo) -> Result<Option<Sent>> {
        let company = of.company_id.clone();
        let (item, (listed, _)) = self.store(move |store| Ok((store.company(&company)?, store.listed_for(&company)?))).await?;
        let Some((item, connection)) = item.and_then(|item| {
            let connection = item.connections.iter().find(|found| found.id == of.connection_id).cloned()?;
            Some((item, connection))
        }) else {
            return Ok(None);
        };
        let (attempt, _) = self.renew(&item.company, &connection).await?;
        if let Some(language) = to.language {
            let to = addressee(&self.kept_attempt(&attempt).await?);
            self.address_attempt(attempt.clone(), Addressee { language, ..to }).await?;
        }
        let (door, sent_at) = (if to.codes { Door::Qr } else { Door::Mail }, self.now());
        let handed = match self.hand_over(attempt.clone(), door).await {
            Ok(handed) => handed,
            Err(Error::Source(SourceError::NotFound(_))) => return Ok(None),
            Err(error) => return Err(error),
        };
        let (link, bank) = (handed.link_url.clone().unwrap_or_default(), shown(&connection.bank_name));
        let address = handed.mail.as_ref().and_then(|mail| mail.to.clone()).or(listed);
        let path = to.folder.join(file_name(number, &item.company.name, if to.codes { "svg" } else { "eml" }));
        let about = About { client, company: &item.company.name, bank: &connection.bank_name, name: None };
        let content = match &handed.mail {
            Some(mail) => eml(mail, address.as_deref()),
            None => code(about, &handed),
        };
        let folder = to.folder.clone();
        self.store(move |_| {
            let written = own_folder(&folder).and_then(|()| Place::small(&path, content.as_bytes())).and_then(|file| file.put(false));
            Ok(written.map_err(Error::file("writing a renewal")))
        })
        .await??;
        let until = until(handed.expires_at.0);
        let (name, reference) = (item.company.name.clone(), item.company.reference.clone().unwrap_or_default());
        Ok(Some(Sent {
            is_addressed: address.is_some() && !to.codes,
            cells: [name, reference, bank, address.unwrap_or_default(), link, until],
            renewal: Renewal {
                was_linked: connection.status == "Linked",
                connection: connection.id,
                company: item.company.id,
                attempt,
                sent_at,
                ..Renewal::default()
            },
        }))
    }

    async fn keep_sent(&self, made_at: i64, sent: &[Sent], to: &RenewTo) -> Result<Option<String>> {
        if sent.is_empty() {
            return Ok(None);
        }
        let id = self.inner.ports.entropy.guid();
        let batch = RenewalBatch { id: id.clone(), made_at, renewals: sent.iter().map(|one| one.renewal.clone()).collect() };
        let (rows, out): (Vec<[String; 6]>, PathBuf) = (sent.iter().map(|one| one.cells.clone()).collect(), to.folder.join("renewals.csv"));
        self.store(move |store| {
            store.keep_batch(&batch)?;
            Ok(write_list(&rows, &out).map_err(Error::file("writing the list of renewals")))
        })
        .await??;
        Ok(Some(id))
    }
}

fn write_list(rows: &[[String; 6]], out: &Path) -> std::io::Result<()> {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(vec![]);
    csv.write_record(COLUMNS)?;
    for cells in rows {
        csv.write_record(cells.each_ref().map(|cell| safe(cell)))?;
    }
    let bytes = csv.into_inner().map_err(|error| std::io::Error::from(error.error().kind()))?;
    Place::small(out, &bytes)?.put(false)
}

/// No letter of a name acts in a path.
fn file_name(number: usize, company: &str, ending: &str) -> String {
    let plain: String = company.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words: String = plain.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(50).collect();
    format!("{number:04} {words}").trim_end().to_owned() + "." + ending
}

/// A page to print or to show: who, which bank, and the code.
fn code(about: About<'_>, handed: &HandOver) -> String {
    let rows = handed.qr.as_deref().unwrap_or_default();
    let (side, words) = (rows.len() + 2 * QUIET, words(handed.language));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {}\" width=\"480\"><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\
         <path d=\"{}\"/><g font-family=\"sans-serif\" text-anchor=\"middle\"><text x=\"50%\" y=\"{}\" font-size=\"2.2\" font-weight=\"bold\">{}</text>\
         <text x=\"50%\" y=\"{}\" font-size=\"1.8\">{}</text></g></svg>\n",
        side + 9,
        code_path(rows),
        side + 1,
        xml(&fill(words.scan_again, about)),
        side + 5,
        xml(&works_until(handed.language, handed.expires_at.0)),
    )
}

// ------------------------------------------------------------------------------------------------------ what became of them

/// What is known of a renewal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Again,
    Back,
    Waiting,
    Expired,
    Gone,
}

/// Codat's word decides. Of a consent that stood all the while only the way back of its customer is known.
fn outcome(one: &Renewal, now: i64) -> Outcome {
    let came_back = matches!(one.stage.as_deref(), Some("reading" | "complete" | "read-failed"));
    match one.status {
        None => Outcome::Gone,
        Some(_) if one.is_given => Outcome::Again,
        Some(_) if one.was_linked && came_back => Outcome::Back,
        Some(_) if now < one.sent_at + LIFE_MS => Outcome::Waiting,
        Some(_) => Outcome::Expired,
    }
}

fn pill(outcome: Outcome) -> StatusPill {
    let (ring, word) = match outcome {
        Outcome::Again => (Ring::Moored, word("Linked again")),
        Outcome::Back => (Ring::Moored, word("Back from the bank")),
        Outcome::Waiting => (Ring::Waiting, word("Still waiting")),
        Outcome::Expired => (Ring::Slashed, word("Link expired")),
        Outcome::Gone => (Ring::Crossed, word("Gone at Codat")),
    };
    StatusPill { ring, word: word.into() }
}

/// Where the last link of a consent stands.
pub(super) fn sent_pill(sent_at: i64, now: i64) -> StatusPill {
    pill(if now < sent_at + LIFE_MS { Outcome::Waiting } else { Outcome::Expired })
}

pub(super) fn views(batches: Vec<RenewalBatch>, wanted: Option<&str>, now: i64) -> Vec<BatchView> {
    let wanted = wanted.map(str::to_owned).or_else(|| batches.first().map(|batch| batch.id.clone()));
    batches.into_iter().map(|batch| view(batch, wanted.as_deref(), now)).collect()
}

fn view(batch: RenewalBatch, wanted: Option<&str>, now: i64) -> BatchView {
    let outcomes: Vec<Outcome> = batch.renewals.iter().map(|one| outcome(one, now)).collect();
    let count = |of: &[Outcome]| u32::try_from(outcomes.iter().filter(|one| of.contains(one)).count()).unwrap_or(u32::MAX);
    let (done, waiting) = (count(&[Outcome::Again, Outcome::Back]), count(&[Outcome::Waiting]));
    let (expired, gone) = (count(&[Outcome::Expired]), count(&[Outcome::Gone]));
    let rows = batch.renewals.into_iter().zip(&outcomes).map(|(one, outcome)| RenewalRow {
        company_id: one.company,
        company_name: shown(&one.name),
        connection_id: one.connection,
        bank: shown(&one.bank_name),
        status: pill(*outcome),
        again: *outcome == Outcome::Expired,
    });
    let rows = if wanted == Some(batch.id.as_str()) { rows.collect() } else { vec![] };
    let sent = u32::try_from(outcomes.len()).unwrap_or(u32::MAX);
    BatchView { id: batch.id, made_at: Millis(batch.made_at), sent, done, waiting, expired, gone, rows }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000_000;

    #[test]
    fn codats_word_decides_what_became_of_a_renewal_and_nobody_claims_to_know_of_an_opened_link() {
        let sent = Renewal { status: Some("Deauthorized".into()), sent_at: NOW - 1, ..Renewal::default() };
        let old = Renewal { sent_at: NOW - LIFE_MS, ..sent.clone() };
        assert_eq!(outcome(&sent, NOW), Outcome::Waiting);
        assert_eq!(outcome(&old, NOW), Outcome::Expired);
        assert_eq!(outcome(&Renewal { is_given: true, status: Some("Linked".into()), ..old.clone() }, NOW), Outcome::Again);
        assert_eq!(outcome(&Renewal { status: None, is_given: true, ..sent.clone() }, NOW), Outcome::Gone);
        let early = Renewal { was_linked: true, status: Some("Linked".into()), stage: Some("waiting".into()), ..sent };
        assert_eq!(outcome(&early, NOW), Outcome::Waiting, "that it stands says nothing about the renewal");
        assert_eq!(outcome(&Renewal { stage: Some("complete".into()), ..early.clone() }, NOW), Outcome::Back);
        assert_eq!(outcome(&Renewal { stage: Some("complete".into()), was_linked: false, ..old }, NOW), Outcome::Expired);
    }

    #[test]
    fn a_hostile_name_neither_leaves_its_folder_nor_its_page() {
        assert_eq!(file_name(7, "../../etc/passwd", "eml"), "0007 etc passwd.eml");
        assert_eq!(file_name(8, "///", "svg"), "0008.svg");
        assert_eq!(file_name(9, "Müller & Söhne: GmbH", "eml"), "0009 Müller Söhne GmbH.eml");
    }
}
