//! What has to be fetched of one type of one connection. Pure: what Codat has, what we have, and the answer.

/// What we know of both sides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Known<'a> {
    /// The newest good dataset at Codat.
    pub(crate) remote: Option<&'a str>,
    /// The dataset we fetched last.
    pub(crate) fetched: Option<&'a str>,
    /// Stamp up to which everything is here.
    pub(crate) watermark: Option<&'a str>,
    /// A fetch that was cut: its dataset and its pages so far.
    pub(crate) cut: Option<(Option<&'a str>, u32)>,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    /// Everything is here.
    Nothing,
    /// Go on with the cut fetch.
    Resume,
    /// Everything, from the first page.
    Full,
    /// What was modified at or after this stamp.
    Delta(String),
}

impl Plan {
    pub(crate) fn new(known: &Known<'_>) -> Self {
        let Some(remote) = known.remote else { return Self::Nothing };
        if known.fetched == Some(remote) && known.cut.is_none() {
            return Self::Nothing;
        }
        match (known.cut, known.watermark) {
            // Pages of another dataset may have shifted: only the same one is gone on with.
            (Some((dataset, pages)), _) if dataset == Some(remote) && pages > 0 => Self::Resume,
            (_, Some(stamp)) if known.fetched.is_some() => Self::Delta(stamp.to_owned()),
            _ => Self::Full,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_is_asked_and_nothing_is_missed() {
        let known = |remote, fetched, watermark, cut| Plan::new(&Known { remote, fetched, watermark, cut });
        assert_eq!(known(None, None, None, None), Plan::Nothing, "Codat has nothing");
        assert_eq!(known(Some("d1"), None, None, None), Plan::Full, "the first time");
        assert_eq!(known(Some("d1"), Some("d1"), Some("w"), None), Plan::Nothing, "nothing moved");
        assert_eq!(known(Some("d2"), Some("d1"), Some("w"), None), Plan::Delta("w".into()), "only what changed");
        assert_eq!(known(Some("d1"), None, None, Some((Some("d1"), 3))), Plan::Resume, "cut after page 3");
        assert_eq!(known(Some("d2"), None, None, Some((Some("d1"), 3))), Plan::Full, "a read landed in between: pages may have shifted");
        assert_eq!(known(Some("d2"), Some("d0"), Some("w"), Some((Some("d1"), 3))), Plan::Delta("w".into()));
        assert_eq!(known(Some("d1"), None, None, Some((Some("d1"), 0))), Plan::Full, "nothing was stored yet");
    }
}
