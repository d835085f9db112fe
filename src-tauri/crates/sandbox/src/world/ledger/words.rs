//! Who is paid and who pays, and how a bank writes it. Trading partners are made up; tax offices are not.

use super::trade::What;
use crate::world::Dice;
use jiff::civil::Date;

/// What a transaction says.
pub(super) struct Said {
    pub description: String,
    pub merchant: Option<&'static str>,
}

const STAFF: &[&str] = &[
    "J OKAFOR",
    "M HARTLEY",
    "S LINDQVIST",
    "A PATEL",
    "R DUMONT",
    "K NOWAK",
    "E BRENNAN",
    "T FERREIRA",
    "L ROSSI",
    "H YILDIZ",
    "C WHITLOCK",
    "N SAARI",
    "P MOREAU",
    "D ACHEAMPONG",
];

const CUSTOMERS: &[&str] = &[
    "ALDERTON HOTELS",
    "BRIGHTWATER EVENTS",
    "CASTLEGATE SCHOOLS TRUST",
    "DRAYCOTT ESTATES",
    "ELMHURST CARE",
    "FENWICK AND DALE",
    "GREENBANK COUNCIL",
    "HOLLOWAY PROPERTIES",
    "IRONBRIDGE MUSEUM",
    "JESSOP CONSTRUCTION",
    "KINGSWELL CLINICS",
    "LARKSPUR LETTINGS",
    "MARLOWE PICTURES",
    "NORTHAM YACHTS",
    "ORCHARD LANE MARKETS",
    "PENDLE FESTIVALS",
    "QUAYSIDE APARTMENTS",
    "RAVENHILL COLLEGE",
    "SILVERTHORN ESTATES",
    "TAMARIND FOODS",
];

const SUPPLIERS: &[&str] = &[
    "Northgate Timber",
    "Oakfield Mill",
    "Bluebell Dairy",
    "Harbour Coffee Roasters",
    "Pennine Packaging",
    "Redcastle Fasteners",
    "Sefton Linen",
    "Tyne Glass",
    "Valley Produce",
    "Westfold Ironmongers",
    "Clearwater Drinks",
    "Ashgrove Paper",
    "Carrick Tools",
    "Dunmore Wholesale",
    "Eastgate Catering Supply",
    "Foxley Print",
];

const SHOPS: &[&str] =
    &["Station Newsagents", "Metro Parking", "Corner Hardware", "Parcel Point", "City Cabs", "Lantern Books", "Sandwich & Sons"];

const LARGER_SHOPS: &[&str] =
    &["Beacon Fuels", "Rail Tickets", "Office Corner", "Hilltop Garage", "Airfield Hotels", "Benchmark Computers"];

const SUBSCRIPTIONS: &[&str] = &["Ledgerline Accounts", "Mailfolk", "Cloudhouse Storage", "Rotaboard", "Pixelbench", "Voicelink Phones"];

const UTILITIES: &[&str] = &["Meridian Energy", "Springvale Water", "Fibrenorth Broadband", "City Waste Collection"];

const ABROAD: &[&str] =
    &["Atelier Vaucluse", "Brouwer Handel", "Ibérica Cerámica", "Kessler Werkzeuge", "Lagune Tessuti", "Midwest Fixtures"];

/// The tax office and its words, by country: office, payroll tax, value added tax.
fn tax(country: &str) -> (&'static str, &'static str, &'static str) {
    match country {
        "ie" => ("REVENUE COMMISSIONERS", "PAYE PRSI", "VAT3"),
        "fr" => ("DGFIP", "URSSAF", "TVA"),
        "de" | "at" => ("FINANZAMT", "LOHNSTEUER", "UST"),
        "es" => ("AGENCIA TRIBUTARIA", "IRPF 111", "IVA 303"),
        "it" => ("AGENZIA ENTRATE", "F24 IRPEF", "F24 IVA"),
        "nl" => ("BELASTINGDIENST", "LOONHEFFING", "BTW"),
        "be" => ("SPF FINANCES", "PRECOMPTE", "TVA BTW"),
        "uk" | "" => ("HMRC", "PAYE NIC", "VAT"),
        _ => ("TAX OFFICE", "PAYROLL TAX", "VAT"),
    }
}

/// How many people are paid each month.
pub(super) const MOST_STAFF: usize = STAFF.len();
/// How many subscriptions there can be.
pub(super) const MOST_SUBSCRIPTIONS: usize = SUBSCRIPTIONS.len();
/// How many utilities there are.
pub(super) const UTILITY_BILLS: usize = UTILITIES.len();

