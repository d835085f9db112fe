//! How much of what was read but not stored yet may lie in memory: bytes, not pages, so that large pages cannot fill it and small ones need not wait.

use domain::data_type::DataType;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// In kibibytes: the text of pages and the rows read from it.
const ALL: u32 = 24 * 1024;
/// What a row takes, both as text and as a row, in bytes.
const A_ROW: u32 = 800;

/// The room there is.
pub(crate) struct Room {
    free: Arc<Semaphore>,
    /// Rows that first pages of each type had, on the average: nobody knows before they are here.
    usual: [AtomicU32; 4],
}

impl Default for Room {
    fn default() -> Self {
        let usual = DataType::ALL.map(|data_type| AtomicU32::new(if data_type == DataType::Transactions { 1_000 } else { 100 }));
        Self { free: Arc::new(Semaphore::new(ALL as usize)), usual }
    }
}

/// Room that is taken until this is dropped.
pub(crate) type Taken = Option<OwnedSemaphorePermit>;

impl Room {
    /// Waits until there is room for a page of so many rows; `None` = a first page, of which nobody knows.
    pub(crate) async fn take(&self, data_type: DataType, rows: Option<u32>, most: u32) -> Taken {
        let rows = rows.unwrap_or_else(|| self.usual(data_type).load(Ordering::Relaxed)).min(most);
        Arc::clone(&self.free).acquire_many_owned(kib(rows)).await.ok()
    }

    /// The page is here: gives back what it does not need. One that is larger than expected is here already, and no reason to wait.
    pub(crate) fn settle(&self, data_type: DataType, is_first: bool, rows: u32, taken: &mut Taken) {
        if is_first {
            let usual = self.usual(data_type);
            let before = usual.load(Ordering::Relaxed);
            // Several may do this at once: it is only a guess.
            usual.store(before - before / 4 + rows.div_ceil(4), Ordering::Relaxed);
        }
        let needed = kib(rows) as usize;
        let Some(permit) = taken else { return };
        let held = permit.num_permits();
        if held > needed {
            drop(permit.split(held - needed));
        } else if let Ok(more) = Arc::clone(&self.free).try_acquire_many_owned(u32::try_from(needed - held).unwrap_or(ALL)) {
            permit.merge(more);
        }
    }

    fn usual(&self, data_type: DataType) -> &AtomicU32 {
        let place = DataType::ALL.iter().position(|known| *known == data_type).unwrap_or_default();
        &self.usual[place]
    }
}

fn kib(rows: u32) -> u32 {
    (rows.saturating_mul(A_ROW) / 1024 + 1).min(ALL)
}

#[cfg(test)]
mod tests {
    use super::*;
    use DataType::Transactions as T;

    #[tokio::test]
    async fn six_full_pages_fit_and_the_seventh_waits_for_one_to_be_stored() {
        let room = Room::default();
        let mut held = vec![];
        for _ in 0..6 {
            held.push(room.take(T, Some(5_000), 5_000).await);
        }
        assert!(room.free.available_permits() < kib(5_000) as usize);
        let seventh = async { room.take(T, Some(5_000), 5_000).await };
        tokio::pin!(seventh);
        assert!(futures::poll!(&mut seventh).is_pending());
        held.pop();
        assert!(futures::poll!(&mut seventh).is_ready());
    }

    #[tokio::test]
    async fn a_page_gives_back_what_it_does_not_need_and_first_pages_teach_the_next_guess() {
        let room = Room::default();
        let mut taken = room.take(T, None, 5_000).await;
        room.settle(T, true, 10, &mut taken);
        assert_eq!(taken.as_ref().map(OwnedSemaphorePermit::num_permits), Some(kib(10) as usize));
        assert!(room.usual(T).load(Ordering::Relaxed) < 1_000);
        room.settle(T, true, 5_000, &mut taken);
        assert_eq!(taken.as_ref().map(OwnedSemaphorePermit::num_permits), Some(kib(5_000) as usize), "it grew");
        drop(taken);
        assert_eq!(room.free.available_permits(), ALL as usize);
    }
}
