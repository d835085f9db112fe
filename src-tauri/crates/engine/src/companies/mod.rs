//! Companies: the home list and the check of a new name. What Codat lists is taken in by `sync`.

mod endings;
mod page;
mod pick;
mod sync_rows;
pub(crate) mod timeline;

use crate::engine::Engine;
use crate::error::Result;
use crate::view::{
    BankMark, CompanyPage, CompanyQuery, CompanyRow, CompanySort, Held, HistoryWindow, Labels, Millis, NameCheck, Ring, SavedView,
    StatusFilter, StatusPill,
};
use domain::bank_search::fold;
use domain::freshness::{Freshness, STALE_AFTER_MS};
use domain::history_window::Window;
use jiff::civil::Date;
use say::{say, word};
use store::{CompanyFilter, CompanyItem, CompanyOrder, ConnectionEntry, Standing, View};

impl Engine {
    /// A window of the home list.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn list_companies(&self, query: CompanyQuery) -> Result<CompanyPage> {
        let filter = filter_of(&query, self.now());
        let (window, as_of) = self.store(move |store| Ok((store.companies(&filter)?, store.fact("companies_at")?))).await?;
        let now = self.now();
        Ok(CompanyPage {
            total: window.total,
            rows: window.items.iter().map(|item| row(item, self.is_reading(item), now)).collect(),
            counts: self.counts().await?,
            as_of: as_of.and_then(|at| at.parse().ok()).map(Millis),
        })
    }

    /// What Codat will make of a name, and who may be the same.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn check_company_name(&self, name: String) -> Result<NameCheck> {
        let name: String = name.chars().take(200).collect();
        let kept = domain::company_name::as_stored(&name);
        let words = domain::company_name::telling_words(&name);
        let similar =
            if name.trim().chars().count() < 3 { vec![] } else { self.store(move |store| store.similar_companies(&words, 5)).await? };
        let now = self.now();
        Ok(NameCheck {
            empty: kept.stored.is_empty(),
            stored_as: kept.stored,
            removed: kept.removed.iter().map(ToString::to_string).collect(),
            similar: similar.iter().map(|item| row(item, self.is_reading(item), now)).collect(),
        })
    }

    /// Banks that companies are connected to.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn held_banks(&self) -> Result<Vec<Held>> {
        Ok(held(self.store(store::Store::banks_held).await?))
    }

    /// Owners and tags that companies have.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn labels(&self) -> Result<Labels> {
        let (owners, tags) = self.store(|store| Ok((store.owners()?, store.tags()?))).await?;
        Ok(Labels { owners: held(owners), tags: held(tags) })
    }

    /// Its reads are followed right now.
    pub(crate) fn is_reading(&self, item: &CompanyItem) -> bool {
        self.inner.turns.is_followed(&item.company.id) && item.connections.iter().any(|found| found.status == "Linked")
    }
}

fn held(told: Vec<store::Held>) -> Vec<Held> {
    told.into_iter().map(|one| Held { name: one.name, companies: one.companies }).collect()
}

/// A consent that ends within this stands among the ones that end.
pub(crate) const ENDING_MS: i64 = 14 * 86_400_000;

/// When a consent ends, by our estimate.
pub(crate) fn consent_ends(connection: &ConnectionEntry) -> Option<i64> {
    connection.ends_at.filter(|_| connection.status == "Linked")
}

