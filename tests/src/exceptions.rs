//! What `deny.toml` lets pass of the advisories, and until when.

use jiff::civil::Date;

/// An advisory that is known and does not stop us, for a while.
#[derive(Debug, PartialEq, Eq)]
pub struct Exception {
    /// Its name in the advisory database.
    pub id: String,
    /// The last day on which it is let pass.
    pub until: Date,
}

/// The exceptions; each names its last day at the start of its reason.
///
/// # Errors
/// What is wrong with which.
pub fn exceptions(deny: &str) -> Result<Vec<Exception>, String> {
    let deny: toml::Table = deny.parse().map_err(|error| format!("not TOML: {error}"))?;
    let ignored = deny.get("advisories").and_then(|advisories| advisories.get("ignore")).and_then(toml::Value::as_array);
    let one = |entry: &toml::Value| {
        let text = |name: &str| entry.get(name).and_then(toml::Value::as_str);
        let id = text("id").ok_or_else(|| format!("{entry} has no id"))?;
        let until = text("reason").and_then(|reason| reason.strip_prefix("until ")?.get(..10)?.parse().ok());
        let until = until.ok_or_else(|| format!("{id} does not begin its reason with \"until YEAR-MONTH-DAY\""))?;
        Ok(Exception { id: id.to_owned(), until })
    };
    ignored.into_iter().flatten().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exception_has_a_last_day_or_is_none() {
        let told = |reason: &str| exceptions(&format!("[advisories]\nignore = [{{ id = \"RUSTSEC-2024-0001\", reason = \"{reason}\" }}]"));
        let until = jiff::civil::date(2027, 3, 1);
        assert_eq!(told("until 2027-03-01: no other"), Ok(vec![Exception { id: "RUSTSEC-2024-0001".into(), until }]));
        assert!(told("no other is known").is_err() && told("until some day").is_err() && told("until 2027-13-01: x").is_err());
        assert_eq!(exceptions(""), Ok(vec![]));
    }
}
