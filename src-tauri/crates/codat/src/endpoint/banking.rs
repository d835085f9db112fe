//! Banking data of a connection: what Codat has already read. Each answers 409 before the first read of its type has ended.

use super::endpoint;
use crate::ids::{CompanyId, ConnectionId};
use crate::model::{Account, AccountBalance, Transaction, TransactionCategory};
use crate::page::{Page, PageQuery};

macro_rules! banking {
    ($(#[$doc:meta])* $name:ident, $data_type:literal, $old_name:literal, $model:ty) => {
        endpoint! {
            $(#[$doc])*
            $name<'a> { /** Company. */ company: &'a CompanyId, /** Connection. */ connection: &'a ConnectionId, /** Which page. */ page: PageQuery }
            GET concat!("/companies/{companyId}/connections/{connectionId}/data/", $data_type),
            |this| ["companies", this.company.as_str(), "connections", this.connection.as_str(), "data", $data_type], query this.page.pairs()
            => Page<$model>, |body| Page::read(body, $old_name)
        }
    };
}

banking! {
    /// Accounts.
    ListAccounts, "banking-accounts", "accounts", Account
}
banking! {
    /// Balances.
    ListBalances, "banking-accountBalances", "accountBalances", AccountBalance
}
banking! {
    /// Transactions.
    ListTransactions, "banking-transactions", "transactions", Transaction
}
banking! {
    /// Categories.
    ListCategories, "banking-transactionCategories", "transactionCategories", TransactionCategory
}
