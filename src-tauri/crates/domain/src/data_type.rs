//! The four data types of banking.

use say::{later, word};
use std::fmt;

/// A banking data type at Codat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DataType {
    /// `banking-accounts`
    Accounts,
    /// `banking-accountBalances`
    Balances,
    /// `banking-transactions`
    Transactions,
    /// `banking-transactionCategories`
    Categories,
}

impl DataType {
    /// All four, in the order in which screens list them.
    pub const ALL: [Self; 4] = [Self::Accounts, Self::Balances, Self::Transactions, Self::Categories];

    /// Codat's key.
    #[must_use]
    pub fn wire(self) -> &'static str {
        match self {
            Self::Accounts => "banking-accounts",
            Self::Balances => "banking-accountBalances",
            Self::Transactions => "banking-transactions",
            Self::Categories => "banking-transactionCategories",
        }
    }

    /// The word for a person.
    #[must_use]
    pub fn label(self) -> &'static str {
        word(self.english())
    }

    /// The same in English, for what is kept.
    #[must_use]
    pub fn english(self) -> &'static str {
        match self {
            Self::Accounts => later!("Accounts"),
            Self::Balances => later!("Balances"),
            Self::Transactions => later!("Transactions"),
            Self::Categories => later!("Categories"),
        }
    }

    /// Reads Codat's key; case does not matter, other data types are `None`.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|data_type| data_type.wire().eq_ignore_ascii_case(text))
    }
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.wire())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_read_back_from_its_key_in_any_case() {
        for data_type in DataType::ALL {
            assert_eq!(DataType::from_wire(&data_type.wire().to_uppercase()), Some(data_type));
        }
        assert_eq!(DataType::from_wire("bankAccounts"), None, "accounting's bank accounts are another thing");
    }
}
