//! What the profile may ask of Codat yet. Asks nothing of it.

use crate::answer::{Answer, Failure};
use crate::args::Global;
use crate::computer;
use crate::progress::{reason, time};
use engine::view::BudgetView;
use std::fmt::Write as _;

pub(crate) async fn run(global: &Global) -> Result<Answer, Failure> {
    let (_home, engine) = computer::engine(global).await?;
    let budget = engine.budget_view().await;
    engine.stopped().await;
    Ok(Answer::done(&budget, words(&budget)))
}

fn words(budget: &BudgetView) -> String {
    let (minute, today) = (&budget.minute, &budget.today);
    let mut words = format!("This minute  {} of {} requests, {} kept for persons\n", minute.used, minute.limit, minute.reserve);
    let _ = match (today.limit, today.reserve) {
        (Some(limit), Some(reserve)) => writeln!(words, "Today        {} of {limit} requests, {reserve} kept for persons", today.used),
        _ => writeln!(words, "Today        {} requests; Codat has not told the quota yet", today.used),
    };
    let _ = writeln!(words, "Refills      {}", time(today.refills_at));
    let waiting = budget.waiting_persons + budget.waiting_background;
    let _ = writeln!(words, "Under way    {} of {} at once, {waiting} waiting", budget.in_flight, budget.at_once);
    if budget.others > 0 {
        let _ = writeln!(words, "Shared with  {} other at work", budget.others);
    }
    if let (Some(until), Some(why)) = (budget.paused_until, budget.why) {
        let _ = writeln!(words, "Paused       until {}: {}", time(until), reason(why));
    }
    for spent in &budget.spent_on {
        let _ = writeln!(words, "{:>11}  {}", spent.requests, spent.what);
    }
    words
}