/// The words of one event. `nth` tells one payee from the next where several are paid by the calendar; nobody spends
/// a `large` amount on newspapers.
pub(super) fn say(what: What, nth: usize, large: bool, day: Date, country: &str, dice: &mut Dice) -> Said {
    let (office, payroll, vat) = tax(country);
    let number = 10_000 + dice.below(90_000);
    let named = |description: String, merchant: &'static str| Said { description, merchant: Some(merchant) };
    let plain = |description: String| Said { description, merchant: None };
    match what {
        What::Takings => named(format!("CARD TAKINGS {:02}{:02} TERMINAL SETTLEMENT", day.day(), day.month()), "Quayline Payments"),
        What::CardSale => named(format!("ONLINE ORDERS PAYOUT {number}"), "Quayline Payments"),
        What::Salary => plain(format!("SALARY {}", STAFF[nth % STAFF.len()])),
        What::PayrollTax => named(format!("{office} {payroll} {:04}{:02}", day.year(), day.month()), office),
        What::Vat => named(format!("{office} {vat} Q{} {}", (day.month() - 1) / 3 + 1, day.year()), office),
        What::Rent => named(format!("SO HARBOUR STREET ESTATES RENT {:02}/{}", day.month(), day.year()), "Harbour Street Estates"),
        What::Utility => {
            let who = UTILITIES[nth % UTILITIES.len()];
            named(format!("DD {} {number}", who.to_uppercase()), who)
        }
        What::Insurance => named(format!("DD KEELSTONE INSURANCE POLICY {}", 4_400_000 + nth), "Keelstone Insurance"),
        What::Subscription => {
            let who = SUBSCRIPTIONS[nth % SUBSCRIPTIONS.len()];
            named(format!("{} SUBSCRIPTION", who.to_uppercase()), who)
        }
        What::ProcessorFee => named(format!("QUAYLINE PAYMENTS FEES {:02}/{}", day.month(), day.year()), "Quayline Payments"),
        What::AccountFee => plain("MONTHLY ACCOUNT FEE".to_owned()),
        What::LoanRepayment => plain("BUSINESS LOAN REPAYMENT".to_owned()),
        What::LoanInterest => plain(format!("LOAN INTEREST TO {:02}/{:02}/{}", day.day(), day.month(), day.year())),
        What::CardSettlement => plain("DD BUSINESS CARD STATEMENT BALANCE".to_owned()),
        What::Conversion => plain(format!("FX CONVERSION REF {number}")),
        What::Sweep => plain("TRANSFER OWN ACCOUNTS RESERVE".to_owned()),
        What::BranchSweep => plain("TRANSFER OWN ACCOUNTS BRANCH".to_owned()),
        What::Interest => plain(format!("CREDIT INTEREST TO {:02}/{:02}/{}", day.day(), day.month(), day.year())),
        What::CustomerPayment => plain(format!("FPI {} INV {number}", dice.pick(CUSTOMERS))),
        What::CashDeposit => plain(format!("CASH PAID IN SLIP {number}")),
        What::Refund => plain(format!("REFUND ORDER {number}")),
        What::Supplier => {
            let who = *dice.pick(SUPPLIERS);
            named(format!("FPO {} INV {number}", who.to_uppercase()), who)
        }
        What::SupplierRefund => {
            let who = *dice.pick(SUPPLIERS);
            named(format!("{} CREDIT NOTE {number}", who.to_uppercase()), who)
        }
        What::Purchase => {
            let who = *dice.pick(if large { LARGER_SHOPS } else { SHOPS });
            named(format!("{} {:04}", who.to_uppercase(), number % 10_000), who)
        }
        What::ForeignIn => {
            let who = *dice.pick(ABROAD);
            named(format!("SEPA CT {} RF{number}", who.to_uppercase()), who)
        }
        What::ForeignOut => {
            let who = *dice.pick(ABROAD);
            named(format!("PAYMENT {} {number}", who.to_uppercase()), who)
        }
        What::Fee => plain((*dice.pick(&["FASTER PAYMENT FEE", "CASH HANDLING FEE", "NON-STERLING FEE", "CHAPS FEE"])).to_owned()),
        What::OneOff => {
            let (text, who) = *dice.pick(&[
                ("OVEN AND FITTING", "Eastgate Catering Supply"),
                ("VAN DEPOSIT", "Hilltop Garage"),
                ("WORKSHOP MACHINERY", "Carrick Tools"),
                ("SHOPFIT STAGE PAYMENT", "Tyne Glass"),
            ]);
            named(format!("{text} {number}"), who)
        }
    }
}
