//! Spoils a list after it was made: rows in the wrong order, rows of strangers, a row that cannot be read, a count that lies. The text of all other
//! rows stays as it was, to the last digit.

use crate::answer::Answer;
use crate::faults::Fault;
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct List<'a> {
    #[serde(borrow)]
    results: Vec<&'a RawValue>,
}

/// Spoils the answer, when it is a list and the fault is one of lists.
pub(crate) fn list(answer: Answer, fault: &Fault, stranger: &str) -> Answer {
    let Ok(text) = std::str::from_utf8(&answer.body) else { return answer };
    let Some(body) = spoilt(text, fault, stranger) else { return answer };
    Answer { body: body.into_bytes(), ..answer }
}

fn spoilt(text: &str, fault: &Fault, stranger: &str) -> Option<String> {
    let open = text.find('[')? + 1;
    if !text.starts_with("{\"results\":[") {
        return None;
    }
    let list: List<'_> = serde_json::from_str(text).ok()?;
    let mut rows: Vec<String> = list.results.iter().map(|row| row.get().to_owned()).collect();
    match fault {
        Fault::WrongOrder => rows.reverse(),
        Fault::WrongCompany => rows.iter_mut().for_each(|row| *row = of_stranger(row, stranger)),
        Fault::BadRow => {
            let middle = rows.len() / 2;
            if let Some(row) = rows.get_mut(middle) {
                *row = unreadable(row);
            }
        }
        Fault::LongAmount => {
            let middle = rows.len() / 2;
            if let Some(row) = rows.get_mut(middle) {
                *row = with_amount(row, "1234567890123456789012345.678");
            }
        }
        Fault::Texts { texts } => {
            let mut texts = texts.iter().cycle();
            for row in &mut rows {
                *row = with_texts(row, &mut texts);
            }
        }
        Fault::WrongTotal { .. } | Fault::EndlessNext => {}
        _ => return None,
    }
    let tail = |text: &str| match fault {
        Fault::WrongTotal { by } => with_more(text, *by),
        Fault::EndlessNext => with_more(text, 1_000_000_000),
        _ => text.to_owned(),
    };
    // Everything after the rows is copied as it stands.
    let length: usize = list.results.iter().map(|row| row.get().len() + 1).sum::<usize>().saturating_sub(1);
    Some(format!("{}{}{}", &text[..open], rows.join(","), tail(&text[open + length..])))
}

/// The row with other parents.
fn of_stranger(row: &str, stranger: &str) -> String {
    let mut out = row.to_owned();
    for name in ["companyId", "connectionId", "accountId"] {
        out = with_text(&out, name, stranger);
    }
    // A row that names no parents is a stranger's as a whole.
    if out == row { with_text(row, "id", stranger) } else { out }
}

/// Replaces the first text member of that name.
fn with_text(row: &str, name: &str, value: &str) -> String {
    let sign = format!("\"{name}\":\"");
    let Some(at) = row.find(&sign) else { return row.to_owned() };
    let from = at + sign.len();
    let Some(length) = length_of_text(&row[from..]) else { return row.to_owned() };
    format!("{}{value}{}", &row[..from], &row[from + length..])
}

/// What somebody named or wrote: of a company, an account, a bank, a payer.
const WRITTEN: [&str; 5] = ["\"name\":\"", "\"description\":\"", "\"merchantName\":\"", "\"holder\":\"", "\"platformName\":\""];

/// The row with other words wherever it has some, also in what lies inside it.
fn with_texts<'a>(row: &str, texts: &mut impl Iterator<Item = &'a String>) -> String {
    let (mut out, mut rest) = (String::new(), row);
    loop {
        let next = WRITTEN.iter().filter_map(|sign| Some((rest.find(sign)? + sign.len(), sign))).min();
        let Some((from, length)) = next.and_then(|(from, _)| Some((from, length_of_text(&rest[from..])?))) else { break };
        let Some(text) = texts.next() else { break };
        out.push_str(&rest[..from]);
        out.push_str(&escaped(text));
        rest = &rest[from + length..];
    }
    out + rest
}

/// Up to the quote that ends a text, past those that belong to it.
fn length_of_text(rest: &str) -> Option<usize> {
    let mut is_escaped = false;
    rest.bytes().position(|byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    })
}

