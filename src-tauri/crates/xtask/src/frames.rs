//! `cargo xtask frames`: 100,000 companies and a million rows in the real window on a virtual display, counted frame by frame.

use crate::bench::measured_window;
use crate::machine;
use crate::step::{Done, Failed, command, must, released, step};

/// Both numbers, or the full size.
pub fn frames(args: &[String]) -> Done {
    let sizes: Vec<&String> = args.iter().filter(|arg| arg.parse::<u32>().is_ok()).collect();
    if sizes.len() != args.len() || sizes.len() > 2 {
        return Err(Failed("frames takes how many companies and how many rows, and nothing else".into()));
    }
    machine::ready_to_test()?;
    measured_window()?;
    step("frames in the real window", || must(command(released("frames"), sizes)))
}
