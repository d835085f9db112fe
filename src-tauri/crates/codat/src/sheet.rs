//! A page of many small records: read in one pass where everything fits, its texts lent by the answer. Only a page that holds something odd is read a
//! second time with care, record by record, so that one bad record never fails its page and is kept as it was sent.

use crate::error::Error;
use crate::page::{BadRecord, Links, misfit};
use crate::wire::small_members;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

/// Takes records as they are read.
pub trait Take: Default {
    /// A record, lent by the answer.
    type Told<'a>: Deserialize<'a>;

    /// Each record's own text is wanted, too: that costs a second look at every byte.
    const WITH_TEXT: bool = false;

    /// Takes one record. Its text as sent comes along where it is wanted; else it may be empty.
    ///
    /// # Errors
    /// Why the record cannot be taken: it is then kept aside.
    fn take(&mut self, told: Self::Told<'_>, text: &str) -> Result<(), &'static str>;
}

/// What came of a page.
#[derive(Clone, Debug)]
pub struct Taken<T> {
    /// Who took the records.
    pub records: T,
    /// Records that were not understood or not taken.
    pub quarantined: Vec<BadRecord>,
    /// Records on the page, good and bad.
    pub rows: u32,
    /// Matches in all, as the server counts.
    pub total: u64,
    /// Where the server says that the next page is. Only looked at: next pages are computed.
    pub next: Option<String>,
}

/// A page as it was sent, not read yet: reading thousands of records belongs where blocking is allowed.
#[derive(Clone, Debug)]
pub struct Sheet {
    body: Vec<u8>,
    old_name: &'static str,
}

impl Sheet {
    /// The records stand under `results`; older answers used the collection's `old_name`, or were a bare list.
    #[must_use]
    pub fn new(body: Vec<u8>, old_name: &'static str) -> Self {
        Self { body, old_name }
    }

    /// Bytes it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.body.len()
    }

    /// Nothing was sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    /// Reads it.
    ///
    /// # Errors
    /// When the page itself is no page; never for a record.
    pub fn read<T: Take>(&self) -> Result<Taken<T>, Error> {
        if !T::WITH_TEXT
            && let Some(taken) = self.at_once()
        {
            return Ok(taken);
        }
        self.with_care()
    }

    /// One pass, if everything on the page fits.
    fn at_once<T: Take>(&self) -> Option<Taken<T>> {
        let mut records = T::default();
        let mut json = serde_json::Deserializer::from_slice(&self.body);
        let frame = Members { records: &mut records }.deserialize(&mut json).ok()?;
        json.end().ok()?;
        frame.finish(records, vec![])
    }

    fn with_care<T: Take>(&self) -> Result<Taken<T>, Error> {
        let unreadable = |error: serde_json::Error| Error::Unreadable { what: self.old_name, why: misfit(&error) };
        let mut frame = Frame::default();
        let texts: Vec<&RawValue> = if self.body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
            serde_json::from_slice(&self.body).map_err(unreadable)?
        } else {
            let members: BTreeMap<String, &RawValue> = serde_json::from_slice(&self.body).map_err(unreadable)?;
            let member = |name: &str| members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| *value);
            let Some(list) = member("results").or_else(|| member(self.old_name)) else {
                return Err(Error::Unreadable { what: self.old_name, why: "neither `results` nor the old name of the list".into() });
            };
            (frame.total, frame.links) = (member("totalResults"), member("_links"));
            serde_json::from_str::<Option<_>>(list.get()).map_err(unreadable)?.unwrap_or_default()
        };
        frame.rows = Some(texts.len());
        let (mut records, mut bad) = (T::default(), vec![]);
        for text in texts.into_iter().map(RawValue::get) {
            if let Err(error) = take(&mut records, text) {
                bad.push(BadRecord { raw: text.to_owned(), error });
            }
        }
        frame.finish(records, bad).ok_or(Error::Unreadable { what: self.old_name, why: "no list".into() })
    }
}

/// Takes one record from its text. Members of old answers that begin with a capital are understood.
fn take<T: Take>(records: &mut T, text: &str) -> Result<(), String> {
    let error = match serde_json::from_str::<T::Told<'_>>(text) {
        Ok(told) => return Ok(records.take(told, text)?),
        Err(error) => error,
    };
    match serde_json::from_str::<T::Told<'_>>(&small_members(text)) {
        Ok(told) => Ok(records.take(told, text)?),
        Err(_) => Err(misfit(&error)),
    }
}

/// What stands around the records.
#[derive(Default)]
struct Frame<'a> {
    /// None when there was no list.
    rows: Option<usize>,
    total: Option<&'a RawValue>,
    links: Option<&'a RawValue>,
}

impl Frame<'_> {
    fn finish<T>(self, records: T, quarantined: Vec<BadRecord>) -> Option<Taken<T>> {
        let rows = self.rows?;
        let links: Links = self.links.and_then(|links| serde_json::from_str(links.get()).ok()).unwrap_or_default();
        Some(Taken {
            records,
            quarantined,
            rows: u32::try_from(rows).unwrap_or(u32::MAX),
            total: self.total.and_then(|total| total.get().parse().ok()).unwrap_or(rows as u64),
            next: links.next.and_then(|next| next.href),
        })
    }
}

/// Reads the page's members and, in passing, its records.
struct Members<'t, T> {
    records: &'t mut T,
}

