//! Companies.

use super::{endpoint, object};
use crate::error::Error;
use crate::ids::CompanyId;
use crate::model::Company;
use crate::page::{Page, PageQuery, Record};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a company is made of.
#[derive(Clone, Debug, Serialize)]
pub struct CompanyBody<'a> {
    /// Name; characters outside Codat's set are silently removed there.
    pub name: &'a str,
    /// Description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    /// At most ten. Never null: that would wipe them.
    pub tags: &'a BTreeMap<String, String>,
}

impl CompanyBody<'_> {
    /// The bytes to send, to be frozen before the first attempt: the same key with other bytes is refused.
    ///
    /// # Errors
    /// Never in practice: texts always have a JSON form.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }
}

/// A filter on a tag, in the query language of `tags`.
#[must_use]
pub fn tag_is(name: &str, value: &str) -> String {
    format!("{name}={value}")
}

endpoint! {
    /// Lists companies, with their connections.
    ListCompanies { /** Which page. */ page: PageQuery, /** Filter on tags, from `tag_is`. */ tags: Option<String> }
    GET "/companies", |this| ["companies"], query {
        let mut pairs = this.page.pairs();
        pairs.extend(this.tags.clone().map(|tags| ("tags", tags)));
        pairs
    }
    => Page<Company>, |body| Page::read(&body, "companies")
}

endpoint! {
    /// Makes a company, once per key.
    CreateCompany<'a> { /** From `CompanyBody::to_bytes`, frozen. */ frozen: &'a [u8], /** GUID. */ key: &'a str }
    POST "/companies", |this| ["companies"], body this.frozen, key this.key
    => Record<Company>, |body| object(&body, "a new company").or_else(|error| only_its_id(&body).ok_or(error))
}

endpoint! {
    /// One company.
    GetCompany<'a> { /** Company. */ company: &'a CompanyId }
    GET "/companies/{companyId}", |this| ["companies", this.company.as_str()]
    => Record<Company>, |body| object(&body, "a company")
}

endpoint! {
    /// Replaces name, description and tags as a whole.
    UpdateCompany<'a> { /** Company. */ company: &'a CompanyId, /** From `CompanyBody::to_bytes`. */ frozen: &'a [u8] }
    PUT "/companies/{companyId}", |this| ["companies", this.company.as_str()], body this.frozen
    => Record<Company>, |body| object(&body, "a company")
}

endpoint! {
    /// Deletes a company and its data at Codat, for good.
    DeleteCompany<'a> { /** Company. */ company: &'a CompanyId }
    DELETE "/companies/{companyId}", |this| ["companies", this.company.as_str()]
    => (), |_| Ok::<(), Error>(())
}

/// It was made, and the answer has grown something that does not fit: its id is enough to go on, and asking again would make another.
fn only_its_id(body: &[u8]) -> Option<Record<Company>> {
    #[derive(Deserialize)]
    struct Made {
        id: CompanyId,
    }
    let made: Made = serde_json::from_slice(body).ok()?;
    let company = serde_json::json!({ "id": made.id, "name": "" });
    Some(Record { value: serde_json::from_value(company).ok()?, raw: String::from_utf8_lossy(body).into_owned() })
}
