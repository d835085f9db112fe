//! The same-business check: whose the accounts are that came back, held against the company's name and against what was there under the consent before.
//! What differs is shown until a person says what it means; the comparing is pure (`domain::same_business`).

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::view::{BusinessAnswer, BusinessCheck, BusinessDifference, BusinessTwin, CompanyView, Millis, Topic};
use domain::display::shown;
use domain::same_business::{Difference, Mark, differences};
use say::say;
use store::{CompanyItem, Event, Look, Reading, StoreError, Twin};

impl Engine {
    /// Notes what a page shows of whose accounts these are, behind it: nobody waits for whoever is writing.
    pub(crate) fn note_looks(&self, seen: Vec<Look>) {
        if seen.is_empty() {
            return;
        }
        let engine = self.clone();
        self.inner.tasks.spawn(async move {
            if let Err(error) = engine.store(move |store| seen.iter().try_for_each(|look| store.keep_look(look))).await {
                tracing::warn!(%error, "whose accounts these are could not be noted");
            }
        });
    }

    /// Notes whose the accounts are, while they are there to be seen.
    pub(crate) async fn note_business(&self, item: &CompanyItem) -> Result<()> {
        let item = item.clone();
        self.store(move |store| {
            store.reading(|reading| business_checks(reading, &item))?.1.iter().try_for_each(|look| store.keep_look(look))
        })
        .await
    }

    /// A person says whether the accounts of a connection are those of the right business. Kept with the look and in the ledger.
    ///
    /// # Errors
    /// When nothing was asked about it, or the database cannot be written.
    pub async fn say_business(&self, company_id: String, connection_id: String, right: bool) -> Result<CompanyView> {
        let now = self.now();
        let company = company_id.clone();
        let kept = self
            .store(move |store| {
                let Some(item) = store.company(&company)? else { return Ok(false) };
                let (_, seen) = store.reading(|reading| business_checks(reading, &item))?;
                seen.iter().try_for_each(|look| store.keep_look(look))?;
                let Some((_, Some(look))) = store
                    .reading(|reading| reading.look(&connection_id))?
                    .filter(|(_, look)| look.as_ref().is_some_and(|look| look.company == company))
                else {
                    return Ok(false);
                };
                let bank_key = item.connections.iter().find(|found| found.id == connection_id).and_then(|found| found.bank_key.clone());
                store.keep_look(&Look { answer: Some((right, now)), ..look })?;
                store.record(&Event {
                    at: now,
                    company: Some(company),
                    connection: Some(connection_id),
                    bank_key,
                    kind: "business".into(),
                    outcome: Some(if right { "right" } else { "wrong" }.into()),
                    ..Event::default()
                })?;
                Ok(true)
            })
            .await?;
        if !kept {
            return Err(Error::NotFound("connection"));
        }
        self.stale([Topic::Company(company_id.clone()), Topic::Companies]);
        self.company(company_id).await
    }
}

/// Whose the accounts of a company are, for each linked connection of which there is something to say; and what must be kept of this look: a renewal is
/// held against what was there before it, so that must be noted while it is there.
pub(crate) fn business_checks(
    reading: &Reading<'_>,
    item: &CompanyItem,
) -> std::result::Result<(Vec<BusinessCheck>, Vec<Look>), StoreError> {
    let twins = reading.twins(&item.company.id)?;
    let (mut checks, mut seen) = (vec![], vec![]);
    for connection in &item.connections {
        let now = reading.account_marks(&connection.id)?;
        let Some((consent, before)) = reading.look(&connection.id)? else { continue };
        if now.is_empty() {
            continue;
        }
        let look = next(before.as_ref(), &item.company.name, consent, now);
        let look = Look { connection: connection.id.clone(), company: item.company.id.clone(), ..look };
        checks.extend(view(&look, item, &shown(&connection.bank_name), &twins));
        if before.as_ref() != Some(&look) {
            seen.push(look);
        }
    }
    Ok((checks, seen))
}

/// What is known after a look. A new consent is held against what was known under the one before; an answer counts until the accounts differ in a way
/// that would have been asked about.
fn next(before: Option<&Look>, name: &str, consent: i64, now: Vec<Mark>) -> Look {
    let Some(before) = before else { return Look { consent, known: now, ..Look::default() } };
    if before.consent != consent {
        return Look { consent, known: now, earlier: Some(before.known.clone()), answer: None, ..Look::default() };
    }
    let is_answered = before.answer.is_some();
    if is_answered && differences(name, &now, Some(&before.known)).iter().any(Difference::asks) {
        return Look { known: now, earlier: Some(before.known.clone()), answer: None, ..before.clone() };
    }
    Look { known: if is_answered { before.known.clone() } else { now }, ..before.clone() }
}

