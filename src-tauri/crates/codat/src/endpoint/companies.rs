//! Companies.

use super::{endpoint, object};
use crate::model::Company;
use crate::page::{Page, PageQuery};
use serde::Serialize;
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
    /// The bytes to send, to be frozen before the first attempt.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

endpoint! {
    /// Lists companies, with their connections.
    ListCompanies { /** Which page. */ page: PageQuery, /** Filter on tags, for example `uid=7`. */ tags: Option<String> }
    GET "/companies", |this| ["companies"], query {
        let mut pairs = this.page.pairs();
        pairs.extend(this.tags.clone().map(|tags| ("tags", tags)));
        pairs
    }
    => Page<Company>, |body| Page::read(body, "companies")
}

endpoint! {
    /// Makes a company, once per key.
    CreateCompany<'a> { /** From `CompanyBody::to_bytes`, frozen. */ frozen: &'a [u8], /** GUID. */ key: &'a str }
    POST "/companies", |this| ["companies"], body this.frozen, key this.key
    => Company, |body| object(body, "a new company")
}

endpoint! {
    /// One company.
    GetCompany<'a> { /** Company. */ company: &'a str }
    GET "/companies/{companyId}", |this| ["companies", this.company]
    => Company, |body| object(body, "a company")
}

endpoint! {
    /// Replaces name, description and tags as a whole.
    UpdateCompany<'a> { /** Company. */ company: &'a str, /** From `CompanyBody::to_bytes`. */ frozen: &'a [u8] }
    PUT "/companies/{companyId}", |this| ["companies", this.company], body this.frozen
    => Company, |body| object(body, "a company")
}

endpoint! {
    /// Deletes a company and its data at Codat, for good.
    DeleteCompany<'a> { /** Company. */ company: &'a str }
    DELETE "/companies/{companyId}", |this| ["companies", this.company]
    => (), |_| Ok(())
}
