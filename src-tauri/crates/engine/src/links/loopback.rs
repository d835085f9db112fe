//! The loopback page: one path on 127.0.0.1, GET only, that says "you can close this tab" and rings the bell.
//!
//! So small that a web framework would be larger than what it replaces; every bound is here to be read.

use crate::engine::Engine;
use crate::view::{Ring, StatusPill};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A request line and its headers are no longer than this.
const LONGEST: usize = 8 * 1024;
/// A browser sends them within this.
const PATIENCE: Duration = Duration::from_secs(5);
/// Visitors at once.
const CROWD: usize = 8;

pub(crate) async fn serve(engine: &Engine, port: u16) {
    let listener = match TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await {
        Ok(listener) => listener,
        Err(error) => {
            tracing::warn!(port, kind = ?error.kind(), "the loopback doorbell could not be hung up");
            return;
        }
    };
    let seats = std::sync::Arc::new(tokio::sync::Semaphore::new(CROWD));
    loop {
        let Ok((visitor, _)) = listener.accept().await else { continue };
        let Ok(seat) = std::sync::Arc::clone(&seats).try_acquire_owned() else { continue };
        let engine = engine.clone();
        let guest = engine.clone();
        engine.spawn(async move {
            let _ = tokio::time::timeout(PATIENCE, receive(&guest, visitor, port)).await;
            drop(seat);
        });
    }
}

async fn receive(engine: &Engine, mut visitor: TcpStream, port: u16) -> std::io::Result<()> {
    let mut head = Vec::with_capacity(1024);
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        if head.len() > LONGEST || visitor.read_buf(&mut head).await? == 0 {
            return Ok(());
        }
    }
    let head = String::from_utf8_lossy(&head);
    let line = head.lines().next().unwrap_or_default();
    let mut parts = line.split(' ');
    let (method, target) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let own_host = format!("127.0.0.1:{port}");
    let host = head
        .lines()
        .find_map(|line| line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("host")))
        .map(|(_, value)| value.trim().to_owned());
    let ours = method == "GET" && host.as_deref() == Some(&own_host) && (target == "/return" || target.starts_with("/return?"));
    let (status, page) = if ours {
        // What became of it is not told to the page: a stranger learns nothing.
        let _ = engine.ring(format!("http://{own_host}{target}")).await;
        ("200 OK", PAGE)
    } else {
        ("404 Not Found", "<!doctype html><title>Not here</title><p>Nothing lives here.</p>")
    };
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n\
         X-Content-Type-Options: nosniff\r\nContent-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'\r\n\r\n{page}",
        page.len()
    );
    visitor.write_all(answer.as_bytes()).await?;
    visitor.shutdown().await
}

const PAGE: &str = include_str!("close_tab.html");

/// Whether the page answers here.
pub(crate) async fn state(port: u16) -> StatusPill {
    let answers = fetch(port, "/").await.is_some_and(|answer| answer.starts_with("HTTP/1.1 404"));
    if answers {
        StatusPill { ring: Ring::Moored, word: "Listening".into() }
    } else {
        StatusPill { ring: Ring::Crossed, word: "Not listening: the port is taken, or Fairlead runs without a window".into() }
    }
}

/// Rings it for real.
pub(crate) async fn rings(port: u16, state: &str) -> bool {
    fetch(port, &format!("/return?state={state}"))
        .await
        .is_some_and(|answer| answer.starts_with("HTTP/1.1 200") && answer.contains("Fairlead"))
}

async fn fetch(port: u16, target: &str) -> Option<String> {
    let asked = async {
        let mut stream = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await.ok()?;
        stream.write_all(format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n").as_bytes()).await.ok()?;
        let mut answer = String::new();
        stream.take(64 * 1024).read_to_string(&mut answer).await.ok()?;
        Some(answer)
    };
    tokio::time::timeout(Duration::from_secs(2), asked).await.ok().flatten()
}
