//! How often data is read: the team's own schedule, and Codat's.

use crate::answer::{Answer, Exit, Failure};
use crate::args::{AtCodat, Every, Global, Schedule, SetSchedule};
use crate::commands::companies::resolve;
use crate::computer;
use engine::Engine;
use engine::view::{Cadence, CodatScheduleChange, SetCodatSchedule, SetFreshness};
use std::fmt::Write as _;

pub(crate) async fn run(global: &Global, asked: Schedule) -> Result<Answer, Failure> {
    let (_home, engine) = computer::engine(global).await?;
    let answer = match asked {
        Schedule::Show { company } => show(&engine, company).await,
        Schedule::Set(asked) => set(&engine, asked).await,
        Schedule::Codat(asked) => at_codat(&engine, asked).await,
    };
    engine.stopped().await;
    answer
}

async fn named(engine: &Engine, typed: Option<String>) -> Result<Option<String>, Failure> {
    match typed {
        Some(typed) => Ok(Some(resolve(engine, &typed).await?)),
        None => Ok(None),
    }
}

async fn show(engine: &Engine, company: Option<String>) -> Result<Answer, Failure> {
    let company = named(engine, company).await?;
    let view = engine.freshness(company).await?;
    let mut words = String::new();
    for of_type in &view.types {
        let by = if of_type.by_codat { "read by Codat\u{2019}s own schedule" } else { "asked for by Fairlead" };
        let own = if of_type.is_own { ", this company\u{2019}s own" } else { "" };
        let _ = writeln!(words, "{}  {}{own}  {by}", of_type.data_type, word(of_type.cadence));
    }
    Ok(Answer::done(&view, words))
}

async fn set(engine: &Engine, asked: SetSchedule) -> Result<Answer, Failure> {
    let company = named(engine, asked.company).await?;
    let cadence = match asked.every {
        Every::Off => Some(Cadence::Off),
        Every::Hourly => Some(Cadence::Hourly),
        Every::Daily => Some(Cadence::Daily),
        Every::Weekly => Some(Cadence::Weekly),
        Every::Monthly => Some(Cadence::Monthly),
        Every::Default => None,
    };
    let types = match asked.data_type {
        Some(data_type) => vec![data_type],
        None => engine.freshness(company.clone()).await?.types.into_iter().map(|of_type| of_type.data_type).collect(),
    };
    let types = types.into_iter().map(|data_type| (data_type, cadence)).collect();
    engine.set_freshness(SetFreshness { company: company.clone(), types }).await?;
    show(engine, company).await
}

async fn at_codat(engine: &Engine, asked: AtCodat) -> Result<Answer, Failure> {
    let company = named(engine, asked.company).await?;
    let change = CodatScheduleChange { hours: asked.hours, on_first_link: asked.first_link, from_months: asked.months };
    let types = asked.data_type.into_iter().map(|data_type| (data_type, change.clone())).collect();
    let done = engine.set_codat_schedule(SetCodatSchedule { company, types, confirmed: asked.yes }).await?;
    let mut words = String::new();
    for warning in &done.warnings {
        let _ = writeln!(words, "{warning}");
    }
    for of_type in &done.types {
        let first = if of_type.on_first_link { "read when a bank links" } else { "not read when a bank links" };
        let from = of_type.from_months.map(|months| format!(", {months} months back")).unwrap_or_default();
        let _ = writeln!(words, "{}  every {} h, {first}{from}", of_type.data_type, of_type.hours);
    }
    let is_left = !done.warnings.is_empty() && !done.saved;
    if is_left {
        words.push_str("Nothing was changed. Say --yes to make this change at Codat.\n");
    }
    let answer = Answer::done(&done, words);
    Ok(if is_left { Answer { exit: Exit::Failed, ..answer } } else { answer })
}

fn word(cadence: Cadence) -> &'static str {
    match cadence {
        Cadence::Off => "off",
        Cadence::Hourly => "hourly",
        Cadence::Daily => "daily",
        Cadence::Weekly => "weekly",
        Cadence::Monthly => "monthly",
    }
}
