//! Pages and records. A record keeps its raw JSON, so that members unknown today can be read tomorrow, and one bad record never fails its page.

use crate::error::Error;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::collections::HashMap;

/// A decoded record beside the text it was decoded from.
#[derive(Clone, Debug)]
pub struct Record<T> {
    /// What we understand.
    pub value: T,
    /// What was sent.
    pub raw: String,
}

/// A record that could not be decoded: kept, counted, shown.
#[derive(Clone, Debug)]
pub struct BadRecord {
    /// What was sent.
    pub raw: String,
    /// Where it did not fit.
    pub why: String,
}

/// One page.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// Records in the order sent.
    pub records: Vec<Record<T>>,
    /// Records that did not decode.
    pub bad: Vec<BadRecord>,
    /// Matches in all, as the server counts.
    pub total: u64,
    /// A further page exists, as far as the server says.
    pub has_next: bool,
}

/// Which page of what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageQuery {
    /// From 1.
    pub page: u32,
    /// 1 to 5000.
    pub page_size: u32,
    /// Codat's query language.
    pub query: Option<String>,
    /// Property to order by; a leading `-` turns it round. Always sent: the default order is not documented.
    pub order_by: String,
}

impl PageQuery {
    /// The first page in this order.
    pub fn first(page_size: u32, order_by: impl Into<String>) -> Self {
        Self { page: 1, page_size, query: None, order_by: order_by.into() }
    }

    /// The same, filtered.
    #[must_use]
    pub fn filtered(mut self, query: impl Into<String>) -> Self {
        self.query = Some(query.into());
        self
    }

    /// The page after this one: computed, never taken from the answer.
    #[must_use]
    pub fn next(&self) -> Self {
        Self { page: self.page + 1, ..self.clone() }
    }

    pub(crate) fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = vec![("page", self.page.to_string()), ("pageSize", self.page_size.to_string()), ("orderBy", self.order_by.clone())];
        pairs.extend(self.query.clone().map(|query| ("query", query)));
        pairs
    }
}

#[derive(Deserialize)]
struct Links {
    next: Option<serde::de::IgnoredAny>,
}

impl<T: DeserializeOwned> Page<T> {
    /// Decodes a page. The records stand under `results`; older answers used the collection's own name.
    ///
    /// # Errors
    /// When the page itself is no page; never for a record.
    pub fn read(body: &[u8], what: &'static str) -> Result<Self, Error> {
        let unreadable = |why: String| Error::Unreadable { what, why };
        let members: HashMap<String, &RawValue> = serde_json::from_slice(body).map_err(|error| unreadable(error.to_string()))?;
        let list = members.get("results").copied().or_else(|| {
            let mut lists = members.iter().filter(|(_, value)| value.get().starts_with('['));
            lists.next().map(|(_, value)| *value)
        });
        let raws: Vec<&RawValue> = match list {
            Some(list) if list.get() != "null" => serde_json::from_str(list.get()).map_err(|error| unreadable(error.to_string()))?,
            _ => vec![],
        };
        let number = |name: &str| members.get(name).and_then(|value| value.get().parse().ok());
        let mut page = Self {
            records: Vec::with_capacity(raws.len()),
            bad: vec![],
            total: number("totalResults").unwrap_or(raws.len() as u64),
            has_next: false,
        };
        page.has_next = members
            .get("_links")
            .and_then(|links| serde_json::from_str::<Links>(links.get()).ok())
            .is_some_and(|links| links.next.is_some());
        for raw in raws {
            match serde_json::from_str(raw.get()) {
                Ok(value) => page.records.push(Record { value, raw: raw.get().to_owned() }),
                Err(error) => page.bad.push(BadRecord { raw: raw.get().to_owned(), why: error.to_string() }),
            }
        }
        Ok(page)
    }

    /// Records in all, good and bad.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len() + self.bad.len()
    }

    /// Nothing on it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Named {
        name: String,
    }

    #[test]
    fn c3_one_bad_record_is_kept_aside_and_the_rest_is_read() {
        let body =
            br#"{"results":[{"name":"a","new":{"x":1.50}},{"name":7},{"name":"c"}],"totalResults":9,"_links":{"next":{"href":"/x"}}}"#;
        let page = Page::<Named>::read(body, "things").expect("page");
        assert_eq!(page.records.iter().map(|record| record.value.name.as_str()).collect::<Vec<_>>(), ["a", "c"]);
        assert_eq!(page.records[0].raw, r#"{"name":"a","new":{"x":1.50}}"#, "unknown members are kept to the letter");
        assert_eq!((page.bad.len(), page.bad[0].raw.as_str(), page.total, page.has_next), (1, r#"{"name":7}"#, 9, true));
    }

    #[test]
    fn c41_older_answers_name_their_collection() {
        let page = Page::<Named>::read(br#"{"companies":[{"name":"a"}],"pageNumber":1}"#, "companies").expect("page");
        assert_eq!((page.records.len(), page.total, page.has_next), (1, 1, false));
    }

    #[test]
    fn null_results_are_an_empty_page_and_no_page_is_an_error() {
        assert!(Page::<Named>::read(br#"{"results":null,"totalResults":0}"#, "things").expect("page").is_empty());
        assert!(Page::<Named>::read(b"[]", "things").is_err());
    }
}
