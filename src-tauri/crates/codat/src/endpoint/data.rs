//! Codat's own reads: their status, their history, and asking for one.

use super::{endpoint, object};
use crate::error::Error;
use crate::ids::{CompanyId, ConnectionId, DatasetId};
use crate::model::{DataStatus, PullOperation};
use crate::page::{ByName, Page, PageQuery, Record, map};

endpoint! {
    /// Status per data type, over all connections together: with two banks, ask the history.
    GetDataStatus<'a> { /** Company. */ company: &'a CompanyId }
    GET "/companies/{companyId}/dataStatus", |this| ["companies", this.company.as_str(), "dataStatus"]
    => ByName<DataStatus>, |body| map(&body, "the data status")
}

endpoint! {
    /// Queues every type that is read on first link, and only those.
    RefreshAll<'a> { /** Company. */ company: &'a CompanyId }
    POST "/companies/{companyId}/data/all", |this| ["companies", this.company.as_str(), "data", "all"]
    => (), |_| Ok::<(), Error>(())
}

endpoint! {
    /// Queues one type of one connection. A second time while it runs is refused with the running dataset's id.
    QueueDataType<'a> { /** Company. */ company: &'a CompanyId, /** Connection. */ connection: &'a ConnectionId, /** Data type. */ data_type: &'a str }
    POST "/companies/{companyId}/data/queue/{dataType}", |this| ["companies", this.company.as_str(), "data", "queue", this.data_type],
    query vec![("connectionId", this.connection.as_str().to_owned())]
    => Record<PullOperation>, |body| object(&body, "a queued read")
}

endpoint! {
    /// Reads of a company, per connection and data type.
    ListHistory<'a> { /** Company. */ company: &'a CompanyId, /** Which page. */ page: PageQuery }
    GET "/companies/{companyId}/data/history", |this| ["companies", this.company.as_str(), "data", "history"], query this.page.pairs()
    => Page<PullOperation>, |body| Page::read(&body, "history")
}

endpoint! {
    /// One read.
    GetHistory<'a> { /** Company. */ company: &'a CompanyId, /** Dataset. */ dataset: &'a DatasetId }
    GET "/companies/{companyId}/data/history/{datasetId}",
    |this| ["companies", this.company.as_str(), "data", "history", this.dataset.as_str()]
    => Record<PullOperation>, |body| object(&body, "a read")
}
