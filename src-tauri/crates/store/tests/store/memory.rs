//! What an open database leaves in this process's memory, for whoever can read it: a crash dump, the swap.
#![cfg(target_os = "linux")]

use crate::*;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

/// Never in memory as it is: this test would find itself.
struct Hidden(Vec<u8>);

impl Hidden {
    fn new(bytes: &[u8]) -> Self {
        Self(bytes.iter().map(|byte| byte ^ 0xA5).collect())
    }

    fn count(&self, memory: &[u8]) -> usize {
        memory.windows(self.0.len()).filter(|window| window.iter().zip(&self.0).all(|(byte, hidden)| byte ^ 0xA5 == *hidden)).count()
    }
}

/// Read at once. Other tests map and unmap meanwhile: what went away is passed over piece by piece.
const PIECE: u64 = 64 << 10;
/// Below and above this test's place on its stack, where the making of the key leaves copies.
const BELOW: u64 = 2 << 20;
const ABOVE: u64 = PIECE;

/// How often each stands in the writable memory of this process, but for the stack of this test, which made the key. Neighbouring mappings may
/// be one line of the list, whoever asked for them: the stack is told by its address.
fn found(wanted: &[&Hidden]) -> Vec<usize> {
    let mut memory = std::fs::File::open("/proc/self/mem").expect("own memory");
    let mut counts = vec![0; wanted.len()];
    let marker = 0_u8;
    let here = u64::try_from(std::ptr::from_ref(&marker).addr()).expect("an address");
    let overlap = wanted.iter().map(|wanted| wanted.0.len()).max().unwrap_or(0);
    let mut buffer = Vec::new();
    for line in std::fs::read_to_string("/proc/self/maps").expect("maps").lines() {
        let mut words = line.split_whitespace();
        let (Some(range), Some(rights)) = (words.next(), words.next()) else { continue };
        let Some((from, to)) = range.split_once('-') else { continue };
        let (from, to) = (u64::from_str_radix(from, 16).expect("hex"), u64::from_str_radix(to, 16).expect("hex"));
        if !rights.starts_with("rw") {
            continue;
        }
        for piece in (from..to).step_by(usize::try_from(PIECE).expect("small")) {
            if (here - BELOW..here + ABOVE).contains(&piece) {
                continue;
            }
            let end = to.min(piece + PIECE + u64::try_from(overlap).expect("small"));
            buffer.resize(usize::try_from(end - piece).expect("small"), 0);
            if memory.seek(SeekFrom::Start(piece)).is_ok() && memory.read_exact(&mut buffer).is_ok() {
                counts.iter_mut().zip(wanted).for_each(|(count, wanted)| *count += wanted.count(&buffer));
            }
            buffer.fill(0);
        }
    }
    counts
}

/// A database whose key this test knows only in hiding; `salt` makes it another one than that of the test beside it.
fn opened(path: &Path, salt: u8) -> (Store, Hidden, Hidden) {
    let mut bytes: [u8; 32] = std::array::from_fn(|n| {
        u8::try_from(n * 37 % 251).expect("small") ^ u8::try_from(std::process::id() & 0xFF).expect("small") ^ salt
    });
    let raw = Hidden::new(&bytes[..24]);
    let mut text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let hex = Hidden::new(&text.as_bytes()[..48]);
    let key = DbKey::from_bytes(&bytes).expect("32 bytes");
    zeroize::Zeroize::zeroize(&mut bytes);
    zeroize::Zeroize::zeroize(&mut text);
    let store = Store::create(path, &key).expect("a new database");
    with_company(&store);
    store.apply_page(&run(&store), &Records::Transactions(vec![transaction("t1", 20_000, "5")]), &[], &page(1)).expect("stored");
    (store, raw, hex)
}

/// In the middle of a large piece, so that no stack beside it hides it.
fn control(word: u8) -> (Vec<u8>, Hidden) {
    let text: [u8; 24] = std::array::from_fn(|n| word ^ u8::try_from(n * 11 % 253).expect("small"));
    let mut piece = vec![0_u8; 16 << 20];
    piece[8 << 20..][..text.len()].copy_from_slice(&text);
    (piece, Hidden::new(&text))
}

#[test]
fn the_key_is_nowhere_in_memory_once_the_database_is_open() {
    let folder = tempfile::tempdir().expect("folder");
    let (store, raw, hex) = opened(&folder.path().join("fairlead.db"), 0);
    let (piece, there) = control(0x51);
    let counts = found(&[&raw, &hex, &there]);
    assert!(counts[2] >= 1, "the search finds what is there");
    assert_eq!(counts[..2], [0, 0], "as bytes, as text");
    drop((store, piece));
}

#[test]
fn the_key_is_nowhere_in_memory_once_the_database_was_closed_whoever_holds_it() {
    let folder = tempfile::tempdir().expect("folder");
    let (store, raw, hex) = opened(&folder.path().join("fairlead.db"), 0x3C);
    let held = store.clone();
    store.close();
    let (piece, there) = control(0x77);
    let counts = found(&[&raw, &hex, &there]);
    assert!(counts[2] >= 1, "the search finds what is there");
    assert_eq!(counts[..2], [0, 0], "as bytes, as text");
    drop((held, piece));
}
