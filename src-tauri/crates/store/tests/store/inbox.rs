//! What a person is to be told.

use crate::*;

fn line(kind: &str) -> Event {
    Event { kind: kind.into(), company: Some("c1".into()), ..Event::default() }
}

/// Every event is a notice of its own.
fn each(recent: Vec<Notice>, events: &[Event]) -> Vec<Notice> {
    let new = events.iter().map(|event| Notice {
        kind: event.kind.clone(),
        connection: event.connection.clone(),
        at: 5,
        times: 1,
        ..Notice::default()
    });
    recent.into_iter().chain(new).collect()
}

fn kinds(store: &Store) -> Vec<String> {
    store.notices(100).expect("notices").into_iter().map(|notice| notice.kind).collect()
}

#[test]
fn what_happened_before_there_was_an_inbox_is_no_news_and_what_comes_is_looked_at_once() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("fairlead.db");
    let store = Store::create(&path, &key(7)).expect("a new database");
    store.record(&line("old")).expect("added");
    drop(store);
    let old = raw(&path);
    crate::closings::a_row_a_day(&old, &[]);
    old.execute_batch(
        "DROP TABLE inbox; DROP TABLE ending; DELETE FROM meta WHERE name = 'inbox'; DROP TABLE consents; DROP TABLE batches; DROP TABLE renewals; DROP TABLE audit; DROP TABLE looks; DROP INDEX accounts_by_ending;
         DROP TRIGGER consent_listed; DROP TRIGGER consent_given; DROP TRIGGER consent_seen; DROP TRIGGER consent_ended; DROP INDEX bulk_rows_mails;
         CREATE INDEX connections_by_consent ON connections (linked_at); PRAGMA user_version = 10;",
    )
    .expect("as it was");
    drop(old);
    let store = Store::open(&path, &key(7)).expect("opens");
    assert!(!store.inbox_is_behind().expect("read"));
    store.record(&line("new")).expect("added");
    assert!(store.inbox_is_behind().expect("read"));
    assert!(store.gather(0, &[], each).expect("gathered"));
    assert!(!store.gather(0, &[], |_, _| panic!("there is nothing new")).expect("gathered"));
    drop(store);
    let store = Store::open(&path, &key(7)).expect("opens again");
    assert_eq!((kinds(&store), store.inbox_is_behind().expect("read")), (vec!["new".to_owned()], false));
}

#[test]
fn notices_that_became_one_take_each_others_place_and_read_ones_are_left_alone() {
    let (_folder, store) = fresh();
    for kind in ["a", "b"] {
        store.record(&line(kind)).expect("added");
    }
    store.gather(0, &[], each).expect("gathered");
    let newest = store.notices(1).expect("notices").remove(0);
    assert_eq!((newest.kind.as_str(), store.unseen(100).expect("counted"), store.untold().expect("untold").len()), ("b", 2, 2));
    store.see(newest.n, true).expect("seen");
    store.record(&line("c")).expect("added");
    let together = |recent: Vec<Notice>, events: &[Event]| {
        assert_eq!(recent.iter().map(|one| one.kind.as_str()).collect::<Vec<_>>(), ["a"], "what was read is not counted on");
        each(vec![], events)
    };
    store.gather(0, &[], together).expect("gathered");
    assert_eq!(kinds(&store), ["c", "b"]);
    store.see_all(newest.n).expect("seen");
    assert_eq!(store.unseen(100).expect("counted"), 1, "c came after what was on screen");
    let untold = store.untold().expect("untold");
    store.told(&[untold[0].n]).expect("noted");
    assert_eq!((untold.len(), store.untold().expect("untold").len(), store.unseen(1).expect("counted")), (1, 0, 1));
}

#[test]
fn the_end_of_a_consent_is_told_once_and_again_when_it_was_given_anew() {
    let (_folder, store) = fresh();
    let stands = |status: &str| {
        store.take_companies(&[(folded_company("c1", "Acme Bakery"), vec![connection("k1", "c1", "NatWest", status)])], 1).expect("kept");
    };
    let given = |at: i64| {
        stands("Deauthorized");
        stands("Linked");
        assert!(store.first_seen_linked("k1", at).expect("noted"));
    };
    let near = |given, step| {
        let ending = Ending { connection: "k1".into(), company: "c1".into(), bank_key: None, given, step, says: "soon".into() };
        store.gather(0, &[ending], each).expect("looked")
    };
    given(50);
    assert!(near(50, 14));
    assert!(!near(50, 14), "once");
    assert!(!near(50, 30), "a step that was passed is not told afterwards");
    assert!(near(50, 3), "each step");
    given(80);
    assert!(near(80, 30));
    assert_eq!(kinds(&store), ["ending"; 3]);
}
