//! What comes from outside can be any bytes: every reader of it is given good examples that were spoilt at random, and answers without a
//! panic, in bounded time, and never with more than it was given.

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use readers::{READERS, Reader};
use std::time::{Duration, Instant};

/// Words that parsers trip over.
const WORDS: [&str; 22] = [
    "\0",
    "\u{202e}",
    "\u{feff}",
    "null",
    "-0",
    "1e999",
    "99999999999999999999999",
    "\"",
    "\\u0000",
    "{",
    "[",
    "]",
    "}",
    "%00",
    "&",
    "=",
    "#",
    "@",
    "//",
    "..",
    "é",
    "\u{1f4a3}",
];

/// A good example, spoilt in one to six places.
fn spoilt(dice: &mut ChaCha8Rng, good: &[u8]) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for _ in 0..dice.random_range(1..=6) {
        let at = dice.random_range(0..=bytes.len());
        match dice.random_range(0..6) {
            0 if at < bytes.len() => bytes[at] = dice.random(),
            1 if at < bytes.len() => bytes[at] ^= 1 << dice.random_range(0..8),
            2 => bytes.truncate(at),
            3 => {
                let word = WORDS[dice.random_range(0..WORDS.len())];
                bytes.splice(at..at, word.bytes());
            }
            4 => {
                let end = (at + dice.random_range(0..40)).min(bytes.len());
                let piece = bytes[at.min(end)..end].to_vec();
                bytes.splice(at..at, piece);
            }
            _ => {
                let end = (at + dice.random_range(0..12)).min(bytes.len());
                bytes.drain(at.min(end)..end);
            }
        }
    }
    bytes
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Inputs a reader: 200,000 for the goal, fewer in an ordinary run.
fn inputs() -> u64 {
    if number("FAIRLEAD_SEEDS", 2) >= 24 { 200_000 } else { 10_000 }
}

/// Gives a reader all its inputs; how many were still good, and how long the slowest took.
fn feed(reader: &Reader) -> (u64, Duration) {
    let mut dice = ChaCha8Rng::seed_from_u64(number("FAIRLEAD_SEED", 1) ^ reader.name.len() as u64);
    let (mut good, mut slowest) = (0, Duration::ZERO);
    for turn in 0..inputs() {
        let example = reader.goods[usize::try_from(turn).expect("small") % reader.goods.len()];
        let bytes = spoilt(&mut dice, example.as_bytes());
        let begun = Instant::now();
        good += u64::from((reader.read)(&bytes));
        slowest = slowest.max(begun.elapsed());
    }
    (good, slowest)
}

#[test]
fn any_bytes_at_all_are_refused_or_are_ours() {
    let reader = READERS.iter().find(|reader| reader.name == "returns").expect("returns are read");
    let (ours, slowest) = feed(reader);
    let refused = inputs() - ours;
    println!("measured: {} spoilt returns: {refused} refused, {ours} still well formed, slowest {slowest:?}, 0 panics", inputs());
    assert!(refused > ours && ours > 0, "control: both kinds were met");
}

#[test]
fn every_reader_of_what_codat_and_people_send_survives_any_bytes() {
    for reader in &READERS {
        assert!(reader.goods.iter().all(|good| (reader.read)(good.as_bytes())), "control: the examples of {} are good", reader.name);
    }
    let fed: Vec<(&str, u64, Duration)> = READERS
        .iter()
        .map(|reader| {
            let (good, slowest) = feed(reader);
            (reader.name, good, slowest)
        })
        .collect();
    let good: u64 = fed.iter().map(|(_, good, _)| good).sum();
    let (slow, _, slowest) = fed.iter().max_by_key(|(_, _, took)| *took).expect("readers");
    println!("measured: {} readers × {} spoilt inputs: 0 panics, {good} still read, slowest {slowest:?} ({slow})", READERS.len(), inputs());
    assert!(*slowest < Duration::from_secs(2), "{slow} took {slowest:?}");
}
