//! Lists of customers: a part of the drafts, since each of them is many drafts in one file.

use super::Answer;
use super::wire;
use crate::downloads;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::view::{BulkBoard, BulkCheck, BulkColumns, BulkLinks, BulkQuery, BulkView, Language};
use engine::{Engine, Error, LinksTo};
use serde::{Deserialize, Serialize};
use tauri::AppHandle;
use ts_rs::TS;

/// A file as the page read it: no path ever comes from a page.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BulkFile {
    name: String,
    /// Base64.
    content: String,
}

#[derive(Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub(crate) enum BulkAsk {
    All,
    /// Makes nothing.
    Check {
        file: BulkFile,
        columns: Option<BulkColumns>,
    },
    Begin {
        file: BulkFile,
        columns: Option<BulkColumns>,
    },
    Board {
        query: BulkQuery,
    },
    GoOn {
        id: String,
    },
    Cancel {
        id: String,
    },
    Undo {
        id: String,
    },
    /// Fresh links into the person's download folder.
    Links {
        id: String,
        mails: bool,
        language: Language,
    },
}

#[derive(Serialize, TS)]
#[serde(untagged)]
pub(crate) enum BulkAnswer {
    Lists(Vec<BulkView>),
    Check(BulkCheck),
    List(BulkView),
    Board(BulkBoard),
    Links(BulkLinks),
}

pub(super) async fn answer(app: &AppHandle, engine: &Engine, ask: BulkAsk) -> Answer<BulkAnswer> {
    let answer = match ask {
        BulkAsk::All => engine.bulks().await.map(BulkAnswer::Lists),
        BulkAsk::Check { file, columns } => {
            engine.check_bulk(&file.name, &bytes(&file).map_err(wire)?, columns).await.map(BulkAnswer::Check)
        }
        BulkAsk::Begin { file, columns } => {
            let list = engine.begin_bulk(&file.name, &bytes(&file).map_err(wire)?, columns).await;
            list.inspect(|list| engine.run_bulk_behind(list.id.clone())).map(BulkAnswer::List)
        }
        BulkAsk::Board { query } => engine.bulk_board(query).await.map(BulkAnswer::Board),
        BulkAsk::GoOn { id } => {
            let list = engine.go_on_bulk(id).await;
            list.inspect(|list| engine.run_bulk_behind(list.id.clone())).map(BulkAnswer::List)
        }
        BulkAsk::Cancel { id } => engine.cancel_bulk(id).await.map(BulkAnswer::List),
        BulkAsk::Undo { id } => {
            let list = engine.begin_undo(&id).await;
            list.inspect(|list| engine.undo_bulk_behind(list.id.clone())).map(BulkAnswer::List)
        }
        BulkAsk::Links { id, mails, language } => links(app, engine, &id, mails, language).await.map(BulkAnswer::Links),
    };
    answer.map_err(wire)
}

async fn links(app: &AppHandle, engine: &Engine, id: &str, mails: bool, language: Language) -> Result<BulkLinks, Error> {
    let name = format!("{} links", engine.bulk(id).await?.name);
    let folder = downloads::folder(app)?;
    let out = downloads::free(&folder, &name, "csv")?;
    let mails = if mails { Some(downloads::free(&folder, &name, "mails")?) } else { None };
    engine.bulk_links(id, LinksTo { out, mails, overwrite: false, language }).await
}

fn bytes(file: &BulkFile) -> Result<Vec<u8>, Error> {
    STANDARD.decode(&file.content).map_err(|_| Error::BadRequest(say::say!("The file did not arrive whole. Choose it again.")))
}
