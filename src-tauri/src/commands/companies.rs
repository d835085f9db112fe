//! Companies and the status line.

use super::{Answer, wire};
use crate::downloads;
use crate::house::House;
use engine::view::{
    AccountOf, CompanyPage, CompanyQuery, CompanyRow, CompanyView, End, ErasureView, FoundTransactions, Held, Labels, NameCheck,
    NumberView, OnScreen, Pick, PickAction, PickDone, StatusView,
};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, State};
use ts_rs::TS;

/// With `seen`, what is on screen is looked at more often.
#[tauri::command]
pub(crate) async fn status(house: State<'_, House>, seen: Option<OnScreen>) -> Answer<StatusView> {
    house.see();
    let engine = house.engine().await.map_err(wire)?;
    if let Some(seen) = seen {
        engine.on_screen(&seen);
        if seen.used {
            house.used_now();
        }
    }
    engine.status().await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn list_companies(house: State<'_, House>, query: CompanyQuery) -> Answer<CompanyPage> {
    house.engine().await.map_err(wire)?.list_companies(query).await.map_err(wire)
}

#[derive(Deserialize, TS)]
#[serde(tag = "kind", content = "of", rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum FindAsk {
    /// To jump to, by words.
    Companies(String),
    /// That companies are connected to.
    Banks,
    /// Owners and tags that companies have.
    Labels,
    /// What Codat would do to it, and who already bears it.
    Name(String),
    /// Transactions of all companies, by words.
    Transactions(String),
    /// An account's numbers, in full. That they were shown is noted.
    Numbers(AccountOf),
}

#[derive(Serialize, TS)]
#[serde(untagged)]
pub(crate) enum Found {
    Companies(Vec<CompanyRow>),
    Banks(Vec<Held>),
    Labels(Labels),
    Name(NameCheck),
    Transactions(FoundTransactions),
    Numbers(Vec<NumberView>),
}

/// Rows that the palette offers.
const OFFERED: u32 = 6;

/// What is here already, while a person types.
#[tauri::command]
pub(crate) async fn find(house: State<'_, House>, ask: FindAsk) -> Answer<Found> {
    let engine = house.engine().await.map_err(wire)?;
    let found = match ask {
        FindAsk::Companies(text) => engine.find_companies(text).await.map(Found::Companies),
        FindAsk::Banks => engine.held_banks().await.map(Found::Banks),
        FindAsk::Labels => engine.labels().await.map(Found::Labels),
        FindAsk::Name(name) => engine.check_company_name(name).await.map(Found::Name),
        FindAsk::Transactions(text) => engine.search_transactions(text, OFFERED).await.map(Found::Transactions),
        FindAsk::Numbers(of) => engine.account_numbers(of).await.map(Found::Numbers),
    };
    found.map_err(wire)
}

/// Refreshes, renews, exports or labels the chosen companies; a file goes into the person's download folder.
#[tauri::command]
pub(crate) async fn for_companies(app: AppHandle, house: State<'_, House>, pick: Pick, action: PickAction) -> Answer<PickDone> {
    let engine = house.engine().await.map_err(wire)?;
    let out = match action {
        PickAction::Export => {
            let folder = downloads::folder(&app).map_err(wire)?;
            Some(downloads::free(&folder, "companies", "csv").map_err(wire)?)
        }
        PickAction::Refresh | PickAction::Renew | PickAction::Keep(_) => None,
    };
    engine.for_companies(pick, action, out).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn company(house: State<'_, House>, id: String) -> Answer<CompanyView> {
    house.engine().await.map_err(wire)?.company(id).await.map_err(wire)
}

/// Ends a connection or a company at Codat, or erases it here, which has a receipt.
#[tauri::command]
pub(crate) async fn end(house: State<'_, House>, end: End) -> Answer<Option<ErasureView>> {
    house.engine().await.map_err(wire)?.end(end).await.map_err(wire)
}

/// Reads companies and banks from Codat again.
#[tauri::command]
pub(crate) async fn refresh(house: State<'_, House>) -> Answer<()> {
    let engine = house.engine().await.map_err(wire)?;
    engine.refresh_companies().await.map_err(wire)?;
    engine.refresh_banks().await.map_err(wire)
}