impl<'de, T: Take> DeserializeSeed<'de> for Members<'_, T> {
    type Value = Frame<'de>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de, T: Take> Visitor<'de> for Members<'_, T> {
    type Value = Frame<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut frame = Frame::default();
        while let Some(Name(name)) = map.next_key()? {
            let is = |wanted: &str| name.eq_ignore_ascii_case(wanted);
            if is("results") {
                // A second list is for a careful look.
                let rows = map.next_value_seed(List { records: &mut *self.records })?;
                if frame.rows.replace(rows).is_some() {
                    return Err(A::Error::custom("two lists"));
                }
            } else if is("totalResults") {
                frame.total = Some(map.next_value()?);
            } else if is("_links") {
                frame.links = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(frame)
    }
}

/// A member's name.
struct Name<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Text<'a>(PhantomData<&'a ()>);

        impl<'de: 'a, 'a> Visitor<'de> for Text<'a> {
            type Value = Name<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Borrowed(text)))
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Owned(text.to_owned())))
            }
        }

        from.deserialize_str(Text(PhantomData))
    }
}

/// Reads the records, each straight to who takes them.
struct List<'t, T> {
    records: &'t mut T,
}

impl<'de, T: Take> DeserializeSeed<'de> for List<'_, T> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de, T: Take> Visitor<'de> for List<'_, T> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut rows = 0;
        while let Some(told) = list.next_element::<T::Told<'de>>()? {
            self.records.take(told, "").map_err(A::Error::custom)?;
            rows += 1;
        }
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Named<'a> {
        #[serde(borrow)]
        name: Cow<'a, str>,
    }

    /// Takes names, but for one.
    #[derive(Debug, Default)]
    struct Names(Vec<(String, bool)>);

    impl Take for Names {
        type Told<'a> = Named<'a>;

        fn take(&mut self, told: Named<'_>, _text: &str) -> Result<(), &'static str> {
            if told.name == "unwanted" {
                return Err("name: unwanted");
            }
            self.0.push((told.name.to_string(), matches!(told.name, Cow::Borrowed(_))));
            Ok(())
        }
    }

    fn read(body: &str) -> Taken<Names> {
        Sheet::new(body.into(), "things").read().expect(body)
    }

    fn names(page: &Taken<Names>) -> Vec<&str> {
        page.records.0.iter().map(|(name, _)| name.as_str()).collect()
    }

    #[test]
    fn what_fits_is_lent_and_only_what_holds_escapes_is_copied() {
        let page = read(
            r#"{"results":[{"name":"a","new":{"x":1.50}},{"name":"b\n"}],"pageNumber":1,"totalResults":9,"_links":{"next":{"href":"/x"}}}"#,
        );
        assert_eq!(page.records.0, [("a".to_owned(), true), ("b\n".to_owned(), false)]);
        assert_eq!((page.rows, page.total, page.next.as_deref(), page.quarantined.len()), (2, 9, Some("/x"), 0));
    }

    #[test]
    fn c3_bad_and_unwanted_records_are_kept_aside_to_the_letter_and_the_rest_is_read_once() {
        let page = read(r#"{"results":[{"name":"a"},{"name":7, "x":1},{"name":"unwanted"},{"Name":"d"},7],"totalResults":5}"#);
        assert_eq!((names(&page), page.rows), (vec!["a", "d"], 5));
        let kept: Vec<_> = page.quarantined.iter().map(|bad| (bad.raw.as_str(), bad.error.as_str())).collect();
        assert_eq!(
            kept[0],
            (r#"{"name":7, "x":1}"#, "invalid type: integer, expected a string at line 1 column 9"),
            "and nothing of it is quoted"
        );
        assert_eq!(kept[1], (r#"{"name":"unwanted"}"#, "name: unwanted"));
        assert_eq!((kept[2].0, kept.len()), ("7", 3));
    }

    #[test]
    fn c41_older_answers_name_their_collection_write_capitals_or_are_a_bare_list() {
        for body in [r#"{"things":[{"name":"a"}],"pageNumber":1,"others":[1]}"#, r#"{"Results":[{"Name":"a"}]}"#, r#" [{"name":"a"}]"#] {
            let page = read(body);
            assert_eq!((names(&page), page.total, page.next.is_none()), (vec!["a"], 1, true), "{body}");
        }
    }

    #[test]
    fn odd_frames_are_read_with_care() {
        assert_eq!((read(r#"{"results":null,"totalResults":0}"#).rows, read(r#"{"results":null,"totalResults":3}"#).total), (0, 3));
        assert_eq!(read(r#"{"results":[{"name":"a"}],"totalResults":"many","_links":7}"#).total, 1, "a total that is none is what came");
        assert_eq!(names(&read(r#"{"results":[{"name":"a"}],"results":[{"name":"b"}]}"#)), ["b"], "the last of two counts");
        for body in [r#"{"error":"x"}"#, r#"{"results":7}"#, r#""results""#, "{\"results\":[", "", r#"{"results":[]} x"#] {
            assert!(Sheet::new(body.into(), "things").read::<Names>().is_err(), "{body}");
        }
    }

    #[derive(Default)]
    struct Texts(Vec<String>);

    impl Take for Texts {
        type Told<'a> = Named<'a>;
        const WITH_TEXT: bool = true;

        fn take(&mut self, _: Named<'_>, text: &str) -> Result<(), &'static str> {
            self.0.push(text.to_owned());
            Ok(())
        }
    }

    #[test]
    fn who_wants_a_records_text_gets_it_as_it_was_sent() {
        let page: Taken<Texts> = Sheet::new(br#"{"results":[{"Name": "a","new":1.50}]}"#.to_vec(), "things").read().expect("a page");
        assert_eq!(page.records.0, [r#"{"Name": "a","new":1.50}"#]);
    }
}
