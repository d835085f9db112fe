//! The pack on paper. The other files of the pack hold every letter.

use super::Gathered;
use crate::paper::{Line, heading, line, title};

/// Lines of rows that are shown; the whole is in the files beside.
const LINES: usize = 60;

/// The summary.
pub(super) fn pdf(of: &Gathered) -> Vec<u8> {
    crate::paper::pdf(&lines(of))
}

fn lines(of: &Gathered) -> Vec<Line> {
    let company = &of.company;
    let mut all = vec![
        title(company.row.name.clone()),
        line(format!("Evidence pack of {}, as of {} (UTC), made with Fairlead {}.", of.client, of.day, env!("CARGO_PKG_VERSION"))),
        line(format!("Reference {}. Id at Codat {}.", company.row.reference.as_deref().unwrap_or("none"), company.row.id)),
        line(company.sentence.clone()),
        heading("Connections"),
    ];
    for card in &company.connections {
        let end = card
            .consent_until_estimate
            .map(|end| format!(", consent ends about {}, an estimate", crate::consents::day_words(end.0)))
            .unwrap_or_default();
        let since = card.linked_at.map(|at| format!(" since {}", crate::consents::day_words(at.0))).unwrap_or_default();
        all.push(line(format!("{}: {}{since}{end}.", card.bank.name, card.bank.status.word)));
        for account in &card.accounts {
            let ending = account.ending.as_deref().map(|ending| format!(" **{ending}")).unwrap_or_default();
            let holder = account.holder.as_deref().unwrap_or("holder not told by the bank");
            let (from, to) = (account.data_from.as_deref().unwrap_or("-"), account.data_to.as_deref().unwrap_or("-"));
            all.push(line(format!(
                "    {}{ending}, {}, {holder}: {} transactions, {from} to {to}.",
                account.name, account.currency, account.transactions
            )));
        }
    }
    all.push(heading("Whose accounts"));
    if company.checks.is_empty() {
        all.push(line("Nothing differed from the company's name, and nothing from before."));
    }
    for check in &company.checks {
        let answer = match check.answer.map(|answer| answer.right) {
            Some(true) => "Said to be the right business.",
            Some(false) => "Said to be another business.",
            None if check.asks => "Nobody has said yet what it means.",
            None => "",
        };
        let says: Vec<&str> = check.differences.iter().map(|one| one.says.as_str()).collect();
        all.push(line(format!("{}: {} {answer}", check.bank, says.join(" "))));
    }
    all.extend([heading("What the customer was told")]);
    let told = of.attempts.iter().filter_map(|attempt| Some(format!("{}: text {}", attempt.bank_name, attempt.sheet_version.as_deref()?)));
    let told: std::collections::BTreeSet<String> = told.collect();
    if told.is_empty() {
        all.push(line("No text was read out here."));
    }
    all.extend(told.into_iter().map(line));
    all.extend([heading("Coverage"), line(of.coverage.sentence.clone()), heading("What happened, newest first")]);
    let timeline = super::timeline(of);
    for event in timeline.iter().take(LINES) {
        let detail = event.detail.as_deref().map(|detail| format!(" ({detail})")).unwrap_or_default();
        all.push(line(format!("{}  {}{detail}", crate::consents::day_words(event.at.0), event.title)));
    }
    if timeline.len() > LINES {
        all.push(line(format!("and {} more in timeline.json.", timeline.len() - LINES)));
    }
    all.extend([
        heading("How to check it"),
        line("Unpack, then run sha256sum -c SHA256SUMS; or fairlead evidence verify FILE.zip. See HOW-TO-VERIFY.txt."),
    ]);
    all
}
