//! `cargo xtask frames`: 100,000 companies and a million rows in the real window on a virtual display, counted frame by frame.

use crate::step::{Done, Failed, command, must, step};
use crate::{machine, ui};

/// Both numbers, or the full size.
pub fn frames(args: &[String]) -> Done {
    let sizes: Vec<&String> = args.iter().filter(|arg| arg.parse::<u32>().is_ok()).collect();
    if sizes.len() != args.len() || sizes.len() > 2 {
        return Err(Failed("frames takes how many companies and how many rows, and nothing else".into()));
    }
    machine::ready_to_test()?;
    ui::built()?;
    step("build as it is shipped", || must(command("cargo", ["build", "--release", "--locked", "--workspace", "--bins"])))?;
    step("frames in the real window", || {
        let mut count =
            command("cargo", ["run", "--release", "--locked", "--quiet", "--package", "fairlead-tests", "--bin", "frames", "--"]);
        count.args(sizes);
        must(count)
    })
}
