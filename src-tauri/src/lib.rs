//! The desktop shell: windows, named commands, events, deep links, the system browser, logs. What it does is the engine's business.

mod arguments;
mod bindings;
mod browser;
mod commands;
mod deep_link;
mod demo;
mod events;
mod key_window;
mod logging;
mod window;

include!("command_names.rs");

use engine::Home;
use engine::adapters::codat::CodatSources;
use engine::ports::{Clock, Ports, SystemClock, SystemEntropy};
use std::process::ExitCode;
use std::sync::Arc;
use tauri::Manager as _;

/// Opens the app and runs until its last window is closed.
pub fn run(args: impl Iterator<Item = String>) -> ExitCode {
    let arguments = match arguments::read(args) {
        Ok(arguments) => arguments,
        Err(usage) => {
            eprintln!("{usage}");
            return ExitCode::from(2);
        }
    };
    let _logs = logging::start(&arguments.home);
    let home = arguments.home.clone();
    let built = tauri::Builder::default()
        // First: a second process must hand over its address before anything else of it starts.
        .plugin(tauri_plugin_single_instance::init(|app, args, _| deep_link::second_process(app, &args)))
        .plugin(tauri_plugin_deep_link::init())
        .invoke_handler(commands::handler())
        .setup(move |app| {
            let opened = tauri::async_runtime::block_on(async { Home::open(home, ports()) });
            match opened {
                Ok(home) => {
                    app.manage(home);
                    app.manage(key_window::KeyWindow::default());
                    events::forward(app.handle());
                    deep_link::listen(app.handle());
                }
                Err(error) => {
                    tracing::error!(%error, "the data folder could not be opened");
                    return Err(error.into());
                }
            }
            window::open_main(app.handle())?;
            Ok(())
        })
        .build(tauri::generate_context!());
    match built {
        Ok(app) => {
            app.run(|app, event| {
                if let tauri::RunEvent::Exit = event
                    && let Ok(engine) = app.state::<Home>().engine()
                {
                    engine.stop();
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            // A quick restart may meet the instance before on its way out: said, not crashed.
            tracing::error!(%error, "the app could not be started");
            eprintln!("Fairlead could not start: {error}");
            ExitCode::FAILURE
        }
    }
}

fn ports() -> Ports {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    Ports {
        sources: Arc::new(CodatSources::new(Arc::clone(&clock))),
        vaults: Arc::new(vault::ComputerVaults::new()),
        opener: Arc::new(browser::SystemBrowser),
        clock,
        entropy: Arc::new(SystemEntropy),
        demo: Arc::new(demo::Embedded::default()),
    }
}
