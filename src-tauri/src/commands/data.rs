//! Reads, rows, files.

use super::{Answer, wire};
use crate::downloads;
use crate::house::House;
use engine::ExportTo;
use engine::view::{ExportDone, ExportFormat, StartSync, TransactionPage, TransactionQuery};
use tauri::{AppHandle, State};

#[tauri::command]
pub(crate) async fn start_sync(house: State<'_, House>, request: StartSync) -> Answer<()> {
    house.engine().await.map_err(wire)?.start_sync(request).await.map_err(wire)
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
