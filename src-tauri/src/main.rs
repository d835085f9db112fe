//! The desktop app's process.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    fairlead_desktop::run(std::env::args().skip(1))
}
