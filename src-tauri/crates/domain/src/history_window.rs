//! The five minutes after consent in which some banks give their full history.

/// How long the window is open, milliseconds.
pub const OPEN_MS: i64 = 5 * 60 * 1000;

/// Where a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First seen linked.
    pub linked_at: i64,
    /// All four types queued.
    pub queued_at: Option<i64>,
}

impl Window {
    /// When it closes.
    #[must_use]
    pub fn closes_at(self) -> i64 {
        self.linked_at.saturating_add(OPEN_MS)
    }

    /// All four were queued in time.
    #[must_use]
    pub fn is_met(self) -> bool {
        self.queued_at.is_some_and(|queued| queued <= self.closes_at())
    }

    /// Seconds from consent to the last of the four, with one decimal.
    #[must_use]
    pub fn seconds(self) -> Option<String> {
        let ms = self.queued_at?.saturating_sub(self.linked_at).max(0);
        Some(format!("{}.{}", ms / 1000, ms % 1000 / 100))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_met_to_the_last_moment_and_missed_after() {
        let at = |queued_at| Window { linked_at: 1_000, queued_at };
        assert!(at(Some(301_000)).is_met());
        assert!(!at(Some(301_001)).is_met());
        assert!(!at(None).is_met(), "not queued is not met");
        assert_eq!(at(Some(4_250)).seconds().as_deref(), Some("3.2"));
    }
}
