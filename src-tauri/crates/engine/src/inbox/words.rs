//! Notices in words: in full for the window, and such that a lock screen may show them.

use crate::view::{NoticeKind, Ring, Toast};
use say::{say, word};

/// What happened, with the bank it happened at. `several` when it is about several companies.
pub(super) fn title(kind: NoticeKind, times: u32, bank: &str, several: bool) -> String {
    use NoticeKind as K;
    if several {
        return match kind {
            K::Linked => say!("{times} banks were linked", times),
            K::Left => say!("{times} customers came back without connecting", times),
            K::NotLinked => say!("{times} banks could not be linked", times),
            K::Refused => say!("Codat refused {times} creations", times),
            K::ReadFailed => say!("{times} reads failed", times),
            K::Expired => say!("{times} links were not used in time", times),
            K::Ending => say!("{times} consents end soon, an estimate", times),
            K::Exported => say!("{times} exports finished", times),
        };
    }
    match (kind, times) {
        (K::Linked, 1) => say!("{bank} linked", bank),
        (K::Linked, n) => say!("{count} banks linked", count = n),
        (K::Left, _) => say!("Came back from {bank} without connecting", bank),
        (K::NotLinked, _) => say!("{bank} could not be linked", bank),
        (K::Refused, _) => say!("Codat refused to create it"),
        (K::ReadFailed, 1) => say!("A read failed at {bank}", bank),
        (K::ReadFailed, n) => say!("{count} reads failed at {bank}", count = n, bank),
        (K::Expired, _) => say!("The link to {bank} was not used in time", bank),
        (K::Ending, 1) => say!("The consent at {bank} ends soon, an estimate", bank),
        (K::Ending, n) => say!("{times} consents end soon, an estimate", times = n),
        (K::Exported, 1) => say!("Export finished"),
        (K::Exported, n) => say!("{times} exports finished", times = n),
    }
}

pub(super) fn ring(kind: NoticeKind) -> Ring {
    match kind {
        NoticeKind::Linked | NoticeKind::Exported => Ring::Moored,
        NoticeKind::Left => Ring::Dotted,
        NoticeKind::NotLinked | NoticeKind::Refused | NoticeKind::ReadFailed => Ring::Crossed,
        NoticeKind::Expired => Ring::Slashed,
        NoticeKind::Ending => Ring::Half,
    }
}

/// One notice for the system. Without names it says neither who nor where; a number of the customer's is in it in no case.
pub(super) fn toast(notice: u32, kind: NoticeKind, title: String, company: Option<String>, names: bool) -> Toast {
    use NoticeKind as K;
    let general = match kind {
        K::Linked => word("A bank was linked"),
        K::Left => word("A customer came back without connecting"),
        K::NotLinked => word("A bank could not be linked"),
        K::Refused => word("Codat refused to create a case"),
        K::ReadFailed => word("A read failed"),
        K::Expired => word("A link was not used in time"),
        K::Ending => word("A consent ends soon"),
        K::Exported => word("An export finished"),
    };
    match company {
        Some(company) if names => Toast { notice: Some(notice), title: company, body: title },
        // Of several companies: it names nobody.
        None => Toast { notice: Some(notice), title: "Fairlead".to_owned(), body: title },
        Some(_) => Toast { notice: Some(notice), title: "Fairlead".to_owned(), body: general.to_owned() },
    }
}

/// Several at once.
pub(super) fn toast_of_many(notices: usize) -> Toast {
    Toast { notice: None, title: "Fairlead".to_owned(), body: say!("{notices} things happened that you may want to see", notices) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_screen_says_neither_who_nor_where_unless_a_person_wants_it() {
        let linked = |names| toast(4, NoticeKind::Linked, "NatWest linked".into(), Some("Acme Ltd".into()), names);
        assert_eq!(linked(false), Toast { notice: Some(4), title: "Fairlead".into(), body: "A bank was linked".into() });
        assert_eq!(linked(true), Toast { notice: Some(4), title: "Acme Ltd".into(), body: "NatWest linked".into() });
        let several = toast(4, NoticeKind::ReadFailed, title(NoticeKind::ReadFailed, 500, "", true), None, false);
        assert_eq!(several.body, "500 reads failed");
    }
}
