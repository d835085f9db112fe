//! The whole store in figures.

use crate::answer::{Answer, Failure};
use crate::args::Global;
use crate::computer;
use std::fmt::Write as _;

pub(crate) async fn run(global: &Global) -> Result<Answer, Failure> {
    let (_home, engine) = computer::engine(global).await?;
    let stats = engine.stats().await?;
    engine.stopped().await;
    let mut words = format!(
        "{} companies, {} connections, {} accounts, {} transactions\n",
        stats.companies, stats.connections, stats.accounts, stats.transactions
    );
    for (currency, sum) in &stats.sums {
        let _ = writeln!(words, "{currency}  {sum}");
    }
    Ok(Answer::done(&stats, words))
}