/// A text as it stands between the quotes of JSON.
fn escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// The row with an id that is a number and an amount that is text.
fn unreadable(row: &str) -> String {
    let mut out = row.to_owned();
    if let Some(at) = out.find("\"id\":\"") {
        let from = at + 5;
        if let Some(length) = out[from + 1..].find('"') {
            out.replace_range(from..from + length + 2, "12345");
        }
    }
    with_amount(&out, "\"twelve\"")
}

/// The row with another amount.
fn with_amount(row: &str, amount: &str) -> String {
    let mut out = row.to_owned();
    if let Some(at) = out.find("\"amount\":") {
        let from = at + 9;
        let length = out[from..].find([',', '}']).unwrap_or(0);
        out.replace_range(from..from + length, amount);
    }
    out
}

/// What stands behind the rows, with another count of results.
fn with_more(text: &str, by: i64) -> String {
    let sign = "\"totalResults\":";
    let Some(from) = text.find(sign).map(|at| at + sign.len()) else { return text.to_owned() };
    let length = text[from..].find([',', '}']).unwrap_or(0);
    let told: i64 = text[from..from + length].parse().unwrap_or_default();
    format!("{}{}{}", &text[..from], told.saturating_add(by).max(0), &text[from + length..])
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"results":[{"id":"a","accountId":"x","amount":1.50},{"id":"b","accountId":"y","amount":2e1}],"pageNumber":1,"_links":{"self":{"href":"/x"}}}"#;

    #[test]
    fn rows_move_and_every_digit_stays() {
        assert_eq!(
            spoilt(TEXT, &Fault::WrongOrder, "s").expect("a list"),
            r#"{"results":[{"id":"b","accountId":"y","amount":2e1},{"id":"a","accountId":"x","amount":1.50}],"pageNumber":1,"_links":{"self":{"href":"/x"}}}"#
        );
    }

    #[test]
    fn rows_carry_the_texts_that_were_asked_for_in_turn() {
        let text = TEXT.replace("\"amount\"", r#""description":"a \"quoted\" end\\","inside":{"name":"b"},"amount""#);
        let told = spoilt(&text, &Fault::Texts { texts: vec!["=1\"\n".into(), "<b>".into(), "c".into()] }, "s").expect("a list");
        let told: serde_json::Value = serde_json::from_str(&told).expect("still JSON");
        let of = |row: usize| (told["results"][row]["description"].as_str(), told["results"][row]["inside"]["name"].as_str());
        assert_eq!((of(0), of(1)), ((Some("=1\"\n"), Some("<b>")), (Some("c"), Some("=1\"\n"))));
        assert_eq!(told["results"][0]["id"], "a");
    }

    #[test]
    fn rows_of_strangers_and_unreadable_rows_are_still_json() {
        let strange = spoilt(TEXT, &Fault::WrongCompany, "s").expect("a list");
        assert!(strange.contains(r#"{"id":"a","accountId":"s","amount":1.50}"#), "{strange}");
        let bad = spoilt(TEXT, &Fault::BadRow, "s").expect("a list");
        assert!(bad.contains(r#"{"id":12345,"accountId":"y","amount":"twelve"}"#), "{bad}");
        serde_json::from_str::<serde_json::Value>(&bad).expect("still JSON");
        assert_eq!(spoilt(r#"{"results":[],"x":1}"#, &Fault::BadRow, "s").as_deref(), Some(r#"{"results":[],"x":1}"#));
        assert_eq!(spoilt(r#"{"id":"a"}"#, &Fault::BadRow, "s"), None, "not a list");
    }

    #[test]
    fn a_count_lies_and_an_amount_grows_while_all_else_stays() {
        let text = TEXT.replace("\"pageNumber\":1", "\"pageNumber\":1,\"totalResults\":2");
        let told = |by| spoilt(&text, &Fault::WrongTotal { by }, "s").expect("a list");
        assert_eq!(told(5), text.replace("Results\":2", "Results\":7"));
        assert_eq!(told(-9), text.replace("Results\":2", "Results\":0"));
        let long = spoilt(&text, &Fault::LongAmount, "s").expect("a list");
        assert_eq!(long, text.replace("2e1", "1234567890123456789012345.678"));
    }
}
