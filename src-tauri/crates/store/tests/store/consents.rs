//! Consents that were given and ended, as Codat's words about a connection tell it.

use crate::*;

const DAY: i64 = 86_400_000;

fn told(store: &Store, status: &str, problem_at: Option<i64>, at: i64) {
    let connection = ConnectionEntry { problem_at, created: Some(5), ..connection("k1", "c1", "NatWest", status) };
    store.take_companies(&[(folded_company("c1", "Acme Bakery"), vec![connection])], at).expect("kept");
}

#[test]
fn a_consent_is_noted_when_it_is_given_and_when_it_ends_whoever_saw_it() {
    let (_folder, store) = fresh();
    told(&store, "PendingAuth", None, 10);
    told(&store, "Linked", None, 20);
    assert!(store.first_seen_linked("k1", 17).expect("noted"));
    told(&store, "Linked", None, 30);
    let [one] = <[Consent; 1]>::try_from(store.consents().expect("read")).expect("one");
    assert_eq!((one.given, one.exact, one.ends_at, one.ended), (17, true, Some(17 + 90 * DAY), None));
    store.keep_ends(&[(one.n, Some(99))]).expect("kept");
    let listed = store.listed_consents(None, 10).expect("listed");
    assert_eq!((listed[0].ends_at, store.company("c1").expect("read").expect("here").connections[0].ends_at), (Some(99), Some(99)));

    told(&store, "Deauthorized", Some(35), 40);
    let ended = store.consents().expect("read");
    assert_eq!((ended[0].ended, ended[0].how.as_deref()), (Some(35), Some("Deauthorized")), "Codat says when");
    assert_eq!(store.ends().expect("read"), (vec![], 1));

    // Linked again without us: not before we last looked.
    told(&store, "Linked", None, 50);
    let all = store.consents().expect("read");
    assert_eq!((all.len(), all[1].given, all[1].ended), (2, 40, None));
    store.company_left("c1").expect("gone");
    assert_eq!(store.consents().expect("read")[1].how.as_deref(), Some("gone"), "that says nothing about the bank");
}

#[test]
fn of_a_consent_that_was_here_before_us_only_the_earliest_moment_is_known_or_nothing() {
    let (_folder, store) = fresh();
    told(&store, "Linked", None, 30);
    let young = store.consents().expect("read");
    assert_eq!((young[0].given, young[0].exact, young[0].ends_at), (5, false, Some(5 + 90 * DAY)));
    let old = ConnectionEntry { created: Some(0), ..connection("k2", "c2", "Tide", "Linked") };
    store.take_companies(&[(folded_company("c2", "Beta"), vec![old])], 100 * DAY).expect("kept");
    let listed = store.listed_consents(None, 10).expect("listed");
    assert_eq!(
        (listed[1].connection.as_str(), listed[1].ends_at),
        ("k2", None),
        "it must have been given anew at a time that nobody here knows"
    );
    assert_eq!(store.listed_consents(Some(91 * DAY), 10).expect("listed").len(), 1);
}

#[test]
fn what_became_of_a_renewal_is_told_by_codat_alone() {
    let (_folder, store) = fresh();
    told(&store, "Linked", None, 10);
    told(&store, "Deauthorized", Some(18), 20);
    let renewal = Renewal {
        connection: "k1".into(),
        company: "c1".into(),
        attempt: "a1".into(),
        sent_at: 25,
        was_linked: false,
        ..Renewal::default()
    };
    store.keep_batch(&RenewalBatch { id: "b1".into(), made_at: 25, renewals: vec![renewal] }).expect("kept");
    let one = || store.batches(5).expect("read").remove(0).renewals.remove(0);
    assert_eq!((one().status.as_deref(), one().is_given, one().name.as_str()), (Some("Deauthorized"), false, "Acme Bakery"));
    told(&store, "Linked", None, 30);
    assert!(one().is_given);
    assert_eq!(store.listed_consents(None, 10).expect("listed")[0].sent_at, Some(25));
    store.company_left("c1").expect("gone");
    assert_eq!(one().status, None);
}
