//! The consent desk and what shows that consent was right: a part of the drafts, since a renewal is a case that is begun again.

use super::{Answer, wire};
use crate::downloads;
use engine::view::{CompanyView, ConsentQuery, ConsentsView, EvidenceMade, Language, RenewOf, RenewalsSent};
use engine::{Engine, Error, RenewTo};
use serde::{Deserialize, Serialize};
use tauri::AppHandle;
use ts_rs::TS;

#[derive(Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub(crate) enum ConsentsAsk {
    /// What ends when.
    Desk { query: ConsentQuery },
    /// Fresh links into the person's download folder, as mails or as codes to print.
    Renew { of: Vec<RenewOf>, codes: bool, language: Option<Language> },
    /// Whether what came back is the right business.
    Business { company_id: String, connection_id: String, right: bool },
    /// A company's evidence pack in the person's download folder.
    Evidence { company_id: String },
    /// The ends as a calendar file in the person's download folder.
    Calendar,
}

/// A calendar file that was written.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CalendarFile {
    ends: u32,
    place: String,
}

#[derive(Serialize, TS)]
#[serde(untagged)]
pub(crate) enum ConsentsAnswer {
    Desk(Box<ConsentsView>),
    Sent(RenewalsSent),
    Calendar(CalendarFile),
    Company(Box<CompanyView>),
    Evidence(EvidenceMade),
}

pub(super) async fn answer(app: &AppHandle, engine: &Engine, ask: ConsentsAsk) -> Answer<ConsentsAnswer> {
    let answer = match ask {
        ConsentsAsk::Desk { query } => engine.consents(query).await.map(|desk| ConsentsAnswer::Desk(Box::new(desk))),
        ConsentsAsk::Renew { of, codes, language } => renew(app, engine, of, codes, language).await.map(ConsentsAnswer::Sent),
        ConsentsAsk::Business { company_id, connection_id, right } => {
            engine.say_business(company_id, connection_id, right).await.map(|company| ConsentsAnswer::Company(Box::new(company)))
        }
        ConsentsAsk::Evidence { company_id } => evidence(app, engine, company_id).await.map(ConsentsAnswer::Evidence),
        ConsentsAsk::Calendar => calendar(app, engine).await.map(ConsentsAnswer::Calendar),
    };
    answer.map_err(wire)
}

async fn renew(app: &AppHandle, engine: &Engine, of: Vec<RenewOf>, codes: bool, language: Option<Language>) -> Result<RenewalsSent, Error> {
    let folder = downloads::free(&downloads::folder(app)?, "consent renewals", "links")?;
    engine.send_renewals(of, RenewTo { folder, codes, language }).await
}

async fn evidence(app: &AppHandle, engine: &Engine, company_id: String) -> Result<EvidenceMade, Error> {
    let name = format!("{} evidence", engine.company(company_id.clone()).await?.row.name);
    let out = downloads::free(&downloads::folder(app)?, &name, "zip")?;
    engine.make_evidence(company_id, out, false).await
}

async fn calendar(app: &AppHandle, engine: &Engine) -> Result<CalendarFile, Error> {
    let out = downloads::free(&downloads::folder(app)?, "consents", "ics")?;
    let ends = engine.consent_calendar(None, out.clone(), false).await?;
    Ok(CalendarFile { ends, place: out.display().to_string() })
}
