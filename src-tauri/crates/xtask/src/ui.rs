//! The bundled UI: its packages, its build, its tests.

use crate::step::{Done, command, must, root, step};

/// The npm packages are there, exactly as locked.
pub fn installed() -> Done {
    let lock = root().join("ui/package-lock.json");
    let stamp = root().join("ui/node_modules/.package-lock.json");
    let fresh = |path| std::fs::metadata(path).and_then(|meta| meta.modified()).ok();
    if fresh(&stamp).is_some_and(|installed| Some(installed) >= fresh(&lock)) {
        return Ok(());
    }
    step("UI packages", || must(command("npm", ["--prefix", "ui", "ci", "--ignore-scripts", "--no-audit", "--no-fund"])))
}

/// ui/dist is built: the app embeds it when it compiles.
pub fn built() -> Done {
    installed()?;
    step("UI build", || npm_run("build"))
}

/// Types and component tests of the UI.
pub fn checked() -> Done {
    step("UI types", || npm_run("check"))?;
    step("UI unit tests", || npm_run("test:unit"))
}

/// Every screen in headless Chromium: accessibility in four themes and at twice the size, hostile words in every text, then the whole journey by keyboard alone.
pub fn accessible() -> Done {
    step("UI screens in Chromium, with axe", || npm_run("test:screens"))?;
    step("UI screens with hostile words", || npm_run("test:hostile"))?;
    step("UI journey by keyboard alone", || npm_run("test:keyboard"))?;
    step("what a screen reader says", || npm_run("test:transcript"))
}

fn npm_run(script: &str) -> Done {
    must(command("npm", ["--prefix", "ui", "run", "--silent", script]))
}
