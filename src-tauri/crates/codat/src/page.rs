//! Pages and records. A record keeps its raw JSON, so that members unknown today can be read tomorrow, and one bad record never fails its page.

use crate::error::Error;
use crate::wire::small_members;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use url::Url;

/// A decoded record beside the text it was decoded from.
#[derive(Clone, Debug)]
pub struct Record<T> {
    /// What we understand.
    pub value: T,
    /// What was sent, to the letter.
    pub raw: String,
}

impl<T: DeserializeOwned> Record<T> {
    /// Decodes one record. Members of old answers that begin with a capital are understood.
    ///
    /// # Errors
    /// The record as it was sent, and where it did not fit.
    pub fn read(raw: &str) -> Result<Self, BadRecord> {
        let first = match serde_json::from_str(raw) {
            Ok(value) => return Ok(Self { value, raw: raw.to_owned() }),
            Err(error) => error,
        };
        match serde_json::from_str(&small_members(raw)) {
            Ok(value) => Ok(Self { value, raw: raw.to_owned() }),
            Err(_) => Err(BadRecord { raw: raw.to_owned(), error: misfit(&first) }),
        }
    }

    /// Decodes an answer that is one record.
    ///
    /// # Errors
    /// When it does not fit.
    pub(crate) fn answer(body: &[u8], what: &'static str) -> Result<Self, Error> {
        let text = std::str::from_utf8(body).map_err(|error| Error::Unreadable { what, why: error.to_string() })?;
        Self::read(text).map_err(|bad| Error::Unreadable { what, why: bad.error })
    }
}

/// A record that could not be decoded: kept, counted, shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRecord {
    /// What was sent, to the letter.
    pub raw: String,
    /// Where it did not fit.
    pub error: String,
}

/// One page.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// Records in the order sent.
    pub records: Vec<Record<T>>,
    /// Records that did not decode.
    pub quarantined: Vec<BadRecord>,
    /// Matches in all, as the server counts.
    pub total: u64,
    /// Rows a page, as the server understood it.
    pub size: Option<u32>,
    /// Where the server says that the next page is. Only looked at: next pages are computed.
    pub next: Option<String>,
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
        Self { page: self.page.saturating_add(1), ..self.clone() }
    }

    /// Whether a further page is worth asking for after this one came as `page`. An empty page always ends a walk, whatever the server says of
    /// totals and links: a walk cannot go round for ever.
    #[must_use]
    pub fn goes_on_after<T>(&self, page: &Page<T>) -> bool {
        let told = u64::from(self.page) * u64::from(page.size.unwrap_or(self.page_size).min(self.page_size));
        !page.is_empty() && (page.next.is_some() || told < page.total)
    }

    pub(crate) fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = vec![("page", self.page.to_string()), ("pageSize", self.page_size.to_string()), ("orderBy", self.order_by.clone())];
        pairs.extend(self.query.clone().map(|query| ("query", query)));
        pairs
    }
}

#[derive(Default, Deserialize)]
pub(crate) struct Links {
    #[serde(default)]
    pub(crate) next: Option<Link>,
}

#[derive(Deserialize)]
pub(crate) struct Link {
    #[serde(default)]
    pub(crate) href: Option<String>,
}

impl<T: DeserializeOwned> Page<T> {
    /// Decodes a page. The records stand under `results`; older answers used the collection's `old_name`, or were a bare list.
    ///
    /// # Errors
    /// When the page itself is no page; never for a record.
    pub fn read(body: &[u8], old_name: &'static str) -> Result<Self, Error> {
        let unreadable = |error: serde_json::Error| Error::Unreadable { what: old_name, why: misfit(&error) };
        if body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
            return Ok(Self::of(&serde_json::from_slice::<Vec<&RawValue>>(body).map_err(unreadable)?));
        }
        let members: BTreeMap<String, &RawValue> = serde_json::from_slice(body).map_err(unreadable)?;
        let member = |name: &str| members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.get());
        let Some(list) = member("results").or_else(|| member(old_name)) else {
            return Err(Error::Unreadable { what: old_name, why: "neither `results` nor the old name of the list".into() });
        };
        let raws: Option<Vec<&RawValue>> = serde_json::from_str(list).map_err(unreadable)?;
        let mut page = Self::of(&raws.unwrap_or_default());
        if let Some(total) = member("totalResults").and_then(|text| text.parse().ok()) {
            page.total = total;
        }
        page.size = member("pageSize").and_then(|text| text.parse().ok()).filter(|size| *size > 0);
        let links: Links = member("_links").and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        page.next = links.next.and_then(|next| next.href);
        Ok(page)
    }

    fn of(raws: &[&RawValue]) -> Self {
        let mut page =
            Self { records: Vec::with_capacity(raws.len()), quarantined: vec![], total: raws.len() as u64, size: None, next: None };
        for raw in raws {
            match Record::read(raw.get()) {
                Ok(record) => page.records.push(record),
                Err(bad) => page.quarantined.push(bad),
            }
        }
        page
    }
}

impl<T> Page<T> {
    /// Records in all, good and bad.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len() + self.quarantined.len()
    }

    /// Nothing on it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The address that a server names as its next page lies at this origin. A page that points elsewhere is not to be believed.
#[must_use]
pub fn lies_at(next: &str, base: &Url) -> bool {
    base.join(next).is_ok_and(|next| next.origin() == base.origin())
}

