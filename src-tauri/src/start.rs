//! What may go wrong before there is a window: somebody watches the web view, or the instance before is still on its way out.

use crate::arguments::Arguments;
use std::process::ExitCode;
use std::time::Duration;

/// Counts the starts of one wish, from process to process.
const TRIES: &str = "FAIRLEAD_START_TRIES";
const MOST_TRIES: u32 = 6;
const PAUSE: Duration = Duration::from_millis(400);

/// Refuses to start where the web view would listen for a debugger. A development build may be watched, and one that is measured.
pub(crate) fn unwatched(arguments: Arguments) -> Result<Arguments, String> {
    let doors = ["WEBKIT_INSPECTOR_SERVER", "WEBKIT_INSPECTOR_HTTP_SERVER", "WEBVIEW2_ADDITIONAL_BROWSER_ARGUMENTS"];
    match doors.into_iter().find(|door| std::env::var_os(door).is_some()) {
        Some(door) if !cfg!(any(debug_assertions, feature = "measured")) => {
            Err(format!("Fairlead does not start while {door} is set: it lets other programs read its windows."))
        }
        _ => Ok(arguments),
    }
}

/// A quick restart may meet the instance before on its way out: it holds the name and answers no more. Then the same is tried again, in
/// a process of its own, since the toolkit starts once only.
pub(crate) fn again_or_give_up(error: &tauri::Error) -> ExitCode {
    let tries: u32 = std::env::var(TRIES).ok().and_then(|tries| tries.parse().ok()).unwrap_or(1);
    let may_help = matches!(error, tauri::Error::PluginInitialization(plugin, _) if plugin == "single-instance");
    if !may_help || tries >= MOST_TRIES {
        tracing::error!(%error, "the app could not be started");
        eprintln!("Fairlead could not start: {error}");
        return ExitCode::FAILURE;
    }
    tracing::info!(tries, "the instance before is still on its way out");
    std::thread::sleep(PAUSE);
    again(tries + 1)
}

#[cfg(unix)]
fn again(tries: u32) -> ExitCode {
    use std::os::unix::process::CommandExt as _;
    // Takes the place of this process, so whoever started it still holds the right one.
    let error = command(tries).map(|mut command| command.exec());
    eprintln!("Fairlead could not start again: {error:?}");
    ExitCode::FAILURE
}

#[cfg(not(unix))]
fn again(tries: u32) -> ExitCode {
    match command(tries).and_then(|mut command| command.spawn()) {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Fairlead could not start again: {error}");
            ExitCode::FAILURE
        }
    }
}

fn command(tries: u32) -> std::io::Result<std::process::Command> {
    let mut command = std::process::Command::new(std::env::current_exe()?);
    command.args(std::env::args_os().skip(1)).env(TRIES, tries.to_string());
    Ok(command)
}
