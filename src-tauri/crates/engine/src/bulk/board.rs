//! Where lists and their rows stand, in words.

use crate::engine::Engine;
use crate::error::Result;
use crate::view::{BulkBoard, BulkQuery, BulkRowView, BulkStage, BulkView, BulkWhich, Millis, Ring, StatusPill};
use say::{say, word};
use store::{Bulk, BulkCounts, BulkRow, BulkRows, BulkState, RowState};

/// Rows of one window.
const WINDOW: u32 = 500;

impl Engine {
    /// All lists, newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn bulks(&self) -> Result<Vec<BulkView>> {
        let lists = self
            .store(|store| {
                store.bulks()?.into_iter().map(|list| Ok((store.bulk_counts(&list.id)?, list))).collect::<std::result::Result<Vec<_>, _>>()
            })
            .await?;
        Ok(lists.into_iter().map(|(counts, list)| view(list, counts)).collect())
    }

    /// One list.
    ///
    /// # Errors
    /// When it is not here.
    pub async fn bulk(&self, id: &str) -> Result<BulkView> {
        let list = self.kept_bulk(id).await?;
        let own = id.to_owned();
        Ok(view(list, self.store(move |store| store.bulk_counts(&own)).await?))
    }

    /// A list with a window of its rows.
    ///
    /// # Errors
    /// When it is not here.
    pub async fn bulk_board(&self, query: BulkQuery) -> Result<BulkBoard> {
        let list = self.bulk(&query.id).await?;
        let (which, total) = match query.which {
            BulkWhich::All => (BulkRows::All, list.rows),
            BulkWhich::NotLinked => (BulkRows::NotLinked, list.made + list.known - list.linked),
            BulkWhich::Linked => (BulkRows::Linked, list.linked),
            BulkWhich::Failed => (BulkRows::Failed, list.left_out + list.refused),
        };
        let rows = self.store(move |store| store.bulk_rows(&query.id, which, query.offset, query.limit.clamp(1, WINDOW))).await?;
        Ok(BulkBoard { list, total, rows: rows.into_iter().map(row).collect() })
    }
}

fn view(list: Bulk, counts: BulkCounts) -> BulkView {
    let (stage, ring, word) = match list.state {
        BulkState::Running => (BulkStage::Running, Ring::Running, word("Being made")),
        BulkState::Held => (BulkStage::Held, Ring::Crossed, word("Needs you")),
        BulkState::Cancelled => (BulkStage::Cancelled, Ring::Slashed, word("Stopped")),
        BulkState::Done if counts.linked > 0 && counts.linked == counts.made + counts.known => {
            (BulkStage::Done, Ring::Moored, word("All linked"))
        }
        BulkState::Done => (BulkStage::Done, Ring::Waiting, word("Made")),
        BulkState::Undoing => (BulkStage::Undoing, Ring::Running, word("Being undone")),
        BulkState::Undone => (BulkStage::Undone, Ring::Slashed, word("Undone")),
    };
    BulkView {
        sentence: sentence(stage, &counts),
        status: StatusPill { ring, word: word.into() },
        stage,
        problem: list.problem.as_deref().and_then(crate::links::kept_problem),
        id: list.id,
        name: list.name,
        made_at: Millis(list.made_at),
        rows: counts.rows,
        open: counts.open,
        made: counts.made,
        known: counts.known,
        left_out: counts.left_out,
        refused: counts.refused,
        undone: counts.undone,
        linked: counts.linked,
        invited: counts.invited,
    }
}

fn sentence(stage: BulkStage, counts: &BulkCounts) -> String {
    let here = counts.made + counts.known;
    let wanted = here + counts.open + counts.refused;
    match stage {
        BulkStage::Running | BulkStage::Held => say!("{here} of {wanted} companies are there.", here, wanted),
        BulkStage::Cancelled => say!("Stopped with {here} of {wanted} companies there.", here, wanted),
        BulkStage::Done => say!("{linked} of {here} companies have a linked bank.", linked = counts.linked, here),
        BulkStage::Undoing => say!("{undone} companies are deleted, {made} are looked at.", undone = counts.undone, made = counts.made),
        BulkStage::Undone if counts.made == 0 => say!("{undone} companies were deleted at Codat.", undone = counts.undone),
        BulkStage::Undone => say!(
            "{undone} companies were deleted at Codat; {made} stay, since a bank was linked.",
            undone = counts.undone,
            made = counts.made
        ),
    }
}

fn row(row: BulkRow) -> BulkRowView {
    let (ring, word) = match row.state {
        RowState::Ready => (Ring::Dotted, word("To be made")),
        RowState::Begun => (Ring::Running, word("Being made")),
        RowState::Made | RowState::Known if row.is_linked => (Ring::Moored, "Linked"),
        RowState::Made | RowState::Known if row.link_at.is_some() => (Ring::Waiting, word("Link given out")),
        RowState::Made => (Ring::Dotted, word("Made")),
        RowState::Known => (Ring::Dotted, word("Was here")),
        RowState::LeftOut => (Ring::Slashed, word("Left out")),
        RowState::Refused => (Ring::Crossed, word("Refused")),
        RowState::Undone => (Ring::Slashed, word("Deleted again")),
    };
    BulkRowView {
        line: row.n,
        name: row.name,
        reference: row.reference,
        mail: row.mail,
        status: StatusPill { ring, word: word.into() },
        why: row.why.as_deref().map(say::again),
        company_id: row.company.filter(|_| row.state != RowState::Undone),
        link_at: row.link_at.map(Millis),
    }
}