/// Where and how a text did not fit, without what it held: serde quotes the offending value, and that may be a customer's.
pub(crate) fn misfit(error: &serde_json::Error) -> String {
    let text = error.to_string();
    if !text.starts_with("invalid ") {
        return text;
    }
    let (kind, rest) = text.split_once(['"', '`']).unwrap_or((&text, ""));
    match rest.rfind(", expected ").or_else(|| rest.rfind(" at line ")) {
        Some(at) => format!("{}{}", kind.trim_end(), &rest[at..]),
        None => text,
    }
}

/// Records by name, and those that could not be read.
pub type ByName<T> = (BTreeMap<String, Record<T>>, Vec<BadRecord>);

/// Decodes an object whose values are records.
pub(crate) fn map<T: DeserializeOwned>(body: &[u8], what: &'static str) -> Result<ByName<T>, Error> {
    let members: BTreeMap<String, &RawValue> =
        serde_json::from_slice(body).map_err(|error| Error::Unreadable { what, why: misfit(&error) })?;
    let (mut good, mut bad) = (BTreeMap::new(), vec![]);
    for (name, raw) in members {
        match Record::read(raw.get()) {
            Ok(record) => {
                good.insert(name, record);
            }
            Err(record) => bad.push(record),
        }
    }
    Ok((good, bad))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Named {
        name: String,
    }

    fn page(body: &str) -> Page<Named> {
        Page::read(body.as_bytes(), "things").expect(body)
    }

    #[test]
    fn c3_one_bad_record_is_kept_aside_and_the_rest_is_read() {
        let page = page(
            r#"{"results":[{"name":"a","new":{"x":1.50}},{"name":7},{"name":"c"}],"pageNumber":1,"totalResults":9,"_links":{"next":{"href":"/x"}}}"#,
        );
        assert_eq!(page.records.iter().map(|record| record.value.name.as_str()).collect::<Vec<_>>(), ["a", "c"]);
        assert_eq!(page.records[0].raw, r#"{"name":"a","new":{"x":1.50}}"#, "unknown members are kept to the letter");
        assert_eq!((page.quarantined.len(), page.quarantined[0].raw.as_str(), page.len(), page.total), (1, r#"{"name":7}"#, 3, 9));
    }

    #[test]
    fn c41_older_answers_name_their_collection_write_capitals_or_are_a_bare_list() {
        for body in [r#"{"things":[{"name":"a"}],"pageNumber":1,"others":[1]}"#, r#"{"Results":[{"Name":"a"}]}"#, r#" [{"name":"a"}]"#] {
            let page = page(body);
            assert_eq!((page.records[0].value.name.as_str(), page.total, page.next.is_none()), ("a", 1, true), "{body}");
        }
    }

    #[test]
    fn what_did_not_fit_is_not_quoted() {
        let why = |raw| Record::<Named>::read(raw).expect_err(raw).error;
        assert_eq!(why(r#"{"name":7}"#), "invalid type: integer, expected a string at line 1 column 9");
        assert_eq!(why(r#"{"name":["secret"]}"#), "invalid type: sequence, expected a string at line 1 column 8");
        assert_eq!(why(r#"{"n":1}"#), "missing field `name` at line 1 column 7");
        assert_eq!(why(r#""a, expected b""#), "invalid type: string, expected struct Named at line 1 column 15");
    }

    #[test]
    fn null_results_are_an_empty_page_and_no_list_is_an_error() {
        assert!(page(r#"{"results":null,"totalResults":0}"#).is_empty());
        for body in [r#"{"error":"x"}"#, r#"{"results":7}"#, r#""results""#, "{\"results\":[", ""] {
            assert!(Page::<Named>::read(body.as_bytes(), "things").is_err(), "{body}");
        }
    }

    #[test]
    fn c25_a_walk_ends_by_total_by_links_or_by_an_empty_page() {
        let query = PageQuery::first(2, "id");
        let with = |rest: &str| page(&format!(r#"{{"results":[{{"name":"a"}},{{"name":"b"}}]{rest}}}"#));
        assert!(query.goes_on_after(&with(r#","totalResults":3"#)));
        assert!(query.goes_on_after(&with(r#","totalResults":2,"_links":{"next":{"href":"/x?page=2"}}"#)), "the server knows of more");
        assert!(!query.goes_on_after(&with(r#","totalResults":2,"_links":{"self":{"href":"/x"}}"#)));
        let smaller = page(r#"{"results":[{"name":"a"}],"pageSize":1,"totalResults":2}"#);
        assert!(query.goes_on_after(&smaller), "the server gives fewer rows a page than were asked for");
        let hopeless = page(r#"{"results":[],"totalResults":99,"_links":{"next":{"href":"/x"}}}"#);
        assert!(!query.next().goes_on_after(&hopeless), "nothing came, so nothing will come");
    }

    #[test]
    fn c25_a_next_page_at_another_origin_is_refused() {
        let base = Url::parse("https://api.codat.io").expect("base");
        let next = |href: &str| lies_at(href, &base);
        for href in ["/companies?page=2", "companies?page=2", "https://api.codat.io/companies?page=2", "?page=2"] {
            assert!(next(href), "{href}");
        }
        for href in
            ["https://evil.example/companies", "//evil.example/x", "http://api.codat.io/x", "https://api.codat.io:444/x", "javascript:x"]
        {
            assert!(!next(href), "{href}");
        }
    }
}
