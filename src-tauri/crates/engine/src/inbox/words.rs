//! Notices in words: in full for the window, and such that a lock screen may show them.

use crate::view::{NoticeKind, Ring, Toast};

/// What happened, with the bank it happened at. `several` when it is about several companies.
pub(super) fn title(kind: NoticeKind, times: u32, bank: &str, several: bool) -> String {
    use NoticeKind as K;
    if several {
        return match kind {
            K::Linked => format!("{times} banks were linked"),
            K::Left => format!("{times} customers came back without connecting"),
            K::NotLinked => format!("{times} banks could not be linked"),
            K::Refused => format!("Codat refused {times} creations"),
            K::ReadFailed => format!("{times} reads failed"),
            K::Expired => format!("{times} links were not used in time"),
            K::Ending => format!("{times} consents end soon, an estimate"),
            K::Exported => format!("{times} exports finished"),
        };
    }
    match (kind, times) {
        (K::Linked, 1) => format!("{bank} linked"),
        (K::Linked, n) => format!("{n} banks linked"),
        (K::Left, _) => format!("Came back from {bank} without connecting"),
        (K::NotLinked, _) => format!("{bank} could not be linked"),
        (K::Refused, _) => "Codat refused to create it".to_owned(),
        (K::ReadFailed, 1) => format!("A read failed at {bank}"),
        (K::ReadFailed, n) => format!("{n} reads failed at {bank}"),
        (K::Expired, _) => format!("The link to {bank} was not used in time"),
        (K::Ending, 1) => format!("The consent at {bank} ends soon, an estimate"),
        (K::Ending, n) => format!("{n} consents end soon, an estimate"),
        (K::Exported, 1) => "Export finished".to_owned(),
        (K::Exported, n) => format!("{n} exports finished"),
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
        K::Linked => "A bank was linked",
        K::Left => "A customer came back without connecting",
        K::NotLinked => "A bank could not be linked",
        K::Refused => "Codat refused to create a case",
        K::ReadFailed => "A read failed",
        K::Expired => "A link was not used in time",
        K::Ending => "A consent ends soon",
        K::Exported => "An export finished",
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
    Toast { notice: None, title: "Fairlead".to_owned(), body: format!("{notices} things happened that you may want to see") }
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
