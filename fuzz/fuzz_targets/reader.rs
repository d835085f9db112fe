//! A reader for libFuzzer, which looks for bytes that lead where none led before: `FAIRLEAD_READER` names it. `cargo xtask fuzz` builds and runs
//! this with stable Rust; `cargo fuzz run --features libfuzzer reader` does with nightly, and looks after memory as well.

#![no_main]
#![allow(unsafe_code, reason = "libFuzzer calls a C function")]

use libfuzzer_sys::fuzz_target;
use readers::{READERS, Reader};
use std::sync::OnceLock;

static READER: OnceLock<&Reader> = OnceLock::new();

fuzz_target!(
    init: {
        let name = std::env::var("FAIRLEAD_READER").unwrap_or_default();
        let reader = READERS.iter().find(|reader| reader.name == name);
        let _ = READER.set(reader.unwrap_or_else(|| panic!("FAIRLEAD_READER names none of the readers: {name:?}")));
    },
    |bytes: &[u8]| {
        if let Some(reader) = READER.get() {
            let _ = (reader.read)(bytes);
        }
    }
);
