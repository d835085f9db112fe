//! Banking data of a connection: what Codat has already read. Each answers 409 before the first read of its type has ended.

use super::endpoint;
use crate::ids::{CompanyId, ConnectionId};
use crate::page::PageQuery;
use crate::sheet::Sheet;

macro_rules! banking {
    ($(#[$doc:meta])* $name:ident, $data_type:literal, $old_name:literal) => {
        endpoint! {
            $(#[$doc])*
            $name<'a> { /** Company. */ company: &'a CompanyId, /** Connection. */ connection: &'a ConnectionId, /** Which page. */ page: PageQuery }
            GET concat!("/companies/{companyId}/connections/{connectionId}/data/", $data_type),
            |this| ["companies", this.company.as_str(), "connections", this.connection.as_str(), "data", $data_type], query this.page.pairs()
            => Sheet, |body| Ok(Sheet::new(body, $old_name))
        }
    };
}

banking! {
    /// Accounts.
    ListAccounts, "banking-accounts", "accounts"
}
banking! {
    /// Balances.
    ListBalances, "banking-accountBalances", "accountBalances"
}
banking! {
    /// Transactions.
    ListTransactions, "banking-transactions", "transactions"
}
banking! {
    /// Categories.
    ListCategories, "banking-transactionCategories", "transactionCategories"
}
