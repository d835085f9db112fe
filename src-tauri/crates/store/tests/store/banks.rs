//! Looks at the banks, the offer, and logos.

use super::*;

fn bank(key: &str, enabled: bool) -> BankEntry {
    BankEntry { key: key.into(), name: key.to_uppercase(), enabled, ..BankEntry::default() }
}

#[test]
fn a_list_that_could_not_be_read_whole_makes_no_bank_look_gone() {
    let (_folder, store) = fresh();
    assert_eq!(store.look_at_banks(&[bank("a", true)], false, 1).expect("looked"), vec![], "nothing to compare with");
    assert_eq!(store.fact("banks_since").expect("read"), None, "and not yet a look to compare with");
    store.look_at_banks(&[bank("a", true), bank("b", true)], true, 2).expect("looked");
    assert_eq!(store.look_at_banks(&[bank("b", true)], false, 3).expect("looked"), vec![]);
    assert_eq!(store.banks().expect("read").len(), 2, "what could not be read stays");
    let changes = store.look_at_banks(&[bank("b", false)], true, 4).expect("looked");
    let told: Vec<_> = changes.iter().map(|one| (one.key.as_str(), one.change)).collect();
    assert_eq!(told, [("b", Change::SwitchedOff), ("a", Change::Disappeared)]);
    assert_eq!(store.bank_changes(4, 10).expect("read").into_iter().rev().collect::<Vec<_>>(), changes, "as it was noted");
    assert_eq!(store.bank_changes(5, 10).expect("read"), vec![]);
}

#[test]
fn an_offer_that_says_nothing_leaves_no_row_behind() {
    let (_folder, store) = fresh();
    store.keep_favourites(&["b".into(), "a".into()]).expect("kept");
    store.keep_offer("a", Some(""), "note").expect("kept");
    let places = |store: &Store| store.offers().expect("read").into_iter().map(|offer| (offer.key, offer.place)).collect::<Vec<_>>();
    assert_eq!(places(&store), [("b".to_owned(), Some(0)), ("a".to_owned(), Some(1))], "in their order");
    store.keep_favourites(&["c".into()]).expect("kept");
    assert_eq!(places(&store), [("c".to_owned(), Some(0)), ("a".to_owned(), None)], "a note outlives its favourite");
    store.keep_offer("a", None, "").expect("kept");
    assert_eq!(places(&store).len(), 1);
}

#[test]
fn a_logo_that_cannot_be_fetched_again_stays_as_it_was() {
    let (_folder, store) = fresh();
    store.keep_logo("https://logos.example/a.png", Some(b"png"), 1).expect("kept");
    store.keep_logo("https://logos.example/a.png", None, 2).expect("kept");
    assert_eq!(store.logo("https://logos.example/a.png").expect("read"), Some((Some(b"png".to_vec()), 2)), "and was asked for lately");
}
