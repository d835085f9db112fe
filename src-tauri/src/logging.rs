//! Logs: what happened, with our own ids, counts and durations. No bank data, no address, no secret; a panic says where, not what.

use std::path::Path;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;

/// Logs into `logs/` of the data folder, a file a day, seven days. Other crates are heard from warnings up: some of them log addresses below.
pub(crate) fn start(home: &Path) -> Option<WorkerGuard> {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|place| format!("{}:{}", place.file(), place.line())).unwrap_or_default();
        tracing::error!(place, thread = std::thread::current().name().unwrap_or_default(), "panicked");
        eprintln!("Fairlead met a mistake of its own at {place}");
    }));
    let folder = home.join("logs");
    private(&folder).ok()?;
    let files = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("fairlead")
        .filename_suffix("log")
        .max_log_files(7)
        .build(&folder)
        .ok()?;
    let (writer, guard) = tracing_appender::non_blocking(files);
    let own = EnvFilter::new(
        "warn,fairlead_desktop=info,engine=info,store=info,vault=info,sandbox=warn,reqwest=off,hyper=off,h2=off,rustls=warn",
    );
    let started = tracing_subscriber::fmt().with_env_filter(own).with_writer(writer).with_ansi(false).try_init();
    started.ok().map(|()| guard)
}

/// The data folder is made here when it is not there yet, so it is closed to others here.
fn private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}
