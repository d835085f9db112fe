//! Codat's own schedule: reading it, and setting it after saying what that changes.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ports::{Schedule, ScheduleChange};
use crate::view::{CodatSchedule, CodatScheduleAnswer, SetCodatSchedule, Topic};
use domain::data_type::DataType;
use say::say;

/// What Codat takes: none, hourly, daily, weekly, monthly.
const HOURS: [u32; 5] = [0, 1, 24, 168, 720];

impl Engine {
    /// Tells Codat's own schedule, for one company or the whole client; with changes also what they would do, and makes them once confirmed.
    ///
    /// # Errors
    /// When the company or a type is not known, a type is locked, or Codat cannot be asked or refuses.
    pub async fn set_codat_schedule(&self, change: SetCodatSchedule) -> Result<CodatScheduleAnswer> {
        self.is_here(change.company.as_deref()).await?;
        let company = change.company.as_deref();
        let before = self.inner.source.sync_settings(company).await?;
        let changes = changes(&change, &before)?;
        let warnings = warnings(&before, &changes, company.is_some());
        if !change.confirmed || changes.is_empty() {
            return Ok(answer(&before, warnings, false));
        }
        self.inner.source.change_sync_settings(company, &changes).await?;
        self.noted("codat-schedule", company.unwrap_or_default(), "").await;
        let after = self.inner.source.sync_settings(company).await?;
        self.keep_schedules(company, &after).await?;
        self.inner.rhythm.forget(company);
        self.stale([change.company.clone().map_or(Topic::Companies, Topic::Company)]);
        Ok(answer(&after, warnings, true))
    }
}

fn answer(schedules: &[Schedule], warnings: Vec<String>, saved: bool) -> CodatScheduleAnswer {
    let types = schedules.iter().map(|schedule| CodatSchedule {
        data_type: schedule.data_type.wire().to_owned(),
        label: schedule.data_type.label().to_owned(),
        hours: schedule.hours,
        on_first_link: schedule.on_first_link,
        from_months: schedule.from_months,
        from_day: schedule.from_day.clone(),
        months: schedule.months,
        locked: schedule.is_locked,
    });
    CodatScheduleAnswer { types: types.collect(), warnings, saved }
}

/// The changes that change something.
fn changes(asked: &SetCodatSchedule, before: &[Schedule]) -> Result<Vec<ScheduleChange>> {
    let mut changes = vec![];
    for (text, wanted) in &asked.types {
        let data_type = DataType::from_wire(text).ok_or_else(|| Error::BadRequest(say!("There is no such data type.")))?;
        let stands = before.iter().find(|schedule| schedule.data_type == data_type);
        let stands =
            stands.ok_or_else(|| Error::BadRequest(say!("Codat tells no schedule for {data_type}.", data_type = data_type.label())))?;
        if wanted.hours.is_some_and(|hours| !HOURS.contains(&hours)) {
            return Err(Error::BadRequest(say!("Codat reads never, or every 1, 24, 168 or 720 hours.")));
        }
        let change = ScheduleChange {
            data_type,
            hours: wanted.hours.unwrap_or(stands.hours),
            on_first_link: wanted.on_first_link.unwrap_or(stands.on_first_link),
            from_months: wanted.from_months.or(stands.from_months),
        };
        let stays = (change.hours, change.on_first_link, change.from_months) == (stands.hours, stands.on_first_link, stands.from_months);
        if stays {
            continue;
        }
        if stands.is_locked {
            return Err(Error::BadRequest(say!(
                "Codat has locked the schedule of {data_type}. Ask Codat to unlock it.",
                data_type = data_type.label()
            )));
        }
        changes.push(change);
    }
    Ok(changes)
}

fn every(hours: u32) -> String {
    match hours {
        0 => say!("only when asked"),
        1 => "hourly".into(),
        24 => "daily".into(),
        168 => "weekly".into(),
        720 => "monthly".into(),
        other => say!("every {count} hours", count = other),
    }
}

/// What a person should know before it is saved, one sentence each.
fn warnings(before: &[Schedule], changes: &[ScheduleChange], of_company: bool) -> Vec<String> {
    let mut said = vec![];
    if changes.is_empty() {
        return said;
    }
    said.push(if of_company {
        say!("This company no longer follows the settings of the whole Codat client.")
    } else {
        say!("This changes the whole Codat client: every company without settings of its own, and every other program that uses it.")
    });
    for change in changes {
        let Some(stands) = before.iter().find(|schedule| schedule.data_type == change.data_type) else { continue };
        let label = change.data_type.label();
        if change.hours != stands.hours {
            said.push(say!(
                "{label}: Codat reads it {now} instead of {before}.",
                label,
                now = every(change.hours),
                before = every(stands.hours)
            ));
        }
        if change.hours == 1 && stands.hours != 1 {
            said.push(say!("Hourly reads need a Codat plan that includes them."));
        }
        if !change.on_first_link && stands.on_first_link {
            said.push(say!(
                "{label}: Codat no longer reads it when a bank links. Fairlead asks for it itself; other programs may not.",
                label
            ));
        }
        if change.on_first_link && !stands.on_first_link {
            said.push(say!("{label}: Codat reads it as soon as a bank links.", label));
        }
        if change.from_months != stands.from_months
            && let Some(months) = change.from_months
        {
            let reach = if months == 1 { say!("the last month") } else { say!("the last {months} months", months) };
            said.push(say!("{label}: Codat reads {reach} only. What is older is deleted or voided at Codat with the next read; what is on this computer stays.", label, reach));
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::CodatScheduleChange;

    fn stands() -> Vec<Schedule> {
        let of = |data_type| Schedule {
            data_type,
            on_first_link: true,
            hours: 24,
            from_months: None,
            from_day: None,
            months: None,
            is_locked: data_type == DataType::Categories,
        };
        DataType::ALL.map(of).to_vec()
    }

    fn asked(data_type: DataType, change: CodatScheduleChange) -> SetCodatSchedule {
        SetCodatSchedule { types: [(data_type.wire().to_owned(), change)].into(), ..SetCodatSchedule::default() }
    }

    #[test]
    fn c35_every_type_and_window_that_changes_is_said_before() {
        let change = CodatScheduleChange { hours: Some(1), on_first_link: Some(false), from_months: Some(12) };
        let changes = changes(&asked(DataType::Transactions, change), &stands()).expect("allowed");
        let said = warnings(&stands(), &changes, false).join("\n");
        for part in ["whole Codat client", "hourly instead of daily", "plan", "no longer reads it when a bank links", "last 12 months only"]
        {
            assert!(said.contains(part), "{part}: {said}");
        }
    }

    #[test]
    fn what_stays_is_no_change_and_what_is_locked_or_unknown_is_refused() {
        let same = CodatScheduleChange { hours: Some(24), ..CodatScheduleChange::default() };
        assert_eq!(changes(&asked(DataType::Categories, same), &stands()).ok(), Some(vec![]));
        let other = CodatScheduleChange { hours: Some(168), ..CodatScheduleChange::default() };
        assert!(changes(&asked(DataType::Categories, other.clone()), &stands()).is_err(), "locked");
        assert!(changes(&asked(DataType::Balances, CodatScheduleChange { hours: Some(7), ..other }), &stands()).is_err());
    }
}
