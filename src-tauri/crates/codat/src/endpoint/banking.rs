//! Banking data of a connection.

use super::endpoint;
use crate::model::{Account, AccountBalance, Transaction, TransactionCategory};
use crate::page::{Page, PageQuery};

macro_rules! banking {
    ($(#[$doc:meta])* $name:ident, $path:literal, $template:literal, $model:ty) => {
        endpoint! {
            $(#[$doc])*
            $name<'a> { /** Company. */ company: &'a str, /** Connection. */ connection: &'a str, /** Which page. */ page: PageQuery }
            GET $template, |this| ["companies", this.company, "connections", this.connection, "data", $path], query this.page.pairs()
            => Page<$model>, |body| Page::read(body, $path)
        }
    };
}

banking! {
    /// Accounts.
    ListAccounts, "banking-accounts", "/companies/{companyId}/connections/{connectionId}/data/banking-accounts", Account
}
banking! {
    /// Balances.
    ListBalances, "banking-accountBalances", "/companies/{companyId}/connections/{connectionId}/data/banking-accountBalances", AccountBalance
}
banking! {
    /// Transactions.
    ListTransactions, "banking-transactions", "/companies/{companyId}/connections/{connectionId}/data/banking-transactions", Transaction
}
banking! {
    /// Categories.
    ListCategories, "banking-transactionCategories", "/companies/{companyId}/connections/{connectionId}/data/banking-transactionCategories", TransactionCategory
}
