//! The link journey: a draft, two creations, a link handed over, the way back, the wait, and what it brings.
//!
//! The truth is always the connection's status at Codat. Everything else here makes the next question come sooner or later.

mod answers;
mod attempt_view;
mod attempts;
mod causes;
mod change;
mod creation;
pub mod doorbells;
mod drafts;
mod files;
mod hand_over;
mod local;
pub(crate) mod loopback;
mod making;
mod outbox;
mod queued;
mod renew;
mod returns;
mod stage;
mod together;
mod watch;

pub(crate) use attempts::{addressee, handed, sheet_text};
pub(crate) use causes::{of_connection, of_dataset};
pub(crate) use change::{event, kept_problem, passes, problem_of, set_stage, stage};
pub(crate) use doorbells::Testing;
pub(crate) use files::{QUIET, path as code_path, xml};
pub(crate) use hand_over::LIFE_MS;
pub(crate) use making::{Kept, Making, OP_TAG, Outbox, Step, Tries, Wanted};
pub(crate) use queued::is_queued;
pub(crate) use stage::Stage;
pub(crate) use watch::Watchers;
