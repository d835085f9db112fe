//! The desktop app's process.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::alloc::System;
use zeroizing_alloc::ZeroAlloc;

/// Freed memory is wiped: keys pass through buffers of libraries that do not wipe theirs.
#[global_allocator]
static MEMORY: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> std::process::ExitCode {
    vault::keep_memory_private();
    fairlead_desktop::run(std::env::args().skip(1))
}
