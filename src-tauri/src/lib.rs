//! The desktop shell: windows, named commands, events, deep links, the system browser, logs. What it does is the engine's business.

mod arguments;
mod bindings;
mod browser;
mod commands;
mod deep_link;
mod demo;
mod downloads;
mod events;
mod house;
mod lock;
mod logging;
mod notices;
mod place;
mod sealed;
mod start;
mod window;

include!("command_names.rs");

use arguments::Arguments;
use engine::PolicyPlace;
use engine::adapters::codat::CodatSources;
use engine::ports::{Clock, Ports, SystemClock, SystemEntropy};
use house::House;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tauri::{App, AppHandle, Manager as _, RunEvent};
use vault::ComputerVaults;

/// How long background work may take to reach its next step when the app is closed.
const FAREWELL: Duration = Duration::from_secs(2);

/// Opens the app and runs until its last window is closed.
pub fn run(args: impl Iterator<Item = String>) -> ExitCode {
    let arguments = match arguments::read(args).and_then(start::unwatched) {
        Ok(arguments) => arguments,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::from(2);
        }
    };
    let _logs = logging::start(&arguments.home);
    match build(arguments) {
        Ok(app) => {
            app.run(|app, event| followed(app, &event));
            ExitCode::SUCCESS
        }
        Err(error) => start::again_or_give_up(&error),
    }
}

fn build(arguments: Arguments) -> tauri::Result<App> {
    let Arguments { home, address } = arguments;
    tauri::Builder::default()
        // First: a second process must hand over its address before anything else of it starts.
        .plugin(tauri_plugin_single_instance::init(|app, args, _| deep_link::second_process(app, &args)))
        .plugin(tauri_plugin_deep_link::init())
        .invoke_handler(commands::handler())
        .setup(move |app| {
            let vaults = Arc::new(ComputerVaults::new());
            app.manage(downloads::Exports::default());
            app.manage(commands::profiles::SupportShown::default());
            app.manage(sealed::Opener::default());
            app.manage(House::new(app.handle().clone(), home.clone(), ports(&vaults), vaults));
            window::open_main(app.handle(), home)?;
            house::open(app.handle());
            lock::watch(app.handle());
            deep_link::listen(app.handle(), address);
            Ok(())
        })
        .build(tauri::generate_context!())
}

fn followed(app: &AppHandle, event: &RunEvent) {
    if let RunEvent::Exit = event
        && let Some(engine) = app.state::<House>().engine_at_hand()
    {
        // What is stored is whole at any moment; this only lets a step in progress end.
        let _ = tauri::async_runtime::block_on(async { tokio::time::timeout(FAREWELL, engine.stopped()).await });
    }
}

fn ports(vaults: &Arc<ComputerVaults>) -> Ports {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    Ports {
        sources: Arc::new(CodatSources::new(Arc::clone(&clock))),
        vaults: Arc::clone(vaults) as _,
        opener: Arc::new(browser::SystemBrowser),
        clock,
        entropy: Arc::new(SystemEntropy),
        demo: Arc::new(demo::Embedded::default()),
        policy: PolicyPlace::Computer,
    }
}
