//! The ledger, nonces and creations.

use crate::*;

#[test]
fn the_ledger_refuses_to_forget() {
    let (folder, store) = fresh();
    store.record(&Event { kind: "begun".into(), ..Event::default() }).expect("added");
    drop(store);
    let conn = raw(&folder.path().join("fairlead.db"));
    for sql in ["DELETE FROM ledger", "UPDATE ledger SET kind = 'x'"] {
        assert!(conn.execute(sql, []).is_err_and(|error| error.to_string().contains("only ever added to")), "{sql}");
    }
}

#[test]
fn a_nonce_works_once_until_a_newer_link_replaces_it_or_it_is_too_old() {
    let (_folder, store) = fresh();
    store.new_nonce("a1", &[1; 32], 0, 100).expect("nonce");
    assert_eq!(store.nonce_state(&[9; 32], 1).expect("state"), NonceUse::Unknown);
    assert!(store.use_nonce(&[1; 32], 1).expect("use"));
    assert!(!store.use_nonce(&[1; 32], 1).expect("use"), "used is used");
    store.new_nonce("a1", &[2; 32], 2, 100).expect("nonce");
    store.new_nonce("a1", &[3; 32], 3, 100).expect("nonce");
    assert_eq!(store.nonce_state(&[2; 32], 4).expect("state"), NonceUse::Used, "a newer link voids the older");
    assert_eq!(store.nonce_state(&[3; 32], 101).expect("state"), NonceUse::Expired);
}

#[test]
fn a_creation_moves_only_along_its_allowed_ways() {
    let (_folder, store) = fresh();
    let op = Op {
        op: "o1".into(),
        kind: OpKind::Company,
        after: None,
        target: None,
        body: b"{}".to_vec(),
        key: "o1".into(),
        key_at: 0,
        state: OpState::Ready,
        lease_until: None,
        not_before: None,
        sent_at: None,
        looks: 0,
        looked_at: None,
        answer: None,
        remote: None,
        before: "[]".into(),
        made_at: 0,
    };
    store
        .begin_attempt(None, &Attempt { id: "a1".into(), ..Attempt::default() }, &[op], &Event { kind: "begun".into(), ..Event::default() })
        .expect("begun");
    assert!(store.claim_op("o1", 10, 20, None, "[]").expect("claim"));
    assert!(!store.claim_op("o1", 11, 21, None, "[]").expect("claim"), "one sender at a time");
    assert_eq!(store.release_leases(15).expect("release"), 0, "its sender may still be alive");
    assert_eq!(store.release_leases(21).expect("release"), 1);
    assert!(!store.claim_op("o1", 30, 40, None, "[]").expect("claim"), "unknown is never simply sent again");
    store.op_new_key("o1", "k2", 30).expect("new key");
    assert!(store.claim_op("o1", 31, 41, None, "[]").expect("claim"));
    store.op_done("o1", "c9").expect("done");
    store.op_unknown("o1", "late").expect("a late answer");
    let op = store.op("o1").expect("read").expect("there");
    assert_eq!((op.state, op.remote.as_deref()), (OpState::Done, Some("c9")), "done stays done");
}

#[test]
fn of_many_who_ring_with_one_nonce_one_is_heard() {
    let (_folder, store) = fresh();
    store.new_nonce("a1", &[1; 32], 0, 100).expect("nonce");
    let heard: usize = std::thread::scope(|scope| {
        let rings: Vec<_> = (0..8).map(|_| scope.spawn(|| usize::from(store.use_nonce(&[1; 32], 1).expect("use")))).collect();
        rings.into_iter().map(|ring| ring.join().expect("no panic")).sum()
    });
    assert_eq!(heard, 1);
    store.new_nonce("a1", &[2; 32], 0, 100).expect("nonce");
    assert!(!store.use_nonce(&[2; 32], 101).expect("use"), "too old is checked where it is used up");
}

