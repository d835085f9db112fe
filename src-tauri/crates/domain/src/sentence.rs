//! The one sentence of truth on a company's page: what a person would say on the phone. Pure.

use crate::freshness::in_words;
use jiff::civil::Date;
use say::say;

/// What a company's page stands on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Accounts held.
    pub accounts: u32,
    /// Banks that those accounts are at.
    pub banks_with_accounts: u32,
    /// Newest transaction day.
    pub data_to: Option<Date>,
    /// Oldest of the accounts' newest transaction days.
    pub oldest_to: Option<Date>,
    /// Its connections, newest first.
    pub links: Vec<Link>,
}

/// A connection in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The bank, as a person may read it.
    pub bank: String,
    /// Where it stands.
    pub state: LinkState,
}

/// Where a connection stands, for a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkState {
    /// Consent ended.
    Ended,
    /// Linked; its last read failed.
    ReadFailed,
    /// Linked; a read runs.
    Reading,
    /// Linked; at least one account came.
    Linked,
    /// Linked and read; the customer shared no account.
    NoAccounts,
    /// Made; the customer has not been at the bank yet.
    Pending,
    /// The customer came back without connecting, or the bank refused.
    NotLinked,
    /// Ended by us.
    Unlinked,
    /// A word of Codat's that we do not know.
    Unknown,
}

/// The sentence, or the two or three short ones, that say where a company stands.
#[must_use]
pub fn of(standing: &Standing) -> String {
    if standing.links.is_empty() {
        return say!("No bank is connected yet.");
    }
    let mut said = vec![];
    if standing.accounts > 0 {
        said.push(holdings(standing));
    }
    said.extend([LinkState::Ended, LinkState::ReadFailed, LinkState::Reading].into_iter().filter_map(|state| group(standing, state)));
    if said.len() < 3 {
        let quiet = [LinkState::NoAccounts, LinkState::Pending, LinkState::NotLinked, LinkState::Unlinked, LinkState::Unknown];
        let room = 3 - said.len();
        said.extend(quiet.into_iter().filter_map(|state| group(standing, state)).take(room));
    }
    if said.is_empty() {
        said.extend(group(standing, LinkState::Linked));
    }
    said.join(" ")
}

fn holdings(standing: &Standing) -> String {
    let count = standing.accounts;
    let accounts = if count == 1 { say!("1 account") } else { say!("{count} accounts", count) };
    let banks = standing.links.iter().map(|link| link.bank.as_str()).collect::<std::collections::BTreeSet<_>>();
    let held = match (standing.banks_with_accounts, banks.first()) {
        (1, Some(bank)) if banks.len() == 1 => say!("{accounts} at {bank}", accounts, bank),
        (1, _) => say!("{accounts} at 1 bank", accounts),
        (count, _) => say!("{accounts} at {count} banks", accounts, count),
    };
    let Some(newest) = standing.data_to else { return say!("{held}, no transactions yet.", held) };
    // One date never covers an older one.
    match standing.oldest_to.filter(|oldest| *oldest < newest) {
        Some(oldest) => {
            say!("{held}, data to {day}, the oldest account to {oldest}.", held, day = in_words(newest), oldest = in_words(oldest))
        }
        None => say!("{held}, data to {day}.", held, day = in_words(newest)),
    }
}