fn filter_of(query: &CompanyQuery, now: i64) -> CompanyFilter {
    let text: String = query.text.chars().take(100).collect();
    CompanyFilter {
        words: fold(&text).split_whitespace().take(8).map(str::to_owned).collect(),
        view: match query.view {
            SavedView::All => View::All,
            SavedView::NeedsYou => View::NeedsYou,
            SavedView::Waiting => View::Waiting,
            SavedView::Ending => View::Ending,
            SavedView::Stale => View::Stale,
        },
        standing: query.status.map(|status| match status {
            StatusFilter::Ended => Standing::Ended,
            StatusFilter::Waiting => Standing::Waiting,
            StatusFilter::Linked => Standing::Linked,
            StatusFilter::Other => Standing::Other,
        }),
        bank: query.bank.clone(),
        owner: query.owner.clone(),
        tag: query.tag.clone(),
        ends_before: query.ends_within_days.map(|days| now + i64::from(days) * 86_400_000),
        ending_before: now + ENDING_MS,
        order: match query.sort {
            CompanySort::Name => CompanyOrder::Name,
            CompanySort::Status => CompanyOrder::Status,
            CompanySort::DataTo => CompanyOrder::DataTo,
            CompanySort::Created => CompanyOrder::Created,
        },
        descending: query.descending,
        stale_before: now - STALE_AFTER_MS,
        offset: query.offset,
        limit: query.limit.clamp(1, 500),
    }
}

/// A bank as a plate with its state.
pub(crate) fn bank_mark(connection: &ConnectionEntry) -> BankMark {
    BankMark {
        key: connection.bank_key.clone().unwrap_or_default(),
        name: domain::display::shown(&connection.bank_name),
        status: connection_pill(connection, false),
    }
}

/// A connection's state in words.
pub(crate) fn connection_pill(connection: &ConnectionEntry, is_reading: bool) -> StatusPill {
    let pill = |ring, word: &str| StatusPill { ring, word: word.to_owned() };
    match connection.status.as_str() {
        "Linked" if is_reading => pill(Ring::Running, word("Linked, reading")),
        "Linked" => pill(Ring::Moored, word("Linked##bank")),
        "PendingAuth" if connection.problem_code.as_deref() == Some("403") => pill(Ring::Dotted, word("Left before finishing")),
        "PendingAuth" if connection.problem_code.is_some() => pill(Ring::Crossed, word("Did not link")),
        "PendingAuth" => pill(Ring::Waiting, word("At the bank")),
        "Deauthorized" => pill(Ring::Crossed, word("Consent ended")),
        "Unlinked" => pill(Ring::Slashed, word("Unlinked by us")),
        other => pill(Ring::Dotted, &domain::display::shown(other)),
    }
}

/// The history window of a connection, once it was seen linked.
pub(crate) fn history_of(connection: &ConnectionEntry) -> Option<HistoryWindow> {
    let window = Window { linked_at: connection.linked_at?, queued_at: connection.queued_at };
    Some(HistoryWindow {
        linked_at: Millis(window.linked_at),
        queued_at: window.queued_at.map(Millis),
        closes_at: Millis(window.closes_at()),
        met: window.is_met(),
        seconds: window.seconds(),
    })
}

/// Days since 1970 as `YYYY-MM-DD`.
pub(crate) fn day_text(day: i64) -> String {
    Date::constant(1970, 1, 1).checked_add(jiff::Span::new().days(day)).map(|date| date.to_string()).unwrap_or_default()
}

