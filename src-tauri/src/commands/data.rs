//! Reads, rows, files.

use super::{Answer, engine, wire};
use engine::view::{ExportDone, ExportFormat, StartSync, TransactionPage, TransactionQuery};
use engine::{Error, Home};
use tauri::{AppHandle, Manager as _, State};

#[tauri::command]
pub(crate) async fn start_sync(home: State<'_, Home>, request: StartSync) -> Answer<()> {
    engine(&home)?.start_sync(request).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn transactions(home: State<'_, Home>, query: TransactionQuery) -> Answer<TransactionPage> {
    engine(&home)?.transactions(query).await.map_err(wire)
}

/// Writes into the person's download folder, under a name of ours: no path ever comes from the page.
#[tauri::command]
pub(crate) async fn export_transactions(app: AppHandle, home: State<'_, Home>, query: TransactionQuery, format: ExportFormat) -> Answer<ExportDone> {
    let engine = engine(&home)?;
    let folder = app.path().download_dir().or_else(|_| app.path().home_dir()).map_err(|error| wire(Error::Internal(error.to_string())))?;
    std::fs::create_dir_all(&folder).map_err(|error| wire(Error::File { doing: "making the download folder", kind: error.kind() }))?;
    let company = engine.company(query.company_id.clone()).await.map_err(wire)?.row.name;
    let stem: String = company.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let ending = match format {
        ExportFormat::Csv => "csv",
        ExportFormat::Json => "json",
    };
    let free = (1..1000).map(|n| if n == 1 { format!("{stem}-transactions.{ending}") } else { format!("{stem}-transactions-{n}.{ending}") }).map(|name| folder.join(name)).find(|path| !path.exists());
    let out = free.ok_or_else(|| wire(Error::BadRequest("There are a thousand exports of this company already. Move some away.".into())))?;
    engine.export_transactions(query, format, out).await.map_err(wire)
}
