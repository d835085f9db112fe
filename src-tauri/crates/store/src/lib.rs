//! The encrypted database: the only crate that speaks SQL.
//!
//! One writer, several readers, one file per profile. Callers ask in the field's words and get plain rows; connections, pragmas and SQLite's types
//! stay inside. Data and the cursor that says how far it goes are written in one transaction.

mod audit;
mod banks;
mod browse;
mod budget;
mod bulk;
mod closings;
mod companies;
mod consents;
mod coverage;
mod datasets;
mod erase;
mod error;
mod freshness;
mod guard;
mod heard;
mod home_list;
mod inbox;
mod kept;
mod key;
mod ledger;
mod links;
mod looks;
mod meta;
mod movements;
mod open;
mod outbox;
mod packed;
mod put;
mod reading;
mod records;
mod rekey;
mod rollups;
mod search;
mod soundness;
mod tally;
mod together;
mod transactions;
mod whole;

pub use audit::{Act, AuditKey, AuditLine, Head, Verdict};
pub use banks::{BankChange, BankEntry, Change, Logo, Offer};
pub use browse::{AccountRow, CategoryRow, MonthSum, Totals};
pub use bulk::{Bulk, BulkCounts, BulkRow, BulkRows, BulkState, KnownCompany, RowState};
pub use companies::{CompanyEntry, ConnectionEntry};
pub use consents::{Consent, Ending, ListedConsent, NearEnd, Renewal, RenewalBatch};
pub use coverage::{AccountHistory, MonthRows};
pub use datasets::{DatasetEntry, StageSpan};
pub use erase::{EraseAnswer, Erasure, LeftBehind, Older, Receipt};
pub use error::{DiskTrouble, OpenError, StoreError, StoreProblem};
pub use guard::Stop;
pub use home_list::{CompanyFilter, CompanyItem, CompanyOrder, CompanyWindow, Counts, Held, Standing, View};
pub use inbox::Notice;
pub use kept::{Keep, Kept};
pub use key::DbKey;
pub use ledger::{BankRecord, Event};
pub use links::{Attempt, Draft, NonceUse};
pub use looks::{Look, Twin};
pub use movements::{Movement, Payment};
pub use open::Store;
pub use outbox::{Op, OpKind, OpState};
pub use reading::Reading;
pub use records::{
    AccountRecord, Applied, BalanceRecord, CategoryRecord, Cursor, EndedRun, PageDone, Quarantined, Records, Run, TransactionRecord,
};
pub use search::{Before, Found, FoundRow, Indexed};
pub use soundness::Soundness;
pub use tally::{Counted, Tally, Trouble};
pub use together::Writing;
pub use transactions::{Sum, TransactionFilter, TransactionRow, TransactionWindow};
