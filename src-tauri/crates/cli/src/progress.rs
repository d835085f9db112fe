//! Progress on standard error, a line a step.

/// One line.
pub(crate) fn say(line: &str) {
    use std::io::Write as _;
    // Nobody reads it when standard error is closed.
    let _ = writeln!(std::io::stderr(), "{line}");
}
