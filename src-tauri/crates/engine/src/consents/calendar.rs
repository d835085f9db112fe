//! Estimated ends as an iCalendar file (RFC 5545): whole days, company and bank by name, nothing of an account. Pure.

use crate::place::hex;
use domain::consent::DAY_MS;
use domain::display::shown;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use store::ListedConsent;

/// Bytes of a line.
const LINE: usize = 75;

/// An end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct End {
    connection: String,
    company: String,
    bank: String,
    at: i64,
}

/// The estimated end of a consent that stands.
pub(super) fn end_of(one: &ListedConsent) -> Option<End> {
    let at = one.ends_at.filter(|_| !one.status.eq_ignore_ascii_case("deauthorized"))?;
    Some(End { connection: one.connection.clone(), company: shown(&one.name), bank: shown(&one.bank_name), at })
}

/// The same connection keeps its event: read in again, a calendar moves it instead of showing it twice.
pub(super) fn of(ends: &[End], steps: [u16; 3], now: i64) -> String {
    let mut out = String::new();
    for text in [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Fairlead//Consents//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:Consents that end",
    ] {
        line(&mut out, text);
    }
    for end in ends {
        event(&mut out, end, steps, now);
    }
    line(&mut out, "END:VCALENDAR");
    out
}

fn event(out: &mut String, end: &End, steps: [u16; 3], now: i64) {
    let summary = text(&format!("Consent of {} at {} ends (estimate)", end.company, end.bank));
    line(out, "BEGIN:VEVENT");
    line(out, &format!("UID:{}@fairlead", uid(&end.connection)));
    line(out, &format!("DTSTAMP:{}", moment(now, "%Y%m%dT%H%M%SZ")));
    line(out, &format!("SEQUENCE:{}", now.div_euclid(DAY_MS)));
    line(out, &format!("DTSTART;VALUE=DATE:{}", moment(end.at, "%Y%m%d")));
    line(out, &format!("SUMMARY:{summary}"));
    line(
        out,
        &format!("DESCRIPTION:{}", text("An estimate by Fairlead: no bank tells the day. Ask the customer to confirm again before it.")),
    );
    line(out, "TRANSP:TRANSPARENT");
    for days in steps {
        line(out, "BEGIN:VALARM");
        line(out, "ACTION:DISPLAY");
        line(out, &format!("DESCRIPTION:{summary}"));
        line(out, &format!("TRIGGER:-P{days}D"));
        line(out, "END:VALARM");
    }
    line(out, "END:VEVENT");
}

/// Says nothing of Codat's id.
fn uid(connection: &str) -> String {
    hex(&Sha256::digest(connection)[..16])
}

fn moment(at: i64, form: &str) -> String {
    Timestamp::from_millisecond(at).map(|at| at.strftime(form).to_string()).unwrap_or_default()
}

fn text(plain: &str) -> String {
    plain.chars().fold(String::new(), |mut out, c| {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
        out
    })
}

/// Folded where a line would grow too long, never within a character.
fn line(out: &mut String, text: &str) {
    let mut width = 0;
    for c in text.chars() {
        if width + c.len_utf8() > LINE {
            out.push_str("\r\n ");
            width = 1;
        }
        out.push(c);
        width += c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_one(company: &str, bank: &str) -> String {
        let end = End { connection: "k1".into(), company: company.into(), bank: bank.into(), at: 1_800_000_000_000 };
        of(&[end], [30, 14, 3], 1_790_000_000_000)
    }

    /// As a calendar reads it: folds taken back.
    fn unfolded(calendar: &str) -> Vec<String> {
        calendar.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn every_end_is_a_whole_day_with_a_bell_at_each_step_and_keeps_its_id() {
        let lines = unfolded(&of_one("Acme Ltd", "NatWest"));
        assert_eq!((lines.first().map(String::as_str), lines.last().map(String::as_str)), (Some("BEGIN:VCALENDAR"), Some("END:VCALENDAR")));
        for wanted in [
            "DTSTART;VALUE=DATE:20270115",
            "SUMMARY:Consent of Acme Ltd at NatWest ends (estimate)",
            "TRIGGER:-P30D",
            "TRIGGER:-P14D",
            "TRIGGER:-P3D",
        ] {
            assert!(lines.iter().any(|line| line == wanted), "{wanted}: {lines:#?}");
        }
        let uid = |calendar: &str| unfolded(calendar).into_iter().find(|line| line.starts_with("UID:")).expect("an id");
        assert_eq!(uid(&of_one("Acme Ltd", "NatWest")), uid(&of_one("Acme Holdings", "NatWest")), "a renamed company is the same event");
        assert!(!of_one("Acme Ltd", "NatWest").contains("k1"));
    }

    #[test]
    fn a_hostile_name_stays_in_its_line_and_no_line_is_too_long() {
        let calendar = of_one("Evil\r\nEND:VCALENDAR; a, b \\ ünï 日本日本日本日本日本日本日本日本日本日本日本日本日本日本", "Bank");
        assert!(calendar.split("\r\n").all(|line| line.len() <= LINE), "{calendar}");
        assert!(!calendar.replace("\r\n", "").contains(['\r', '\n']), "no bare line end");
        let lines = unfolded(&calendar);
        assert_eq!(lines.iter().filter(|line| line.as_str() == "END:VCALENDAR").count(), 1);
        let summary = lines.iter().find(|line| line.starts_with("SUMMARY:")).expect("a summary");
        assert!(summary.contains("Evil\\nEND:VCALENDAR\\; a\\, b \\\\ ünï 日本"), "{summary}");
    }
}
