//! The way to a team's server.

use crate::reading::Rights;
use crate::tls::Tls;
use crate::{Address, Error};
use rustls::client::WebPkiServerVerifier;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;
use secrecy::{ExposeSecret as _, SecretSlice};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio_postgres::config::SslMode;
use tokio_postgres::{AsyncMessage, Client, Connection, NoTls, Notification};

/// To a finished handshake.
const PATIENCE: Duration = Duration::from_secs(30);
/// A line on which nothing comes back is given up: a question waits for no server that was unplugged.
const SILENCE: Duration = Duration::from_secs(60);

/// A program that stands still in the middle of a change holds up nobody: the server ends its session, and gives up waiting for what another holds.
const SESSION: &str = "SET search_path = fairlead, pg_temp; SET client_min_messages = warning;
    SET idle_in_transaction_session_timeout = '30s'; SET lock_timeout = '120s'";

/// Whose certificates are believed where the way leaves this computer.
#[derive(Clone, Debug, Default)]
pub enum Trust {
    /// Whom this computer believes.
    #[default]
    System,
    /// This authority and nobody else.
    Authority(Vec<CertificateDer<'static>>),
}

impl Trust {
    /// An authority from a file of PEM.
    ///
    /// # Errors
    /// When it cannot be read or holds none.
    pub fn authority(file: &Path) -> Result<Self, Error> {
        let none = || Error::Address(format!("{} holds no certificate of an authority (PEM)", file.display()));
        Self::pem(&std::fs::read(file).map_err(|_| none())?).ok_or_else(none)
    }

    /// An authority as PEM; none when it holds none.
    #[must_use]
    pub fn pem(text: &[u8]) -> Option<Self> {
        let found = CertificateDer::pem_slice_iter(text).collect::<Result<Vec<_>, _>>().ok()?;
        (!found.is_empty()).then_some(Self::Authority(found))
    }

    fn config(&self) -> Result<ClientConfig, Error> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let failed = |_| Error::Untrusted;
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions().map_err(failed)?;
        let builder = match self {
            Self::System => builder.with_platform_verifier().map_err(failed)?,
            Self::Authority(found) => {
                let mut roots = RootCertStore::empty();
                roots.add_parsable_certificates(found.iter().cloned());
                let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build();
                builder.with_webpki_verifier(verifier.map_err(|_| Error::Untrusted)?)
            }
        };
        Ok(builder.with_no_client_auth())
    }
}

/// How to get to a team's server, and with what.
pub struct Way {
    /// Where it is, and as whom.
    pub address: Address,
    /// The login's password, where it needs one.
    pub password: Option<SecretSlice<u8>>,
    /// Whose certificates are believed.
    pub trust: Trust,
}

impl Way {
    /// Logs in. Off this computer only over TLS, with a certificate that is trusted.
    ///
    /// # Errors
    /// When the server is away, shows no certificate that is trusted, refuses the login, or is too old.
    pub async fn connect(&self) -> Result<Server, Error> {
        Ok(self.connect_and_hear().await?.0)
    }

    /// The same, with what is rung there.
    pub(crate) async fn connect_and_hear(&self) -> Result<(Server, mpsc::UnboundedReceiver<Notification>), Error> {
        let mut config = self.address.config();
        config.application_name("fairlead").connect_timeout(PATIENCE).tcp_user_timeout(SILENCE).keepalives_idle(SILENCE / 2);
        if let Some(password) = &self.password {
            config.password(password.expose_secret());
        }
        let (tell, heard) = mpsc::unbounded_channel();
        let client = if self.address.socket().is_some() {
            config.ssl_mode(SslMode::Disable);
            let (client, line) = in_time(config.connect(NoTls)).await?;
            tokio::spawn(keep(line, tell));
            client
        } else {
            config.ssl_mode(SslMode::Require);
            let (client, line) = in_time(config.connect(Tls::new(self.trust.config()?))).await?;
            tokio::spawn(keep(line, tell));
            client
        };
        let server = Server { client, is_staged: false, rights: None };
        server.is_new_enough().await?;
        server.client.batch_execute(SESSION).await?;
        Ok((server, heard))
    }
}

/// A session at a team's server.
pub struct Server {
    pub(crate) client: Client,
    /// The staging tables of this session are made.
    pub(crate) is_staged: bool,
    /// What its login may read, once asked.
    pub(crate) rights: Option<Rights>,
}

impl Server {
    /// Nothing can be asked of it any more.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    async fn is_new_enough(&self) -> Result<(), Error> {
        let version: i32 = self.client.query_one("SELECT current_setting('server_version_num')::int", &[]).await?.get(0);
        if version < 150_000 {
            return Err(Error::OldServer(format!("{}", version / 10_000)));
        }
        Ok(())
    }
}

/// Keeps a line until it ends, and passes on what is rung on it where somebody listens.
async fn keep<S, T>(mut line: Connection<S, T>, tell: mpsc::UnboundedSender<Notification>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = std::future::poll_fn(|context| line.poll_message(context)).await {
        if let AsyncMessage::Notification(rung) = message {
            let _ = tell.send(rung);
        }
    }
}

async fn in_time<T>(way: impl Future<Output = Result<T, tokio_postgres::Error>>) -> Result<T, Error> {
    Ok(tokio::time::timeout(PATIENCE, way).await.map_err(|_| Error::Away)??)
}
