//! The two kinds of category sets: nine flat ones, and the 120 in two levels that Plaid's personal finance taxonomy
//! has. Ids are facts of that taxonomy; names are made from them.

use super::trade::What;
use crate::world::{DateForm, Dice, Mode};
use jiff::civil::DateTime;

/// One category of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// The provider's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The category it belongs to.
    pub parent_id: Option<String>,
    /// Others belong to it.
    pub has_children: bool,
    /// `Active`, `Archived`, or a word nobody promised.
    pub status: &'static str,
    pub(super) source_modified: Option<DateTime>,
    pub(super) form: DateForm,
}

/// A category that transactions name and the list does not hold.
pub(super) const UNLISTED: (&str, &str) = ("legacy.uncategorised", "Uncategorised (old)");

const FLAT: [(&str, &str, &str); 9] = [
    ("sales", "Sales and takings", "Active"),
    ("payroll", "Payroll", "Active"),
    ("tax", "Tax", "Active"),
    ("premises", "Rent and utilities", "Active"),
    ("suppliers", "Suppliers", "Active"),
    ("bank-charges", "Bank charges and interest", "Active"),
    ("transfers", "Transfers", "Active"),
    ("borrowing", "Borrowing", "Archived"),
    ("other", "Everything else", "Dormant"),
];

const TREE: [(&str, &[&str]); 16] = [
    ("INCOME", &["DIVIDENDS", "INTEREST_EARNED", "RETIREMENT_PENSION", "TAX_REFUND", "UNEMPLOYMENT", "WAGES", "OTHER_INCOME"]),
    (
        "TRANSFER_IN",
        &["CASH_ADVANCES_AND_LOANS", "DEPOSIT", "INVESTMENT_AND_RETIREMENT_FUNDS", "SAVINGS", "ACCOUNT_TRANSFER", "OTHER_TRANSFER_IN"],
    ),
    ("TRANSFER_OUT", &["INVESTMENT_AND_RETIREMENT_FUNDS", "SAVINGS", "WITHDRAWAL", "ACCOUNT_TRANSFER", "OTHER_TRANSFER_OUT"]),
    (
        "LOAN_PAYMENTS",
        &["CAR_PAYMENT", "CREDIT_CARD_PAYMENT", "PERSONAL_LOAN_PAYMENT", "MORTGAGE_PAYMENT", "STUDENT_LOAN_PAYMENT", "OTHER_PAYMENT"],
    ),
    ("BANK_FEES", &["ATM_FEES", "FOREIGN_TRANSACTION_FEES", "INSUFFICIENT_FUNDS", "INTEREST_CHARGE", "OVERDRAFT_FEES", "OTHER_BANK_FEES"]),
    (
        "ENTERTAINMENT",
        &[
            "CASINOS_AND_GAMBLING",
            "MUSIC_AND_AUDIO",
            "SPORTING_EVENTS_AMUSEMENT_PARKS_AND_MUSEUMS",
            "TV_AND_MOVIES",
            "VIDEO_GAMES",
            "OTHER_ENTERTAINMENT",
        ],
    ),
    (
        "FOOD_AND_DRINK",
        &["BEER_WINE_AND_LIQUOR", "COFFEE", "FAST_FOOD", "GROCERIES", "RESTAURANT", "VENDING_MACHINES", "OTHER_FOOD_AND_DRINK"],
    ),
    (
        "GENERAL_MERCHANDISE",
        &[
            "BOOKSTORES_AND_NEWSSTANDS",
            "CLOTHING_AND_ACCESSORIES",
            "CONVENIENCE_STORES",
            "DEPARTMENT_STORES",
            "DISCOUNT_STORES",
            "ELECTRONICS",
            "GIFTS_AND_NOVELTIES",
            "OFFICE_SUPPLIES",
            "ONLINE_MARKETPLACES",
            "PET_SUPPLIES",
            "SPORTING_GOODS",
            "SUPERSTORES",
            "TOBACCO_AND_VAPE",
            "OTHER_GENERAL_MERCHANDISE",
        ],
    ),
    ("HOME_IMPROVEMENT", &["FURNITURE", "HARDWARE", "REPAIR_AND_MAINTENANCE", "SECURITY", "OTHER_HOME_IMPROVEMENT"]),
    (
        "MEDICAL",
        &["DENTAL_CARE", "EYE_CARE", "NURSING_CARE", "PHARMACIES_AND_SUPPLEMENTS", "PRIMARY_CARE", "VETERINARY_SERVICES", "OTHER_MEDICAL"],
    ),
    ("PERSONAL_CARE", &["GYMS_AND_FITNESS_CENTERS", "HAIR_AND_BEAUTY", "LAUNDRY_AND_DRY_CLEANING", "OTHER_PERSONAL_CARE"]),
    (
        "GENERAL_SERVICES",
        &[
            "ACCOUNTING_AND_FINANCIAL_PLANNING",
            "AUTOMOTIVE",
            "CHILDCARE",
            "CONSULTING_AND_LEGAL",
            "EDUCATION",
            "INSURANCE",
            "POSTAGE_AND_SHIPPING",
            "STORAGE",
            "OTHER_GENERAL_SERVICES",
        ],
    ),
    ("GOVERNMENT_AND_NON_PROFIT", &["DONATIONS", "GOVERNMENT_DEPARTMENTS_AND_AGENCIES", "TAX_PAYMENT", "OTHER_GOVERNMENT_AND_NON_PROFIT"]),
    (
        "TRANSPORTATION",
        &["BIKES_AND_SCOOTERS", "GAS", "PARKING", "PUBLIC_TRANSIT", "TAXIS_AND_RIDE_SHARES", "TOLLS", "OTHER_TRANSPORTATION"],
    ),
    ("TRAVEL", &["FLIGHTS", "LODGING", "RENTAL_CARS", "OTHER_TRAVEL"]),
    (
        "RENT_AND_UTILITIES",
        &["GAS_AND_ELECTRICITY", "INTERNET_AND_CABLE", "RENT", "SEWAGE_AND_WASTE_MANAGEMENT", "TELEPHONE", "WATER", "OTHER_UTILITIES"],
    ),
];

