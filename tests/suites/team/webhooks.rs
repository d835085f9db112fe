//! Codat's webhooks, sent to a real worker by whoever can reach it.

use crate::workers::{Fleet, Worker, portfolio, until};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use serde_json::json;
use sha2::Sha256;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const KEY: &[u8] = b"a secret that only Codat knows";

/// A worker that looks through the list once, and from then on only when it is rung for.
struct Listening {
    fleet: Fleet,
    worker: Worker,
    address: String,
    http: reqwest::Client,
}

impl Listening {
    async fn new() -> Self {
        let fleet = Fleet::new(portfolio(21, 8)).await;
        let mut worker = fleet.start_with(&["--look", "86400", "--webhooks", "127.0.0.1:0"], &format!("whsec_{}\n", STANDARD.encode(KEY)));
        let address = worker.says("Webhooks: ");
        let listening = Self { fleet, worker, address, http: reqwest::Client::new() };
        until("all is here", async || listening.is_done().await).await;
        listening
    }

    /// All was looked through, and nothing is left to do.
    async fn is_done(&self) -> bool {
        let question = "SELECT EXISTS (SELECT 1 FROM fairlead.duties WHERE name = 'look' AND done_at IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM fairlead.work WHERE due IS NOT NULL)";
        let admin = self.fleet.team.postgres.admin(&self.fleet.team.database).await;
        admin.query_one(question, &[]).await.expect("an answer").get(0)
    }

    /// Rings that were heard, and what work there is.
    async fn heard(&self) -> (i64, i64) {
        let question = "SELECT (SELECT count(*) FROM fairlead.webhooks), coalesce(sum(rings), 0)::bigint FROM fairlead.work";
        let admin = self.fleet.team.postgres.admin(&self.fleet.team.database).await;
        let row = admin.query_one(question, &[]).await.expect("an answer");
        (row.get(0), row.get(1))
    }

    async fn send(&self, id: &str, timestamp: &str, signature: &str, body: Vec<u8>) -> u16 {
        let request = self.http.post(&self.address).header("webhook-id", id).header("webhook-timestamp", timestamp);
        let sent = request.header("webhook-signature", signature).header("content-type", "application/json").body(body).send().await;
        // A line that is cut while a large body is on its way is no answer, and no less a refusal.
        sent.map_or(413, |answer| answer.status().as_u16())
    }
}

fn sign(key: &[u8], id: &str, timestamp: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key");
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

fn seconds_from_now(seconds: i64) -> String {
    (jiff::Timestamp::now().as_second() + seconds).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_codat_signs_is_looked_at_now_and_whoever_else_sends_changes_nothing() {
    let listening = Listening::new().await;
    let (company, connection) = listening.fleet.at_the_sandbox().await.into_keys().next().expect("a connection");
    let body = json!({ "id": "e", "eventType": "read.completed", "payload": { "referenceCompany": { "id": company } } }).to_string();
    let now = seconds_from_now(0);
    let before = listening.fleet.requests().await;

    let mut refused = 0;
    let large = vec![b' '; 300 << 10];
    let late = seconds_from_now(-3_600);
    for (signature, timestamp, body, status) in [
        (sign(b"another secret of the same length", "m", &now, body.as_bytes()), &now, body.as_bytes(), 401),
        (sign(KEY, "another id", &now, body.as_bytes()), &now, body.as_bytes(), 401),
        (sign(KEY, "m", &now, b"{}"), &now, body.as_bytes(), 401),
        ("v1,".to_owned(), &now, body.as_bytes(), 401),
        (sign(KEY, "m", &late, body.as_bytes()), &late, body.as_bytes(), 401),
        (sign(KEY, "m", &now, b"not JSON"), &now, b"not JSON".as_slice(), 400),
        (sign(KEY, "m", &now, &large), &now, large.as_slice(), 413),
    ] {
        assert_eq!(listening.send("m", timestamp, &signature, body.to_vec()).await, status, "{signature}");
        refused += 1;
    }
    let place = listening.address.trim_start_matches("http://").trim_end_matches("/webhooks").to_owned();
    let mut slow = TcpStream::connect(place).await.expect("a line");
    slow.write_all(b"POST /webhooks HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{").await.expect("a beginning");
    let mut answer = vec![];
    let _ = slow.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP/1.1 2"), "who dawdles is cut off");
    refused += 1;
    assert_eq!((listening.heard().await, listening.fleet.requests().await), ((0, 0), before), "nothing changed, nothing was asked");

    listening.fleet.land(&connection).await;
    let good = sign(KEY, "m", &now, body.as_bytes());
    assert_eq!(listening.send("m", &now, &good, body.clone().into_bytes()).await, 204);
    let is_here = async || listening.is_done().await && listening.fleet.at_the_sandbox().await == listening.fleet.at_the_team().await;
    until("what landed is here", is_here).await;
    let asked = listening.fleet.requests().await - before;
    assert!(asked <= 6, "the company, its history, a page of each type: {asked}");
    assert_eq!(listening.send("m", &now, &good, body.into_bytes()).await, 204, "Codat sends again what it thinks was lost");
    assert_eq!(listening.heard().await, (1, 1), "and it rings once");
    println!(
        "measured: webhooks that are forged, late, unreadable, too large or slow: faults fired {refused}, 0 changed anything; a good one brought its company in {asked} requests"
    );
    listening.worker.stop();
}
