//! The demo's sandbox, embedded on a loopback port. Nothing in the app knows the difference.

use engine::ports::{DemoSandbox, SandboxAddress, Wait};
use sandbox::{Options, Sandbox};
use secrecy::SecretString;
use std::path::PathBuf;
use tokio::sync::Mutex;

/// Companies that are there from the start, so that the list looks alive.
const COMPANIES: u32 = 14;

#[derive(Default)]
pub(crate) struct Embedded {
    running: Mutex<Option<Sandbox>>,
}

impl DemoSandbox for Embedded {
    fn start(&self, folder: PathBuf, redirect: String) -> Wait<'_, Result<SandboxAddress, String>> {
        Box::pin(async move {
            let mut running = self.running.lock().await;
            let state_file = Some(folder.join("sandbox.json"));
            let options = Options { state_file, redirect_url: Some(redirect), companies: COMPANIES, ..Options::default() };
            let sandbox = Sandbox::start(options).await.map_err(|error| error.to_string())?;
            let address =
                SandboxAddress { base_url: sandbox.base_url().to_owned(), api_key: SecretString::from(sandbox.api_key().to_owned()) };
            *running = Some(sandbox);
            Ok(address)
        })
    }
}
