//! What happened that a person may want to know of. Asks nothing of Codat.

use crate::answer::{Answer, Failure};
use crate::args::{Global, Inbox};
use crate::computer;
use crate::progress::time;
use engine::view::{InboxStep, InboxView};
use std::fmt::Write as _;

pub(crate) async fn run(global: &Global, options: Inbox) -> Result<Answer, Failure> {
    let (_home, engine) = computer::engine(global).await?;
    let mut inbox = engine.inbox(InboxStep::Look).await?;
    if options.mark_read
        && let Some(upto) = inbox.notices.iter().map(|notice| notice.id).max()
    {
        engine.inbox(InboxStep::MarkAll { upto }).await?;
    }
    engine.stopped().await;
    if options.unread {
        inbox.notices.retain(|notice| notice.is_unread);
    }
    Ok(Answer::done(&inbox, words(&inbox)))
}

fn words(inbox: &InboxView) -> String {
    if inbox.notices.is_empty() {
        return "Nothing in the inbox.\n".to_owned();
    }
    let mut words = String::new();
    for notice in &inbox.notices {
        let mark = if notice.is_unread { "new" } else { "" };
        let company = notice.company_name.as_deref().map(|name| format!(", {name}")).unwrap_or_default();
        let detail = notice.detail.as_deref().map(|detail| format!(" ({detail})")).unwrap_or_default();
        let _ = writeln!(words, "{:<17} {mark:<4} {}{company}{detail}", time(notice.at), notice.title);
    }
    words
}