fn view(look: &Look, item: &CompanyItem, bank: &str, twins: &[Twin]) -> Option<BusinessCheck> {
    let all = differences(&item.company.name, &look.known, look.earlier.as_deref());
    let twins: Vec<BusinessTwin> =
        twins.iter().filter(|twin| twin.connection == look.connection).map(|twin| view_twin(twin, &item.company.id)).collect();
    if all.is_empty() && twins.is_empty() && look.answer.is_none() {
        return None;
    }
    Some(BusinessCheck {
        connection_id: look.connection.clone(),
        bank: bank.to_owned(),
        is_renewal: look.earlier.is_some(),
        asks: look.answer.is_none() && (all.iter().any(Difference::asks) || twins.iter().any(|twin| !twin.is_own)),
        differences: all.iter().map(|one| BusinessDifference { says: words(one, &shown(&item.company.name)), asks: one.asks() }).collect(),
        twins,
        answer: look.answer.map(|(right, at)| BusinessAnswer { right, at: Millis(at) }),
    })
}

fn view_twin(twin: &Twin, company: &str) -> BusinessTwin {
    BusinessTwin {
        ending: twin.ending.as_deref().map(shown).unwrap_or_default(),
        bank: shown(&twin.bank_name),
        company_id: twin.company.clone(),
        company_name: shown(&twin.name),
        is_own: twin.company == company,
    }
}

fn words(difference: &Difference, company: &str) -> String {
    let list =
        |endings: &[String]| endings.iter().map(|ending| format!("\u{2022}\u{2022}{}", shown(ending))).collect::<Vec<_>>().join(", ");
    match difference {
        Difference::OtherHolder(holder) => say!("The holder is \u{201c}{holder}\u{201d}, not {company}.", holder = shown(holder), company),
        Difference::LikeHolder(holder) => {
            say!("The holder is \u{201c}{holder}\u{201d}: like {company}, not the same.", holder = shown(holder), company)
        }
        Difference::NoHolder => say!("The bank does not tell whose accounts these are, so only currencies and numbers were compared."),
        Difference::HolderChanged(was, is) => {
            say!("The holder was \u{201c}{was}\u{201d} before and is \u{201c}{is}\u{201d} now.", was = shown(was), is = shown(is))
        }
        Difference::AllOther => say!("Not one account is as it was before this consent."),
        Difference::Gone(endings) if endings.len() == 1 => say!("The account {endings} is not there any more.", endings = list(endings)),
        Difference::Gone(endings) => say!("These accounts are not there any more: {endings}.", endings = list(endings)),
        Difference::New(endings) if endings.len() == 1 => say!("The account {endings} is new.", endings = list(endings)),
        Difference::New(endings) => say!("These accounts are new: {endings}.", endings = list(endings)),
        Difference::NewCurrency(currency) => say!("There was no account in {currency} before.", currency = shown(currency)),
        Difference::NewCountry(country) => say!("There was no account in the country {country} before.", country = shown(country)),
        Difference::Countries(countries) => say!("The accounts are in several countries: {countries}.", countries = countries.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(holder: &str, ending: &str) -> Mark {
        Mark { holder: Some(holder.into()), currency: "GBP".into(), country: None, ending: Some(ending.into()) }
    }

    #[test]
    fn a_renewal_is_held_against_the_consent_before_and_an_answer_counts_until_it_would_be_asked_anew() {
        let own = vec![mark("Acme", "1")];
        let first = next(None, "Acme", 1, own.clone());
        assert_eq!((first.known.len(), first.earlier.as_deref()), (1, None));
        let more = vec![mark("Acme", "1"), mark("Acme", "2")];
        let grown = next(Some(&first), "Acme", 1, more.clone());
        assert_eq!((&grown.known, grown.earlier.as_deref()), (&more, None), "accounts that come one after the other are one link");
        let renewed = next(Some(&grown), "Acme", 2, vec![mark("Beta", "9")]);
        assert_eq!(renewed.earlier.as_deref(), Some(more.as_slice()));
        let answered = Look { answer: Some((true, 5)), ..renewed };
        assert_eq!(next(Some(&answered), "Acme", 2, vec![mark("Beta", "9"), mark("Beta", "8")]).answer, Some((true, 5)));
        assert_eq!(next(Some(&answered), "Acme", 2, vec![mark("Gamma", "7")]).answer, None);
        assert_eq!(next(Some(&answered), "Acme", 3, vec![mark("Beta", "9")]).earlier, Some(vec![mark("Beta", "9")]));
    }
}
