//! Reads, rows, files.

use super::{Answer, wire};
use crate::downloads::{self, Exports};
use crate::house::House;
use engine::ExportTo;
use engine::view::{CategoriesView, CategoryRule, ExportDone, ExportFormat, SyncNow, SyncStep, TransactionPage, TransactionQuery};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, State};
use ts_rs::TS;

/// What is fetched right now, after a word about it: reads are asked for, a fetch stops or goes on.
#[tauri::command]
pub(crate) async fn sync(house: State<'_, House>, step: Option<SyncStep>) -> Answer<SyncNow> {
    house.engine().await.map_err(wire)?.sync(step).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn transactions(house: State<'_, House>, query: TransactionQuery) -> Answer<TransactionPage> {
    house.engine().await.map_err(wire)?.transactions(query).await.map_err(wire)
}

#[derive(Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum ExportAsk {
    /// Writes the rows of a query into the person's download folder; answers when it is done.
    Begin { query: TransactionQuery, format: ExportFormat },
    /// Rows that are written so far.
    Look,
    /// Ends the one under way: nothing is left of it.
    End,
    /// Shows the last one in its folder.
    Show,
}

#[derive(Serialize, TS)]
#[serde(untagged)]
pub(crate) enum Exported {
    Done(ExportDone),
    Rows(Option<u32>),
}

#[tauri::command]
pub(crate) async fn export_transactions(
    app: AppHandle,
    house: State<'_, House>,
    exports: State<'_, Exports>,
    ask: ExportAsk,
) -> Answer<Exported> {
    match ask {
        ExportAsk::Begin { query, format } => {
            let engine = house.engine().await.map_err(wire)?;
            let going = exports.begin().map_err(wire)?;
            let company = engine.company(query.company_id.clone()).await.map_err(wire)?.row.name;
            let folder = downloads::folder(&app).map_err(wire)?;
            let out = downloads::free(&folder, &format!("{company} transactions"), format.ending()).map_err(wire)?;
            let to = ExportTo { format, out: out.clone(), overwrite: false };
            let done = engine.export_transactions_as(query, to, going.rows()).await.map_err(wire)?;
            exports.keep(out);
            Ok(Exported::Done(done))
        }
        ExportAsk::Look => Ok(Exported::Rows(exports.rows())),
        ExportAsk::End => {
            exports.end();
            Ok(Exported::Rows(None))
        }
        ExportAsk::Show => exports.show().await.map(|()| Exported::Rows(None)).map_err(wire),
    }
}

#[derive(Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub(crate) enum CategoriesAsk {
    Of {
        company_id: String,
    },
    /// These rules in place of the ones before, for all companies.
    Keep {
        company_id: String,
        rules: Vec<CategoryRule>,
    },
}

/// Codat's categories of a company, and the lender's own.
#[tauri::command]
pub(crate) async fn categories(house: State<'_, House>, ask: CategoriesAsk) -> Answer<CategoriesView> {
    let engine = house.engine().await.map_err(wire)?;
    let answer = match ask {
        CategoriesAsk::Of { company_id } => engine.categories(company_id).await,
        CategoriesAsk::Keep { company_id, rules } => engine.keep_categories(company_id, rules).await,
    };
    answer.map_err(wire)
}