pub(crate) fn op(id: &str, kind: OpKind, after: Option<&str>) -> Op {
    Op {
        op: id.into(),
        kind,
        after: after.map(str::to_owned),
        target: None,
        body: b"{\"name\":\"Acme\"}".to_vec(),
        key: id.into(),
        key_at: 0,
        state: OpState::Ready,
        lease_until: None,
        not_before: None,
        sent_at: None,
        looks: 0,
        looked_at: None,
        answer: None,
        remote: None,
        before: "[]".into(),
        made_at: 0,
    }
}

#[test]
fn a_connection_waits_for_its_company_and_frozen_bytes_stay_frozen() {
    let (folder, store) = fresh();
    let ops = [op("o1", OpKind::Company, None), op("o2", OpKind::Connection, Some("o1"))];
    let event = Event { kind: "begun".into(), ..Event::default() };
    store.begin_attempt(None, &Attempt { id: "a1".into(), ..Attempt::default() }, &ops, &event).expect("begun");
    assert!(!store.claim_op("o2", 1, 9, None, "[]").expect("claim"), "there is no company yet");
    assert!(store.claim_op("o1", 1, 9, None, "[]").expect("claim"));
    store.op_done("o1", "c9").expect("done");
    assert!(store.claim_op("o2", 2, 9, Some("c9"), "[]").expect("claim"));

    let conn = raw(&folder.path().join("fairlead.db"));
    for sql in [
        "UPDATE outbox SET body = x'00' WHERE op = 'o2'",
        "UPDATE outbox SET state = 'ready' WHERE op = 'o1'",
        "UPDATE outbox SET remote = 'c8' WHERE op = 'o1'",
        "DELETE FROM outbox WHERE op = 'o2'",
    ] {
        assert!(conn.execute(sql, []).is_err(), "{sql}");
    }
}

#[test]
fn an_attempt_begins_whole_or_not_at_all() {
    let (_folder, store) = fresh();
    store.keep_draft(&Draft { id: "d1".into(), name: "Acme".into(), ..Draft::default() }).expect("draft");
    let attempt = Attempt { id: "a1".into(), ..Attempt::default() };
    let event = Event { kind: "begun".into(), company: Some("c1".into()), ..Event::default() };
    // The second creation has the id of the first: the last step but one fails.
    let twice = [op("o1", OpKind::Company, None), op("o1", OpKind::Connection, None)];
    let before = store.content_hash().expect("hash");
    assert!(store.begin_attempt(Some("d1"), &attempt, &twice, &event).is_err());
    assert_eq!(store.content_hash().expect("hash"), before, "the draft is still there, and nothing else is");
    store.begin_attempt(Some("d1"), &attempt, &twice[..1], &event).expect("begun");
    assert_eq!((store.drafts().expect("drafts").len(), store.open_attempts().expect("open").len()), (0, 1));
}

#[test]
fn own_experience_with_a_bank_is_its_last_ten_outcomes() {
    let (_folder, store) = fresh();
    for (at, outcome) in (0..12).map(|n| (n, if n % 3 == 0 { "linked" } else { "cancelled" })) {
        let ended = Event { at, kind: "ended".into(), outcome: Some(outcome.into()), bank_key: Some("b1".into()), ..Event::default() };
        store.record(&ended).expect("added");
        store.record(&Event { kind: "handed over".into(), ..ended }).expect("other events do not count");
    }
    let other = Event { at: 20, kind: "ended".into(), bank_key: Some("b2".into()), ..Event::default() };
    store.record(&other).expect("added");
    let records = store.bank_records().expect("records");
    assert_eq!(records.iter().map(|record| record.key.as_str()).collect::<Vec<_>>(), ["b2", "b1"], "most recently tried first");
    let last: Vec<bool> = (2..12).rev().map(|n| n % 3 == 0).collect();
    assert_eq!(records[1], BankRecord { key: "b1".into(), last, last_success: Some(9), linked: 4, last_tried: 11 });
    assert_eq!((records[0].linked, records[0].last_success), (0, None));
}
