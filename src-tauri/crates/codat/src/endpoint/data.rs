//! Reads at Codat: their status, their history, and asking for one.

use super::{endpoint, object};
use crate::model::{DataStatus, PullOperation};
use crate::page::{Page, PageQuery};
use std::collections::BTreeMap;

endpoint! {
    /// Status per data type, over all connections together.
    GetDataStatus<'a> { /** Company. */ company: &'a str }
    GET "/companies/{companyId}/dataStatus", |this| ["companies", this.company, "dataStatus"]
    => BTreeMap<String, DataStatus>, |body| object(body, "the data status")
}

endpoint! {
    /// Queues every type that is read on first link, and only those.
    RefreshAll<'a> { /** Company. */ company: &'a str }
    POST "/companies/{companyId}/data/all", |this| ["companies", this.company, "data", "all"]
    => (), |_| Ok(())
}

endpoint! {
    /// Queues one type of one connection.
    QueueDataType<'a> { /** Company. */ company: &'a str, /** Connection. */ connection: &'a str, /** Data type. */ data_type: &'a str }
    POST "/companies/{companyId}/data/queue/{dataType}", |this| ["companies", this.company, "data", "queue", this.data_type],
    query vec![("connectionId", this.connection.to_owned())]
    => PullOperation, |body| object(body, "a queued read")
}

endpoint! {
    /// Reads of a company, per connection and data type.
    ListHistory<'a> { /** Company. */ company: &'a str, /** Which page. */ page: PageQuery }
    GET "/companies/{companyId}/data/history", |this| ["companies", this.company, "data", "history"], query this.page.pairs()
    => Page<PullOperation>, |body| Page::read(body, "the history of reads")
}

endpoint! {
    /// One read.
    GetHistory<'a> { /** Company. */ company: &'a str, /** Dataset. */ dataset: &'a str }
    GET "/companies/{companyId}/data/history/{datasetId}", |this| ["companies", this.company, "data", "history", this.dataset]
    => PullOperation, |body| object(body, "a read")
}
