//! Whoever is not Codat: real processes against peers that answer in its place. Traffic reaches them as it does in a company, through the proxy that
//! the environment names, so that nothing of the product is made weaker for the test.

use fairlead_tests::fairlead::{Fairlead, binary};
use fairlead_tests::needle::Needle;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, Issuer, KeyPair};
use serde_json::Value;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

const KEY: &str = "0b4dbad5peers0needle0key0123456789abcd";
const CODAT: &str = "api.codat.io";
const UNTRUSTED: &str = "The certificate shown for Codat is not trusted, so nothing was sent.";
const AWAY: &str = "No connection to Codat.";
const PORTAL: &str = "A page answered instead of Codat.";

/// Who answers behind the proxy.
enum Peer {
    /// Speaks today's TLS, and says this to the first request.
    Tls(Arc<ServerConfig>, &'static str),
    /// Agrees to this old version of TLS and to nothing newer.
    Old([u8; 2]),
    /// Has never heard of TLS.
    Plain,
    /// The proxy itself lets nobody through and shows a page.
    Page,
}

/// What came to a peer and to its proxy, in plain.
#[derive(Default)]
struct Heard {
    visits: u32,
    /// Whom the proxy was asked for.
    asked: Vec<String>,
    bytes: Vec<u8>,
}

/// An authority that the computer may trust or not.
fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(vec![]).expect("parameters");
    params.distinguished_name.push(DnType::OrganizationName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority")
}

fn leaf(host: &str) -> CertificateParams {
    CertificateParams::new(vec![host.to_owned()]).expect("parameters")
}

/// A server's side with this certificate; signed by itself where no authority is given.
fn server(params: &CertificateParams, by: Option<&CertifiedIssuer<'static, KeyPair>>) -> Arc<ServerConfig> {
    let key = KeyPair::generate().expect("a key");
    let signed = match by {
        Some(authority) => {
            let issuer: &Issuer<'static, KeyPair> = authority;
            params.signed_by(&key, issuer)
        }
        None => params.self_signed(&key),
    };
    let (certificate, key) = (signed.expect("signed").der().clone(), PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der())));
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key);
    Arc::new(config.expect("a server"))
}

async fn head(stream: &mut (impl AsyncRead + Unpin)) -> Vec<u8> {
    let mut bytes = vec![];
    while !bytes.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => bytes.push(byte),
            Err(_) => break,
        }
    }
    bytes
}

async fn rest(mut stream: TcpStream) -> Vec<u8> {
    let mut bytes = vec![];
    let _ = stream.read_to_end(&mut bytes).await;
    bytes
}

/// One connection to the proxy, and who stands behind it. What was read when the visitor left counts, however it left.
async fn receive(mut visitor: TcpStream, peer: &Peer, heard: &Mutex<Heard>) {
    let asked = head(&mut visitor).await;
    {
        let mut heard = heard.lock().expect("heard");
        heard.visits += 1;
        heard.asked.push(String::from_utf8_lossy(&asked).lines().next().unwrap_or_default().to_owned());
        heard.bytes.extend_from_slice(&asked);
    }
    if let Peer::Page = peer {
        let _ = visitor.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-type: text/html\r\ncontent-length: 11\r\n\r\n<p>Wait</p>").await;
        let came = rest(visitor).await;
        return heard.lock().expect("heard").bytes.extend(came);
    }
    let _ = visitor.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
    let came = match peer {
        Peer::Tls(config, says) => match TlsAcceptor::from(Arc::clone(config)).accept(visitor).await {
            Ok(mut inside) => {
                let came = head(&mut inside).await;
                let _ = inside.write_all(says.as_bytes()).await;
                let _ = inside.shutdown().await;
                came
            }
            // The visitor left in the middle of the handshake.
            Err(_) => vec![],
        },
        Peer::Old(version) => {
            let mut hello = vec![0; 5];
            let _ = visitor.read_exact(&mut hello).await;
            let _ = visitor.write_all(&old_hello(*version)).await;
            hello.extend(rest(visitor).await);
            hello
        }
        Peer::Plain => {
            let _ = visitor.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}").await;
            rest(visitor).await
        }
        Peer::Page => vec![],
    };
    heard.lock().expect("heard").bytes.extend(came);
}

/// A server's greeting in an old version of TLS, with a cipher of its time.
fn old_hello(version: [u8; 2]) -> Vec<u8> {
    let mut body = vec![version[0], version[1]];
    body.extend([0x5a; 32]);
    body.extend([0, 0x00, 0x2f, 0]);
    let length = u8::try_from(body.len()).expect("short");
    let mut record = vec![0x16, version[0], version[1], 0, length + 4, 2, 0, 0, length];
    record.extend(body);
    record
}

/// Adds a profile with the key, by a process whose way to Codat leads to this peer; gives its document and what was heard.
async fn visited(peer: Peer, trusted: &str) -> (Value, Heard) {
    let (mut documents, heard) = asked(peer, trusted, &[ADD]).await;
    (documents.remove(0), heard)
}

const ADD: &[&str] = &["profile", "add", "Peer", "--key-stdin", "--test-client"];

