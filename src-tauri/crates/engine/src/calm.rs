//! Work that nobody waits for: whatever it asks, it asks as background work, also where the same question by a person goes ahead.

use crate::budget::Urgency;

tokio::task_local! {
    static CALM: ();
}

/// Does this as background work, down to each request of it. What it spawns is not included.
pub(crate) async fn in_background<T>(work: impl Future<Output = T>) -> T {
    CALM.scope((), work).await
}

/// How urgent a request is, given who asks for it.
pub(crate) fn as_asked(urgency: Urgency) -> Urgency {
    if CALM.try_with(|()| ()).is_ok() { Urgency::Background } else { urgency }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_question_is_as_urgent_as_whoever_asks_it() {
        assert_eq!(as_asked(Urgency::Person), Urgency::Person);
        assert_eq!(in_background(async { as_asked(Urgency::Person) }).await, Urgency::Background);
    }
}
