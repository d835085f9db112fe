//! Data that stays fresh by itself while the app runs: how often the team wants what, when each thing is due, and the loops that see to it.
//!
//! `due` decides, `wishes` and `standings` know, `run` acts; `at_codat` is Codat's own schedule. What Codat reads by its own schedule is never asked for.

mod at_codat;
mod due;
mod rhythm;
mod run;
mod standings;
mod wishes;

pub(crate) use rhythm::Rhythm;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::freshness::due::{Screen, interval};
use crate::freshness::standings::watched;
use crate::freshness::wishes::{Wishes, holds};
use crate::sync::ScheduleOf;
use crate::view::{FreshnessView, Millis, OnScreen, SetFreshness, Topic, TypeFreshness};
use domain::data_type::DataType;

impl Engine {
    /// How often each type is read and by whom, for one company or for all.
    ///
    /// # Errors
    /// When the company is not here.
    pub async fn freshness(&self, company: Option<String>) -> Result<FreshnessView> {
        self.is_here(company.as_deref()).await?;
        let (asked, now, woke) = (company.clone(), self.now(), self.inner.rhythm.woke());
        let jitter = self.jitter(company.as_deref().unwrap_or_default()).await?;
        let types = self.store(move |store| {
            let all = Wishes::kept(store, None)?;
            let own = asked.as_deref().map(|company| Wishes::kept(store, Some(company))).transpose()?.unwrap_or_default();
            let watched = asked.as_deref().map(|company| watched(store, &all, company, now)).transpose()?.unwrap_or_default();
            let mut types = vec![];
            for data_type in DataType::ALL {
                let schedule = match asked.as_deref() {
                    Some(company) => ScheduleOf::known_or_clients(store, company, data_type)?.0,
                    None => ScheduleOf::clients(store, data_type)?,
                };
                let cadence = holds(&own, &all, data_type);
                let mine = watched.iter().filter(|one| one.data_type == data_type && !one.standing.by_codat);
                types.push(TypeFreshness {
                    data_type: data_type.wire().to_owned(),
                    label: data_type.label().to_owned(),
                    cadence,
                    is_own: own.own(data_type).is_some(),
                    codat_hours: schedule.as_ref().map(|schedule| schedule.hours),
                    by_codat: interval(cadence).is_some_and(|ms| schedule.as_ref().is_some_and(|schedule| schedule.covers(ms))),
                    next_at: mine.filter_map(|one| one.due(now, woke, jitter)).min().map(Millis),
                });
            }
            Ok(types)
        });
        let types = types.await?;
        let next_at = match &company {
            Some(_) => types.iter().filter_map(|of_type| of_type.next_at).min(),
            None => self.inner.rhythm.next_known().map(Millis),
        };
        Ok(FreshnessView { company, types, next_at })
    }

    /// Changes how often types are read.
    ///
    /// # Errors
    /// When the company is not here or there is no such type.
    pub async fn set_freshness(&self, change: SetFreshness) -> Result<FreshnessView> {
        self.is_here(change.company.as_deref()).await?;
        let company = change.company.clone();
        let kept = self.store(move |store| Wishes::kept(store, company.as_deref()));
        let mut wishes = kept.await?;
        wishes.change(&change.types)?;
        let company = change.company.clone();
        self.store(move |store| wishes.keep(store, company.as_deref())).await?;
        self.noted("freshness", change.company.as_deref().unwrap_or_default(), change.types.keys().cloned().collect::<Vec<_>>().join(", "))
            .await;
        self.inner.rhythm.forget(change.company.as_deref());
        self.stale([change.company.clone().map_or(Topic::Companies, Topic::Company)]);
        self.freshness(change.company).await
    }

    /// Tells what a person can see now; that is looked at more often.
    pub fn on_screen(&self, seen: &OnScreen) {
        let since = self.now();
        let moved = self.inner.rhythm.screen.send_if_modified(|screen| {
            let moved = (screen.visible, &screen.company) != (seen.visible, &seen.company);
            if moved {
                *screen = Screen { visible: seen.visible, company: seen.company.clone(), since };
            }
            moved
        });
        if moved && seen.visible {
            self.inner.rhythm.bell.notify_one();
        }
    }

    async fn is_here(&self, company: Option<&str>) -> Result<()> {
        let Some(company) = company.map(str::to_owned) else { return Ok(()) };
        let found = self.store(move |store| Ok(store.company(&company)?.is_some())).await?;
        if found { Ok(()) } else { Err(Error::NotFound("company")) }
    }
}