/// Runs these commands of one person one after the other, as above.
async fn asked(peer: Peer, trusted: &str, commands: &[&[&str]]) -> (Vec<Value>, Heard) {
    let proxy = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = format!("http://{}", proxy.local_addr().expect("address"));
    let heard = Arc::new(Mutex::new(Heard::default()));
    let (own, peer) = (Arc::clone(&heard), Arc::new(peer));
    let serving = tokio::spawn(async move {
        let mut visits = tokio::task::JoinSet::new();
        while let Ok((visitor, _)) = proxy.accept().await {
            let (heard, peer) = (Arc::clone(&own), Arc::clone(&peer));
            visits.spawn(async move { receive(visitor, &peer, &heard).await });
        }
    });
    let folder = tempfile::tempdir().expect("a folder");
    let roots = folder.path().join("roots.pem");
    std::fs::write(&roots, trusted).expect("written");
    std::fs::write(folder.path().join("passphrase"), Fairlead::PASSPHRASE).expect("written");
    let vault = format!("passphrase-file={}", folder.path().join("passphrase").display());
    let mut documents = vec![];
    for args in commands {
        let mut command = Command::new(binary("fairlead"));
        command.args(*args).args(["--json", "--vault", &vault, "--home"]).arg(folder.path().join("home"));
        command
            .env("HTTPS_PROXY", &address)
            .env("SSL_CERT_FILE", &roots)
            .env_remove("SSL_CERT_DIR")
            .env_remove("NO_PROXY")
            .env_remove("no_proxy");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let output = tokio::task::spawn_blocking(move || {
            let mut child = command.spawn().expect("fairlead starts");
            // Who needs no key may have left before it is typed.
            let _ = child.stdin.take().expect("piped").write_all(KEY.as_bytes());
            child.wait_with_output().expect("it ends")
        });
        let output = output.await.expect("it ends");
        documents.push(serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("one document: {error}: {output:?}")));
    }
    serving.abort();
    let heard = std::mem::take(&mut *heard.lock().expect("heard"));
    (documents, heard)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_reads_along_under_an_authority_of_this_computer_is_told_by_the_doctor() {
    const CLIENT: &str =
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 17\r\nconnection: close\r\n\r\n{\"name\":\"Lender\"}";
    let company = authority("The company's own");
    let peer = Peer::Tls(server(&leaf(CODAT), Some(&company)), CLIENT);
    let (documents, heard) = asked(peer, &company.pem(), &[ADD, &["doctor"]]).await;
    assert!(heard.visits > 1, "control: it was met: {documents:?}");
    let findings = documents[1]["findings"].as_array().expect("findings");
    let network = findings.iter().find(|finding| finding["check"] == "network").expect("the network is looked at");
    assert_eq!(network["verdict"], "note", "{network}");
    assert!(network["says"].as_str().is_some_and(|says| says.contains("a certificate of your company")), "{network}");
    assert!(network["fix"].as_str().is_some_and(|fix| fix.contains("uninspected")), "{network}");
    println!("measured: a network that reads along: fired 1 of 1, told by the doctor");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_codat_gets_no_byte_of_the_key_and_the_network_is_named() {
    const MOVED: &str = "HTTP/1.1 302 Found\r\nlocation: https://evil.example/profile\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    const STRIPPED: &str =
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://api.codat.io/profile\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    const NOTHING: &str = "HTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
    let needle = Needle::new("the key", KEY.as_bytes());
    let (trusted, strange) = (authority("Trusted Roots"), authority("Somebody"));
    let roots = trusted.pem();
    let expired = {
        let mut params = leaf(CODAT);
        (params.not_before, params.not_after) = (rcgen::date_time_ymd(2020, 1, 1), rcgen::date_time_ymd(2021, 1, 1));
        params
    };
    let tls = |params: CertificateParams, by, says| Peer::Tls(server(&params, by), says);
    let bad = [
        ("an authority that nobody trusts, as an intercepting proxy has it", tls(leaf(CODAT), Some(&strange), NOTHING), UNTRUSTED),
        ("an expired certificate", tls(expired, Some(&trusted), NOTHING), UNTRUSTED),
        ("another host's certificate", tls(leaf("codat.example"), Some(&trusted), NOTHING), UNTRUSTED),
        ("a certificate signed by itself", tls(leaf(CODAT), None, NOTHING), UNTRUSTED),
        ("TLS 1.1", Peer::Old([3, 2]), AWAY),
        ("TLS 1.0", Peer::Old([3, 1]), AWAY),
        ("no TLS at all", Peer::Plain, AWAY),
        ("a proxy's own page", Peer::Page, AWAY),
    ];
    let (peers, mut met) = (bad.len(), 0);
    for (who, peer, says) in bad {
        let (document, heard) = visited(peer, &roots).await;
        met += u32::from(heard.visits > 0);
        assert!(!needle.is_in(&heard.bytes), "{who}: a byte of the key");
        assert!(!String::from_utf8_lossy(&heard.bytes).to_lowercase().contains("authorization"), "{who}: not even the header's name");
        let error = &document["error"];
        assert!(error["message"].as_str().is_some_and(|text| text.starts_with(says)), "{who}: {document}");
        assert_eq!(error["side"], "network", "{who}: {document}");
    }
    // Codat's own place, as far as anybody can tell, sends to another: the key went where it belongs and goes no further.
    for (who, says) in [("another host", MOVED), ("plain HTTP", STRIPPED)] {
        let (document, heard) = visited(tls(leaf(CODAT), Some(&trusted), says), &roots).await;
        met += u32::from(heard.visits > 0);
        assert!(heard.asked.iter().all(|asked| asked.starts_with("CONNECT api.codat.io:443 ")), "{who}: {:?}", heard.asked);
        assert!(document["error"]["message"].as_str().is_some_and(|text| text.starts_with(PORTAL)), "{who}: {document}");
    }
    let (document, heard) = visited(tls(leaf(CODAT), Some(&trusted), NOTHING), &roots).await;
    assert!(needle.is_in(&heard.bytes), "control: where the computer trusts, the key is sent, and it would have been found: {document}");
    println!("measured: bad peers met: fired {met} of {}, 0 bytes of the key to any of them, each named as the network's side", peers + 2);
    assert_eq!(met as usize, peers + 2, "a peer that was never met proves nothing");
}
