//! How much of what was read but not stored yet may lie in memory: bytes, not pages, so that large pages cannot fill it and small ones need not wait.

use crate::ports::RecordPage;
use domain::data_type::DataType;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// In kibibytes: the text of pages and the rows read from it.
const ALL: u32 = 16 * 1024;
/// What a row is taken to need before the first page of its type is here: its text and the row, in bytes.
const A_ROW: u32 = 1_000;

/// The room there is.
pub(crate) struct Room {
    free: Arc<Semaphore>,
    usual: [Usual; 4],
}

/// What pages of a type were like so far.
struct Usual {
    /// Rows that first pages had: nobody knows before they are here.
    rows: AtomicU32,
    /// Bytes a row.
    row: AtomicU32,
}

/// What a page weighs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weight {
    rows: u32,
    /// Bytes of the answer, which lies there until its rows are read.
    sent: usize,
    /// Bytes of the rows, which lie there until they are stored.
    held: usize,
}

impl Weight {
    pub(crate) fn of(page: &RecordPage) -> Self {
        let bad: usize = page.bad.iter().map(|bad| bad.raw.capacity()).sum();
        Self { rows: page.rows, sent: page.sent, held: page.records.bytes() + bad }
    }
}

impl Default for Room {
    fn default() -> Self {
        let usual = DataType::ALL.map(|data_type| Usual {
            rows: AtomicU32::new(if data_type == DataType::Transactions { 1_000 } else { 100 }),
            row: AtomicU32::new(A_ROW),
        });
        Self { free: Arc::new(Semaphore::new(ALL as usize)), usual }
    }
}

/// Room that is taken until this is dropped.
pub(crate) type Taken = Option<OwnedSemaphorePermit>;

impl Room {
    /// Waits until there is room for a page of so many rows; `None` = a first page, of which nobody knows.
    pub(crate) async fn take(&self, data_type: DataType, rows: Option<u32>, most: u32) -> Taken {
        let usual = self.usual(data_type);
        let rows = rows.unwrap_or_else(|| usual.rows.load(Ordering::Relaxed)).min(most);
        let bytes = rows.saturating_mul(usual.row.load(Ordering::Relaxed));
        Arc::clone(&self.free).acquire_many_owned(kib(bytes as usize)).await.ok()
    }

    /// The page is here and read: gives back what its rows do not need. One that is larger than expected is here already, and no reason to wait.
    pub(crate) fn settle(&self, data_type: DataType, is_first: bool, page: &Weight, taken: &mut Taken) {
        let usual = self.usual(data_type);
        // Several may do this at once: these are only guesses.
        let learn = |known: &AtomicU32, seen: u32| {
            let before = known.load(Ordering::Relaxed);
            known.store(before - before / 4 + seen.div_ceil(4), Ordering::Relaxed);
        };
        if is_first {
            learn(&usual.rows, page.rows);
        }
        if page.rows > 0 {
            learn(&usual.row, u32::try_from((page.sent + page.held) / page.rows as usize).unwrap_or(u32::MAX));
        }
        let needed = kib(page.held) as usize;
        let Some(permit) = taken else { return };
        let had = permit.num_permits();
        if had > needed {
            drop(permit.split(had - needed));
        } else if let Ok(more) = Arc::clone(&self.free).try_acquire_many_owned(u32::try_from(needed - had).unwrap_or(ALL)) {
            permit.merge(more);
        }
    }

    fn usual(&self, data_type: DataType) -> &Usual {
        let place = DataType::ALL.iter().position(|known| *known == data_type).unwrap_or_default();
        &self.usual[place]
    }
}

fn kib(bytes: usize) -> u32 {
    u32::try_from(bytes / 1024 + 1).unwrap_or(ALL).min(ALL)
}

#[cfg(test)]
mod tests {
    use super::*;
    use DataType::Transactions as T;

    #[tokio::test]
    async fn a_few_full_pages_fit_and_the_next_waits_for_one_to_be_stored() {
        let room = Room::default();
        let mut held = vec![];
        for _ in 0..3 {
            held.push(room.take(T, Some(5_000), 5_000).await);
        }
        let next = async { room.take(T, Some(5_000), 5_000).await };
        tokio::pin!(next);
        assert!(futures::poll!(&mut next).is_pending());
        held.pop();
        assert!(futures::poll!(&mut next).is_ready());
    }

    #[tokio::test]
    async fn a_page_gives_back_what_it_does_not_need_and_pages_teach_the_next_guess() {
        let room = Room::default();
        let permits = |taken: &Taken| taken.as_ref().map(OwnedSemaphorePermit::num_permits);
        let mut taken = room.take(T, None, 5_000).await;
        room.settle(T, true, &Weight { rows: 10, sent: 4_000, held: 3_000 }, &mut taken);
        assert_eq!(permits(&taken), Some(3), "the answer's text is gone once it is read");
        assert!(room.usual(T).rows.load(Ordering::Relaxed) < 1_000);
        assert!(room.usual(T).row.load(Ordering::Relaxed) < A_ROW);
        room.settle(T, true, &Weight { rows: 5_000, sent: 9 << 20, held: 5 << 20 }, &mut taken);
        assert_eq!(permits(&taken), Some(5 * 1024 + 1), "it grew");
        drop(taken);
        assert_eq!(room.free.available_permits(), ALL as usize);
        let large = room.take(T, Some(5_000), 5_000).await;
        assert!(permits(&large) > Some(5_000 * A_ROW as usize / 1024), "rows are larger here than elsewhere");
    }
}