pub(crate) fn row(item: &CompanyItem, is_reading: bool, now: i64) -> CompanyRow {
    let company = &item.company;
    let connections = &item.connections;
    let any = |test: &dyn Fn(&ConnectionEntry) -> bool| connections.iter().any(test);
    let pill = |ring, word: &str| StatusPill { ring, word: word.to_owned() };
    // The one that was read longest ago speaks for the company: an old date is never covered by a green ring.
    let longest_ago = connections.iter().filter(|found| found.status == "Linked").filter_map(|found| found.last_sync).min();
    let freshness = domain::freshness::of(longest_ago, now);
    let (status, next_action) = if connections.is_empty() {
        (pill(Ring::Dotted, word("No bank yet")), Some(say!("Connect a bank")))
    } else if any(&|found| found.status == "Deauthorized") {
        (pill(Ring::Crossed, word("Consent ended")), Some(say!("Renew the consent")))
    } else if any(&|found| found.status == "PendingAuth" && found.problem_code.is_some()) {
        let found = connections.iter().find(|found| found.status == "PendingAuth" && found.problem_code.is_some());
        (
            found.map_or_else(|| pill(Ring::Crossed, word("Did not link")), |found| connection_pill(found, false)),
            Some(say!("Try the bank again")),
        )
    } else if is_reading {
        (pill(Ring::Running, word("Reading##company")), None)
    } else if let Freshness::Stale(days) = freshness {
        (pill(Ring::Clock, &say!("No new data for {days} days", days)), Some(say!("Refresh")))
    } else if any(&|found| found.status == "PendingAuth") {
        (pill(Ring::Waiting, word("At the bank")), Some(say!("Hand the link over")))
    } else if any(&|found| found.status == "Linked") {
        (pill(Ring::Moored, if item.data_to.is_some() { word("Fresh") } else { word("Linked##bank") }), None)
    } else {
        (connections.first().map_or_else(|| pill(Ring::Dotted, word("No bank yet")), |found| connection_pill(found, false)), None)
    };
    CompanyRow {
        id: company.id.clone(),
        name: domain::display::shown(&company.name),
        reference: company.reference.as_deref().map(domain::display::shown),
        status,
        next_action,
        banks: connections.iter().map(bank_mark).collect(),
        data_to: item.data_to.map(day_text),
        consent_until_estimate: connections.iter().filter_map(consent_ends).min().map(Millis),
        created: company.created.map(Millis),
        owner: item.kept.owner.clone(),
        tags: item.kept.tags.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000_000;
    const DAY: i64 = 86_400_000;

    fn connection(status: &str, read_days_ago: Option<i64>, problem: Option<&str>) -> ConnectionEntry {
        ConnectionEntry {
            status: status.into(),
            last_sync: read_days_ago.map(|days| NOW - days * DAY),
            problem_code: problem.map(str::to_owned),
            ..ConnectionEntry::default()
        }
    }

    fn told(is_reading: bool, connections: Vec<ConnectionEntry>) -> (Ring, String, String) {
        let data_to = connections.iter().any(|found| found.last_sync.is_some()).then_some(20_000);
        let row = row(&CompanyItem { connections, data_to, ..CompanyItem::default() }, is_reading, NOW);
        (row.status.ring, row.status.word, row.next_action.unwrap_or_default())
    }

    #[test]
    fn what_needs_somebody_is_said_before_what_is_well() {
        let linked = |days| connection("Linked", Some(days), None);
        let table = [
            (told(false, vec![]), (Ring::Dotted, "No bank yet", "Connect a bank")),
            (
                told(false, vec![linked(1), connection("Deauthorized", Some(2), Some("401"))]),
                (Ring::Crossed, "Consent ended", "Renew the consent"),
            ),
            (
                told(false, vec![connection("PendingAuth", None, Some("403"))]),
                (Ring::Dotted, "Left before finishing", "Try the bank again"),
            ),
            (told(false, vec![connection("PendingAuth", None, None)]), (Ring::Waiting, "At the bank", "Hand the link over")),
            (told(true, vec![linked(9)]), (Ring::Running, "Reading", "")),
            (told(false, vec![linked(1), linked(11)]), (Ring::Clock, "No new data for 11 days", "Refresh")),
            (told(false, vec![linked(1)]), (Ring::Moored, "Fresh", "")),
            (told(false, vec![connection("Linked", None, None)]), (Ring::Moored, "Linked", "")),
            (told(false, vec![connection("Unlinked", Some(30), None)]), (Ring::Slashed, "Unlinked by us", "")),
            (told(false, vec![connection("Dormant\u{202e}", None, None)]), (Ring::Dotted, "Dormant", "")),
        ];
        for ((ring, word, next), wanted) in table {
            assert_eq!((ring, word.as_str(), next.as_str()), wanted);
        }
    }
}
