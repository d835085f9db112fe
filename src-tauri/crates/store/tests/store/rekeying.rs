//! A file under another key.

use crate::*;

#[test]
fn a_file_under_another_key_has_everything_and_opens_with_no_other() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("fairlead.db");
    let store = Store::create(&path, &key(7)).expect("a new database");
    let named = |n: u32| (CompanyEntry { id: format!("c{n}"), name: format!("Company {n}"), ..CompanyEntry::default() }, vec![]);
    store.take_companies(&(0..3_000).map(named).collect::<Vec<_>>(), 1).expect("stored");
    let hash = store.content_hash().expect("hash");
    assert_eq!(Store::rekey(&path, &key(7), &key(8)), Err(OpenError::Busy), "somebody has it open");
    store.close();
    Store::rekey(&path, &key(7), &key(8)).expect("changed");
    assert_eq!(Store::open(&path, &key(7)).map(drop), Err(OpenError::KeyWrong), "the old key is no key of it any more");
    assert_eq!(Store::open(&path, &key(8)).expect("opens").content_hash().expect("hash"), hash);
    assert_eq!(Store::rekey(&path, &key(7), &key(9)), Err(OpenError::KeyWrong));
    assert_eq!(Store::key_of(&path, &[&key(7), &key(9)]), Ok(None));
    assert_eq!(Store::key_of(&path, &[&key(7), &key(8)]), Ok(Some(1)));
}

#[test]
fn a_note_that_is_behind_the_file_is_put_right() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("fairlead.db");
    Store::create(&path, &key(7)).expect("a new database").close();
    let before = std::fs::read(path.with_extension("key-check")).expect("a note");
    Store::rekey(&path, &key(7), &key(8)).expect("changed");
    std::fs::write(path.with_extension("key-check"), before).expect("as if it had died in between");
    assert_eq!(Store::open(&path, &key(8)).map(drop), Err(OpenError::KeyWrong), "control: the note is behind");
    assert_eq!(Store::key_of(&path, &[&key(7), &key(8)]), Ok(Some(1)));
    Store::open(&path, &key(8)).expect("and now it says so");
}
