//! What waits to be made at Codat. Asks nothing of it.

use crate::answer::{Answer, Failure};
use crate::args::{Global, Outbox};
use crate::computer;
use crate::progress::time;
use engine::view::{QueueView, QueuedStep};
use std::fmt::Write as _;

pub(crate) async fn run(global: &Global, options: Outbox) -> Result<Answer, Failure> {
    let (_home, engine) = computer::engine(global).await?;
    let step = match options.discard {
        Some(attempt_id) => QueuedStep::Discard { attempt_id, knowing: options.even_unknown },
        None => QueuedStep::Look,
    };
    let queue = engine.queue(step).await;
    engine.stopped().await;
    let queue = queue?;
    Ok(Answer::done(&queue, words(&queue)))
}

fn words(queue: &QueueView) -> String {
    if queue.waiting.is_empty() {
        return "Nothing waits to be sent.\n".to_owned();
    }
    let mut words = String::new();
    for waits in &queue.waiting {
        let _ = writeln!(words, "{}  {}: {}", time(waits.since), waits.company_name, waits.what);
        let next = waits.next.map(|at| format!(" Next try {}.", time(at))).unwrap_or_default();
        let _ = writeln!(words, "    {}{next}", waits.why);
        let _ = writeln!(words, "    Discard: --discard {}. {}", waits.attempt_id, waits.means);
    }
    words
}
