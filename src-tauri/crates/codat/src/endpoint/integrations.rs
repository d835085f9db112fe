//! Sources that can be connected.

use super::{endpoint, object};
use crate::ids::PlatformKey;
use crate::model::Integration;
use crate::page::{Page, PageQuery, Record};

endpoint! {
    /// Lists integrations, disabled ones included: filter again after reading.
    ListIntegrations { /** Which page. */ page: PageQuery }
    GET "/integrations", |this| ["integrations"], query this.page.pairs()
    => Page<Integration>, |body| Page::read(&body, "integrations")
}

endpoint! {
    /// One integration.
    GetIntegration<'a> { /** Platform key. */ key: &'a PlatformKey }
    GET "/integrations/{platformKey}", |this| ["integrations", this.key.as_str()]
    => Record<Integration>, |body| object(&body, "an integration")
}
