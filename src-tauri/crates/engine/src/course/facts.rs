//! What is kept of a case, read from the database; only what the stage itself turned away is asked of the stage.

use super::UnderWay;
use super::check::Facts;
use crate::adapters::control::Control;
use crate::engine::Engine;
use crate::error::Result;
use crate::links::handed;
use crate::view::CourseKey;
use domain::freshness::number_of_day;
use jiff::civil::Date;
use store::{Store, StoreError};

/// Companies of one name that are looked for.
const ALIKE: usize = 20;

impl Engine {
    pub(super) async fn facts_of(&self, control: &Control, run: &UnderWay) -> Result<Facts> {
        let (of, name, now) = (run.clone(), super::cases::case(run.case).company, self.now());
        let mut facts = self.store(move |store| facts(store, &of, name, now)).await?;
        if run.case == CourseKey::RateLimited {
            facts.turned_away = control.look("faults").await?["fired"].as_u64().and_then(|fired| u32::try_from(fired).ok()).unwrap_or(0);
        }
        Ok(facts)
    }
}

fn facts(store: &Store, of: &UnderWay, name: &str, now: i64) -> std::result::Result<Facts, StoreError> {
    let begun = match &of.draft {
        Some(draft) => store.attempt(draft)?,
        None => None,
    };
    let company = of.company.clone().or_else(|| begun.as_ref()?.company.clone());
    let words: Vec<String> = domain::bank_search::fold(name).split_whitespace().map(str::to_owned).collect();
    let of_this_name = store.find_companies(&words, ALIKE)?.iter().filter(|item| item.company.name == name).count();
    let mut facts = Facts { attempts: begun.into_iter().collect(), of_this_name, today: now.div_euclid(86_400_000), ..Facts::default() };
    if let Some(company) = company {
        facts.item = store.company(&company)?;
        facts.attempts = store.attempts_of(&company)?;
        let own = facts.attempts.iter().filter(|attempt| of.connection.is_none() || attempt.connection == of.connection);
        facts.doors = own.map(|attempt| handed(attempt).iter().filter(|door| door.at >= of.begun_at).count()).sum();
        facts.reads = store.datasets_of(&company, super::READS)?;
        facts.consents = store.consents_of(&company)?;
        facts.events = store.events_of(&company, super::READS)?;
        facts.oldest = store.months(&company)?.first().and_then(|month| first_day(month.year, month.month));
        facts.twins = store.reading(|reading| reading.twins(&company))?.len();
    } else if let Some(draft) = &of.draft {
        let events = store.newest_events(super::READS)?.into_iter().map(|(_, event)| event);
        facts.events = events.filter(|event| event.attempt.as_ref() == Some(draft)).collect();
    }
    Ok(facts)
}

fn first_day(year: i64, month: u8) -> Option<i64> {
    Some(number_of_day(Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, 1).ok()?))
}