/// The set of a provider.
pub(super) fn categories(mode: Mode, seed: u64, as_of: DateTime) -> Vec<Category> {
    let mut dice = Dice::named(seed, "categories");
    let mut category = |id: String, name: String, parent_id: Option<String>, has_children: bool, status: &'static str| Category {
        id,
        name,
        parent_id,
        has_children,
        status,
        source_modified: dice.chance(1, 3).then_some(as_of),
        form: *dice.pick(&[DateForm::Unzoned, DateForm::Unzoned, DateForm::SixDigits, DateForm::DateOnly]),
    };
    match mode {
        Mode::TrueLayer => FLAT.iter().map(|&(id, name, status)| category(id.to_owned(), name.to_owned(), None, false, status)).collect(),
        Mode::Plaid => {
            let mut all = Vec::with_capacity(120);
            for (parent, children) in TREE {
                all.push(category(parent.to_owned(), in_words(parent), None, true, "Active"));
                for child in children {
                    all.push(category(format!("{parent}.{parent}_{child}"), in_words(child), Some(parent.to_owned()), false, "Active"));
                }
            }
            all
        }
    }
}

/// `BANK_FEES` to `Bank fees`.
fn in_words(id: &str) -> String {
    let mut words = id.replace('_', " ").to_lowercase();
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

/// The category of an event: id and name.
pub(super) fn category_of(mode: Mode, what: What) -> (&'static str, &'static str) {
    match mode {
        Mode::TrueLayer => match what {
            What::Takings | What::CardSale | What::CustomerPayment | What::CashDeposit | What::ForeignIn | What::Refund => {
                ("sales", "Sales and takings")
            }
            What::Salary => ("payroll", "Payroll"),
            What::PayrollTax | What::Vat => ("tax", "Tax"),
            What::Rent | What::Utility => ("premises", "Rent and utilities"),
            What::Supplier | What::SupplierRefund | What::ForeignOut => ("suppliers", "Suppliers"),
            What::ProcessorFee | What::AccountFee | What::Fee | What::Interest | What::LoanInterest => {
                ("bank-charges", "Bank charges and interest")
            }
            What::CardSettlement | What::Conversion | What::Sweep | What::BranchSweep => ("transfers", "Transfers"),
            What::LoanRepayment => ("borrowing", "Borrowing"),
            What::Insurance | What::Subscription | What::Purchase | What::OneOff => ("other", "Everything else"),
        },
        Mode::Plaid => match what {
            What::Takings | What::CardSale | What::CustomerPayment | What::ForeignIn => ("INCOME.INCOME_OTHER_INCOME", "Other income"),
            What::CashDeposit => ("TRANSFER_IN.TRANSFER_IN_DEPOSIT", "Deposit"),
            What::Refund | What::Supplier | What::SupplierRefund | What::ForeignOut => {
                ("GENERAL_MERCHANDISE.GENERAL_MERCHANDISE_OTHER_GENERAL_MERCHANDISE", "Other general merchandise")
            }
            What::Salary => ("TRANSFER_OUT.TRANSFER_OUT_OTHER_TRANSFER_OUT", "Other transfer out"),
            What::PayrollTax | What::Vat => ("GOVERNMENT_AND_NON_PROFIT.GOVERNMENT_AND_NON_PROFIT_TAX_PAYMENT", "Tax payment"),
            What::Rent => ("RENT_AND_UTILITIES.RENT_AND_UTILITIES_RENT", "Rent"),
            What::Utility => ("RENT_AND_UTILITIES.RENT_AND_UTILITIES_GAS_AND_ELECTRICITY", "Gas and electricity"),
            What::Insurance => ("GENERAL_SERVICES.GENERAL_SERVICES_INSURANCE", "Insurance"),
            What::Subscription | What::OneOff => ("GENERAL_SERVICES.GENERAL_SERVICES_OTHER_GENERAL_SERVICES", "Other general services"),
            What::ProcessorFee | What::AccountFee | What::Fee => ("BANK_FEES.BANK_FEES_OTHER_BANK_FEES", "Other bank fees"),
            What::LoanInterest => ("BANK_FEES.BANK_FEES_INTEREST_CHARGE", "Interest charge"),
            What::LoanRepayment => ("LOAN_PAYMENTS.LOAN_PAYMENTS_OTHER_PAYMENT", "Other payment"),
            What::CardSettlement => ("LOAN_PAYMENTS.LOAN_PAYMENTS_CREDIT_CARD_PAYMENT", "Credit card payment"),
            What::Conversion | What::Sweep | What::BranchSweep => ("TRANSFER_OUT.TRANSFER_OUT_ACCOUNT_TRANSFER", "Account transfer"),
            What::Interest => ("INCOME.INCOME_INTEREST_EARNED", "Interest earned"),
            What::Purchase => ("GENERAL_MERCHANDISE.GENERAL_MERCHANDISE_OFFICE_SUPPLIES", "Office supplies"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn plaid_has_120_in_two_levels_and_truelayer_nine_flat() {
        let at = jiff::civil::date(2025, 1, 1).at(0, 0, 0, 0);
        let tree = categories(Mode::Plaid, 1, at);
        assert_eq!(tree.len(), 120, "S72");
        let ids: HashSet<&str> = tree.iter().map(|c| c.id.as_str()).collect();
        assert_eq!(ids.len(), 120);
        assert!(tree.iter().filter_map(|c| c.parent_id.as_deref()).all(|parent| ids.contains(parent)), "every parent is in the list");
        assert!(ids.contains("BANK_FEES.BANK_FEES_ATM_FEES"), "the documented example");
        let flat = categories(Mode::TrueLayer, 1, at);
        assert_eq!(flat.len(), 9, "S72");
        assert!(flat.iter().any(|c| !["Unknown", "Active", "Archived"].contains(&c.status)), "S68: a status outside the list");
    }

    #[test]
    fn every_event_has_a_listed_category() {
        use What::*;
        let at = jiff::civil::date(2025, 1, 1).at(0, 0, 0, 0);
        for mode in [Mode::Plaid, Mode::TrueLayer] {
            let all = categories(mode, 1, at);
            for what in [Takings, Salary, Vat, Rent, Utility, Purchase, Supplier, CardSettlement, Interest, LoanRepayment, CashDeposit, Fee]
            {
                let (id, name) = category_of(mode, what);
                assert!(all.iter().any(|c| c.id == id && c.name == name), "{mode:?} {what:?}: {id} {name}");
            }
        }
    }
}
