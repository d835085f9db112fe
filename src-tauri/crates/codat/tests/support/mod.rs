//! A server that says exactly what a test wants, byte by byte, and remembers what it was asked.

use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What it does with one connection.
#[derive(Clone)]
pub enum Say {
    /// Sends these bytes and closes.
    Bytes(Vec<u8>),
    /// Reads the request and closes without a word.
    Nothing,
    /// Sends these bytes and keeps the line open for ever.
    Hang(Vec<u8>),
}

pub struct Server {
    pub base: String,
    pub heard: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Says one thing after another, the last one for ever.
    pub async fn saying(script: Vec<Say>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("address"));
        let heard = Arc::new(Mutex::new(vec![]));
        let said = Arc::clone(&heard);
        tokio::spawn(async move {
            let mut open = vec![];
            for turn in 0.. {
                let Ok((mut line, _)) = listener.accept().await else { return };
                let request = read(&mut line).await;
                said.lock().expect("heard").push(request);
                match script.get(turn).or(script.last()).cloned().unwrap_or(Say::Nothing) {
                    Say::Bytes(bytes) => {
                        let _ = line.write_all(&bytes).await;
                        let _ = line.shutdown().await;
                    }
                    Say::Nothing => {}
                    Say::Hang(bytes) => {
                        let _ = line.write_all(&bytes).await;
                        open.push(line);
                    }
                }
            }
        });
        Self { base, heard }
    }

    pub async fn answering(answer: impl Into<Vec<u8>>) -> Self {
        Self::saying(vec![Say::Bytes(answer.into())]).await
    }

    /// The last request: its first line, then headers, then body.
    pub fn last(&self) -> String {
        self.heard.lock().expect("heard").last().cloned().expect("it was asked")
    }
}

/// A whole answer with this status line, headers and body.
pub fn answer(status: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    [text.as_bytes(), body].concat()
}

pub fn json(status: &str, body: &str) -> Vec<u8> {
    answer(status, &[("content-type", "application/json; charset=utf-8")], body.as_bytes())
}

async fn read(line: &mut TcpStream) -> String {
    let mut bytes = vec![];
    loop {
        let mut piece = [0; 4096];
        let Ok(count) = line.read(&mut piece).await else { break };
        bytes.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            if count == 0 {
                break;
            }
            continue;
        };
        let length =
            head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ").and_then(|length| length.parse().ok()));
        if count == 0 || body.len() >= length.unwrap_or(0) {
            break;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
