//! Reads, rows, files.

use super::{Answer, wire};
use crate::downloads;
use crate::house::House;
use engine::ExportTo;
use engine::view::{ExportDone, ExportFormat, SyncNow, SyncStep, TransactionPage, TransactionQuery};
use tauri::{AppHandle, State};

/// What is fetched right now, after a word about it: reads are asked for, a fetch stops or goes on.
#[tauri::command]
pub(crate) async fn sync(house: State<'_, House>, step: Option<SyncStep>) -> Answer<SyncNow> {
    house.engine().await.map_err(wire)?.sync(step).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn transactions(house: State<'_, House>, query: TransactionQuery) -> Answer<TransactionPage> {
    house.engine().await.map_err(wire)?.transactions(query).await.map_err(wire)
}

/// Writes into the person's download folder.
#[tauri::command]
pub(crate) async fn export_transactions(
    app: AppHandle,
    house: State<'_, House>,
    query: TransactionQuery,
    format: ExportFormat,
) -> Answer<ExportDone> {
    let engine = house.engine().await.map_err(wire)?;
    let company = engine.company(query.company_id.clone()).await.map_err(wire)?.row.name;
    let folder = downloads::folder(&app).map_err(wire)?;
    let out = downloads::free(&folder, &format!("{company} transactions"), format.ending()).map_err(wire)?;
    engine.export_transactions(query, ExportTo { format, out, overwrite: false }).await.map_err(wire)
}
