//! A real PostgreSQL of the tests' own: in a temporary folder, on a socket there and on a port of this computer with TLS, gone with the last test that uses it.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio_postgres::{Client, Config, NoTls};

/// It answers in seconds; this is when something is wrong.
const TOO_LONG: Duration = Duration::from_secs(120);

/// A running server.
pub struct Postgres {
    folder: TempDir,
    programs: PathBuf,
    /// Whom it runs as: a superuser is refused by PostgreSQL itself.
    user: Option<(u32, u32)>,
    port: u16,
    running: Mutex<Option<Running>>,
}

/// The server's process, and its log, which ends with the last process of its own.
struct Running {
    process: Child,
    log: mpsc::Receiver<String>,
}

static SHARED: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());
static DATABASES: AtomicU32 = AtomicU32::new(0);

impl Postgres {
    /// The one that the tests of this program share.
    ///
    /// # Panics
    /// When PostgreSQL cannot be had.
    #[must_use]
    pub fn shared() -> Arc<Self> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = shared.upgrade() {
            return running;
        }
        let fresh = Arc::new(Self::start());
        *shared = Arc::downgrade(&fresh);
        fresh
    }

    /// One of its own.
    ///
    /// # Panics
    /// When PostgreSQL cannot be had.
    #[must_use]
    pub fn start() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let user = unprivileged();
        if let Some((user, group)) = user {
            std::os::unix::fs::chown(folder.path(), Some(user), Some(group)).expect("the folder is the server's");
        }
        let mut server = Self { folder, programs: programs(), user, port: 0, running: Mutex::default() };
        let made = server
            .command("initdb")
            .args(["--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
            .arg(server.data())
            .output();
        succeeded("initdb", &made.expect("initdb runs"));
        server.write("pg_hba.conf", "local all postgres trust\nlocal all all scram-sha-256\nhostssl all all 127.0.0.1/32 scram-sha-256\n");
        let (authority, certificate, key) = certificate();
        server.write("server.crt", &certificate);
        server.write("server.key", &key);
        server.write("authority.pem", &authority);
        // A port that was free a moment ago may be another's now.
        for _ in 0..20 {
            let port = TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("address").port();
            if let Some(running) = server.serve(port) {
                server.port = port;
                server.running = Mutex::new(Some(running));
                return server;
            }
        }
        panic!("PostgreSQL found no port in 20 tries");
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn write(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.data().join(name);
        std::fs::write(&path, text).expect("writing");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("for the server alone");
        if let Some((user, group)) = self.user {
            std::os::unix::fs::chown(&path, Some(user), Some(group)).expect("the file is the server's");
        }
    }

    /// A program of PostgreSQL, as whom it may run; the kernel stops it should this process be killed.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new("setpriv");
        if let Some((user, group)) = self.user {
            command.args([format!("--reuid={user}"), format!("--regid={group}"), "--clear-groups".into()]);
        }
        command.args(["--pdeathsig", "QUIT", "--"]).arg(self.programs.join(program)).current_dir("/").env("LC_ALL", "C");
        command
    }

    /// Starts serving and waits until it does; none when the port is taken.
    fn serve(&self, port: u16) -> Option<Running> {
        let mut command = self.command("postgres");
        command.arg("-D").arg(self.data()).arg("-p").arg(port.to_string()).arg("-k").arg(self.folder.path());
        for setting in [
            "listen_addresses=127.0.0.1",
            "ssl=on",
            "max_connections=200",
            "shared_buffers=64MB",
            "log_min_messages=warning",
            // It outlives its own death, as a real one does, and no power cut.
            "fsync=off",
            "full_page_writes=off",
        ] {
            command.args(["-c", setting]);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        // What dies with its parent dies with the thread that started it: this one lives as long as the process.
        let (told, answer) = mpsc::channel();
        std::thread::spawn(move || {
            let _ = told.send(command.spawn());
            loop {
                std::thread::park();
            }
        });
        let mut child = answer.recv().expect("a thread").expect("postgres runs");
        let lines = BufReader::new(child.stderr.take().expect("its log"));
        let (told, log) = mpsc::channel();
        std::thread::spawn(move || {
            for text in lines.lines().map_while(Result::ok) {
                let _ = told.send(text);
            }
        });
        let mut said = vec![];
        loop {
            match log.recv_timeout(TOO_LONG) {
                Ok(text) if text.contains("ready to accept connections") => return Some(Running { process: child, log }),
                Ok(text) => said.push(text),
                Err(mpsc::RecvTimeoutError::Timeout) => panic!("PostgreSQL is not ready after {TOO_LONG:?}: {said:?}"),
                Err(mpsc::RecvTimeoutError::Disconnected) => {
                    child.wait().expect("it ended");
                    assert!(said.iter().any(|text| text.contains("Address already in use")), "PostgreSQL does not start: {said:?}");
                    return None;
                }
            }
        }
    }

    /// Kills it where it stands, and waits until its own processes have noticed.
    ///
    /// # Panics
    /// When it did not run, or its processes outlive it.
    pub fn kill(&self) {
        let Running { mut process, log } = self.running.lock().unwrap_or_else(PoisonError::into_inner).take().expect("it runs");
        process.kill().expect("killed");
        process.wait().expect("dead");
        let ends = Instant::now() + TOO_LONG;
        while let Ok(text) = log.recv_timeout(ends.saturating_duration_since(Instant::now())) {
            drop(text);
        }
        assert!(Instant::now() < ends, "PostgreSQL's own processes are there {TOO_LONG:?} after it was killed");
    }

    /// Starts it again on the same port, where it left off.
    ///
    /// # Panics
    /// When somebody has its port, or it does not come up.
    pub fn start_again(&self) {
        let ends = Instant::now() + TOO_LONG;
        let running = std::iter::repeat_with(|| self.serve(self.port)).take_while(|_| Instant::now() < ends).flatten().next();
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Some(running.expect("its port is free again"));
    }

    /// A fresh, empty database of its own, by name.
    ///
    /// # Panics
    /// When the server does not make it.
    pub async fn database(&self) -> String {
        let name = format!("team_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        self.admin("postgres").await.batch_execute(&format!("CREATE DATABASE {name}")).await.expect("a database");
        name
    }

    /// A login with this password and nothing else.
    ///
    /// # Panics
    /// When the server does not make it.
    pub async fn login(&self, name: &str, password: &str) {
        self.admin("postgres").await.batch_execute(&format!("CREATE ROLE {name} LOGIN PASSWORD '{password}'")).await.expect("a login");
    }

    /// Whoever administers the server, in this database.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn admin(&self, database: &str) -> Client {
        self.session(database, "postgres", "").await.expect("the server answers")
    }

    /// Somebody in this database, over the socket, past everything that Fairlead does.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn session(&self, database: &str, login: &str, password: &str) -> Result<Client, tokio_postgres::Error> {
        let mut config = Config::new();
        config.host_path(self.folder.path()).port(self.port).user(login).password(password).dbname(database);
        let (client, line) = config.connect(NoTls).await?;
        tokio::spawn(line);
        Ok(client)
    }

    /// The address over its socket.
    #[must_use]
    pub fn address(&self, database: &str, login: &str) -> String {
        format!("postgresql:///{database}?host={}&port={}&user={login}", self.folder.path().display(), self.port)
    }

    /// The address off the socket, where it shows a certificate of the authority in `authority`.
    #[must_use]
    pub fn address_by_tls(&self, database: &str, login: &str) -> String {
        format!("postgresql://{login}@127.0.0.1:{}/{database}", self.port)
    }

    /// The file of the authority that signed its certificate.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.data().join("authority.pem")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(Running { mut process, .. }) = self.running.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // At once, and with its own processes: the folder goes next.
            let _ = Command::new("kill").args(["-QUIT", &process.id().to_string()]).status();
            let _ = process.wait();
        }
    }
}