fn group(standing: &Standing, state: LinkState) -> Option<String> {
    let banks: Vec<&str> = standing.links.iter().filter(|link| link.state == state).map(|link| link.bank.as_str()).collect();
    let (who, one) = match banks.as_slice() {
        [] => return None,
        [one] => ((*one).to_owned(), true),
        [one, other] => (say!("{one} and {other}", one, other), false),
        more => (say!("{count} banks", count = more.len()), false),
    };
    Some(match (state, one) {
        (LinkState::Ended, true) => say!("{who} stopped sharing: the consent ended.", who),
        (LinkState::Ended, false) => say!("{who} stopped sharing: the consents ended.", who),
        (LinkState::ReadFailed, true) => say!("The last read of {who} failed; what was read before is kept.", who),
        (LinkState::ReadFailed, false) => say!("The last reads of {who} failed; what was read before is kept.", who),
        (LinkState::Reading, true) => say!("{who} is linked and reading.", who),
        (LinkState::Reading, false) => say!("{who} are linked and reading.", who),
        (LinkState::Linked, true) => say!("{who} is linked, nothing is read yet.", who),
        (LinkState::Linked, false) => say!("{who} are linked, nothing is read yet.", who),
        (LinkState::NoAccounts, true) => say!("{who} is linked, but no account was shared.", who),
        (LinkState::NoAccounts, false) => say!("{who} are linked, but no account was shared.", who),
        (LinkState::Pending, _) => say!("Waiting for {who}.", who),
        (LinkState::NotLinked, true) => say!("{who} is not linked yet: the last try ended without a consent.", who),
        (LinkState::NotLinked, false) => say!("{who} are not linked yet: the last try ended without a consent.", who),
        (LinkState::Unlinked, true) => say!("{who} was unlinked; its data stays here.", who),
        (LinkState::Unlinked, false) => say!("{who} were unlinked; their data stays here.", who),
        (LinkState::Unknown, _) => say!("Codat says something new about {who}.", who),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn said(accounts: u32, banks: u32, links: &[(&str, LinkState)]) -> String {
        let links = links.iter().map(|(bank, state)| Link { bank: (*bank).to_owned(), state: *state }).collect();
        let day = (accounts > 0).then(|| date(2026, 11, 22));
        of(&Standing { accounts, banks_with_accounts: banks, data_to: day, oldest_to: day, links })
    }

    #[test]
    fn what_a_person_would_say_on_the_phone() {
        use LinkState as S;
        let table = [
            (said(0, 0, &[]), "No bank is connected yet."),
            (said(0, 0, &[("NatWest", S::Pending)]), "Waiting for NatWest."),
            (said(0, 0, &[("NatWest", S::Reading)]), "NatWest is linked and reading."),
            (said(0, 0, &[("NatWest", S::Linked)]), "NatWest is linked, nothing is read yet."),
            (said(0, 0, &[("NatWest", S::NoAccounts)]), "NatWest is linked, but no account was shared."),
            (said(1, 1, &[("NatWest", S::Linked)]), "1 account at NatWest, data to 22 Nov 2026."),
            (
                said(3, 2, &[("NatWest", S::Reading), ("Barclays", S::Linked)]),
                "3 accounts at 2 banks, data to 22 Nov 2026. NatWest is linked and reading.",
            ),
            (
                said(2, 1, &[("NatWest", S::Ended)]),
                "2 accounts at NatWest, data to 22 Nov 2026. NatWest stopped sharing: the consent ended.",
            ),
            (said(0, 0, &[("A", S::Ended), ("B", S::Ended)]), "A and B stopped sharing: the consents ended."),
            (said(0, 0, &[("A", S::NotLinked)]), "A is not linked yet: the last try ended without a consent."),
            (said(1, 1, &[("A", S::Linked), ("B", S::Pending)]), "1 account at 1 bank, data to 22 Nov 2026. Waiting for B."),
            (said(1, 1, &[("A", S::Unlinked)]), "1 account at A, data to 22 Nov 2026. A was unlinked; its data stays here."),
        ];
        for (got, wanted) in table {
            assert_eq!(got, wanted);
        }
    }

    #[test]
    fn one_date_never_covers_an_older_one() {
        let links = vec![Link { bank: "NatWest".into(), state: LinkState::Linked }];
        let standing =
            Standing { accounts: 3, banks_with_accounts: 1, data_to: Some(date(2026, 11, 24)), oldest_to: Some(date(2026, 10, 26)), links };
        assert_eq!(of(&standing), "3 accounts at NatWest, data to 24 Nov 2026, the oldest account to 26 Oct 2026.");
    }

    #[test]
    fn many_states_stay_short_and_what_needs_somebody_comes_first() {
        use LinkState as S;
        let all = [S::Unknown, S::Pending, S::Ended, S::ReadFailed, S::Reading, S::Unlinked, S::NoAccounts].map(|state| ("X", state));
        let sentence = said(4, 3, &all);
        assert!(sentence.starts_with("4 accounts at 3 banks, data to 22 Nov 2026. X stopped sharing"), "{sentence}");
        assert!(sentence.matches(". ").count() <= 4, "{sentence}");
    }
}