/// The newest that is installed and new enough.
fn programs() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let version = |path: &Path| path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse::<u32>().ok());
    let found = folders.map(|entry| entry.path()).filter(|path| version(path).is_some_and(|version| version >= 15));
    let newest = found.filter(|path| path.join("bin/initdb").is_file()).max_by_key(|path| version(path));
    newest.map(|path| path.join("bin")).expect("PostgreSQL 15 or newer is not installed: cargo xtask test installs it (Debian: postgresql)")
}

/// PostgreSQL runs as nobody who may do everything: as root the tests let it run as another.
fn unprivileged() -> Option<(u32, u32)> {
    let id = |args: &[&str]| {
        let told = Command::new("id").args(args).output().expect("id runs");
        String::from_utf8_lossy(&told.stdout).trim().parse::<u32>().ok()
    };
    if id(&["-u"]) != Some(0) {
        return None;
    }
    let found = ["postgres", "nobody"].into_iter().find_map(|user| id(&["-u", user]).zip(id(&["-g", user])));
    Some(found.expect("a user that is not root"))
}

fn succeeded(what: &str, output: &Output) {
    assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
}

/// An authority, and a certificate for this computer that it signed, with its key.
fn certificate() -> (String, String, String) {
    let mut params = CertificateParams::new(vec![]).expect("parameters");
    params.distinguished_name.push(DnType::OrganizationName, "Test authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
    let key = KeyPair::generate().expect("a key");
    let leaf = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("parameters").signed_by(&key, &authority).expect("signed");
    (authority.pem(), leaf.pem(), key.serialize_pem())
}
