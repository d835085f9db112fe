//! The loopback page: one path on 127.0.0.1, GET only, that says "you can close this tab" and rings the bell.
//!
//! So small that a web framework would be larger than what it replaces; every bound is here to be read.

use crate::engine::Engine;
use crate::view::{Doorbell, Ring, StatusPill, Topic};
use say::say;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

/// A request line and its headers are no longer than this.
const LONGEST: usize = 8 * 1024;
/// A browser sends them within this.
const PATIENCE: Duration = Duration::from_secs(5);
/// Visitors at once.
const CROWD: usize = 8;
/// A profile that is being closed lets go of the port within this.
const TRIES: u32 = 12;
const BETWEEN_TRIES: Duration = Duration::from_millis(250);

/// Whether the page is there, and how to take it down.
#[derive(Default)]
pub(crate) struct Page(Mutex<State>);

#[derive(Default)]
struct State {
    door: Door,
    stop: Option<CancellationToken>,
}

/// Where the page stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Door {
    /// Nobody asked for it: a terminal does not listen.
    #[default]
    NotHung,
    /// It answers on this port.
    Listening(u16),
    /// Another program holds this port.
    Taken(u16),
}

impl Page {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn door(&self) -> Door {
        self.state().door
    }

    fn set(&self, door: Door) {
        self.state().door = door;
    }

    pub(crate) fn is_wanted(&self) -> bool {
        self.state().stop.is_some()
    }
}

/// Hangs the page up on a port; the one before is taken down first.
pub(crate) fn hang(engine: &Engine, port: u16) {
    let stop = CancellationToken::new();
    let page = &engine.inner.watchers.page;
    if let Some(before) = page.state().stop.replace(stop.clone()) {
        before.cancel();
    }
    let serving = engine.clone();
    engine.spawn(async move {
        tokio::select! {
            () = serve(&serving, port) => {}
            () = stop.cancelled() => {}
        }
    });
}

async fn serve(engine: &Engine, port: u16) {
    let Some(listener) = bind(port).await else {
        tracing::warn!(port, "the loopback doorbell could not be hung up: the port is taken");
        engine.inner.watchers.page.set(Door::Taken(port));
        return engine.stale([Topic::Return]);
    };
    engine.inner.watchers.page.set(Door::Listening(port));
    engine.stale([Topic::Return]);
    let seats = Arc::new(tokio::sync::Semaphore::new(CROWD));
    loop {
        let visitor = match listener.accept().await {
            Ok((visitor, _)) => visitor,
            Err(error) => {
                tracing::debug!(kind = ?error.kind(), "a visitor was lost at the door");
                tokio::time::sleep(BETWEEN_TRIES).await;
                continue;
            }
        };
        let Ok(seat) = Arc::clone(&seats).try_acquire_owned() else { continue };
        let guest = engine.clone();
        engine.spawn(async move {
            let _ = tokio::time::timeout(PATIENCE, receive(&guest, visitor, port)).await;
            drop(seat);
        });
    }
}

async fn bind(port: u16) -> Option<TcpListener> {
    for tried in 1..=TRIES {
        if let Ok(listener) = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await {
            return Some(listener);
        }
        if tried < TRIES {
            tokio::time::sleep(BETWEEN_TRIES).await;
        }
    }
    None
}

async fn receive(engine: &Engine, mut visitor: TcpStream, port: u16) -> std::io::Result<()> {
    let mut head = Vec::with_capacity(1024);
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        if head.len() > LONGEST || visitor.read_buf(&mut head).await? == 0 {
            return Ok(());
        }
    }
    let (status, page) = match asked_for(&String::from_utf8_lossy(&head), port) {
        Some(address) => {
            // What became of it is not told to the page: a stranger learns nothing.
            let _ = engine.ring(address).await;
            ("200 OK", PAGE)
        }
        None => ("404 Not Found", NOT_HERE),
    };
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n\
         X-Content-Type-Options: nosniff\r\nContent-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n\r\n{page}",
        page.len()
    );
    visitor.write_all(answer.as_bytes()).await?;
    visitor.shutdown().await
}

const PAGE: &str = include_str!("close_tab.html");
const NOT_HERE: &str = "<!doctype html><html lang=\"en\"><title>Not here</title><p>Nothing lives here.</p></html>";

/// The address of a return, when a request is one: a GET of our one path, at our own name and at no other that leads here.
fn asked_for(head: &str, port: u16) -> Option<String> {
    let mut lines = head.split("\r\n");
    let mut parts = lines.next()?.split(' ');
    let (method, target, version) = (parts.next()?, parts.next()?, parts.next()?);
    if method != "GET" || !matches!(version, "HTTP/1.1" | "HTTP/1.0") || parts.next().is_some() {
        return None;
    }
    let own_name = format!("127.0.0.1:{port}");
    let mut hosts =
        lines.filter_map(|line| line.split_once(':')).filter(|(name, _)| name.eq_ignore_ascii_case("host")).map(|(_, value)| value.trim());
    let is_ours = hosts.next() == Some(own_name.as_str()) && hosts.next().is_none();
    let is_return = target == "/return" || target.starts_with("/return?");
    (is_ours && is_return).then(|| format!("http://{own_name}{target}"))
}

/// The page in words.
pub(crate) fn state(engine: &Engine, port: u16) -> StatusPill {
    let pill = |ring, word: String| StatusPill { ring, word };
    match engine.inner.watchers.page.door() {
        Door::Listening(here) if here == port => pill(Ring::Moored, say!("Listening on port {port}", port)),
        Door::Taken(here) if here == port => {
            pill(Ring::Crossed, say!("Port {port} is taken by another program. Choose another port, and put its template at Codat", port))
        }
        Door::NotHung => pill(Ring::Dotted, say!("Listens while the Fairlead window is open")),
        Door::Listening(_) | Door::Taken(_) => pill(Ring::Running, say!("Moving to port {port}", port)),
    }
}

/// How a port stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Our own page was visited, and the bell rang.
    Rung,
    /// Nobody holds it.
    Free,
    /// The page of another Fairlead answers there.
    OtherFairlead,
    /// Another program holds it.
    Taken,
}

/// Looks who holds a port, by visiting it.
pub(crate) async fn standing(engine: &Engine, port: u16) -> Standing {
    if engine.test_doorbell(Doorbell::Loopback).await.is_ok_and(|rung| rung.ring == Ring::Moored) {
        return Standing::Rung;
    }
    if TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await.is_ok() {
        return Standing::Free;
    }
    if visit(port, "").await { Standing::OtherFairlead } else { Standing::Taken }
}

/// Visits the page as a browser would. True when it was ours that answered.
pub(crate) async fn visit(port: u16, state: &str) -> bool {
    let asked = async {
        let mut stream = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await.ok()?;
        let request = format!("GET /return?state={state} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut answer = String::new();
        stream.take(64 * 1024).read_to_string(&mut answer).await.ok()?;
        Some(answer.starts_with("HTTP/1.1 200") && answer.ends_with(PAGE))
    };
    tokio::time::timeout(PATIENCE, asked).await.ok().flatten().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_get_of_one_path_at_our_own_name_is_a_return() {
        let head = |line: &str, rest: &str| asked_for(&format!("{line}\r\n{rest}\r\n\r\n"), 47_811);
        let host = "Host: 127.0.0.1:47811";
        assert_eq!(head("GET /return?state=x HTTP/1.1", host).as_deref(), Some("http://127.0.0.1:47811/return?state=x"));
        assert_eq!(head("GET /return HTTP/1.1", "hOsT:   127.0.0.1:47811  ").as_deref(), Some("http://127.0.0.1:47811/return"));
        for (line, rest) in [
            ("POST /return?state=x HTTP/1.1", host),
            ("HEAD /return?state=x HTTP/1.1", host),
            ("get /return?state=x HTTP/1.1", host),
            ("GET /returning?state=x HTTP/1.1", host),
            ("GET //return?state=x HTTP/1.1", host),
            ("GET http://127.0.0.1:47811/return?state=x HTTP/1.1", host),
            ("GET /return?state=x HTTP/2", host),
            ("GET /return?state=x y HTTP/1.1", host),
            ("GET /return?state=x", host),
            ("GET /return?state=x HTTP/1.1", ""),
            ("GET /return?state=x HTTP/1.1", "Host: localhost:47811"),
            ("GET /return?state=x HTTP/1.1", "Host: evil.example"),
            ("GET /return?state=x HTTP/1.1", "Host: 127.0.0.1"),
            ("GET /return?state=x HTTP/1.1", "Host: 127.0.0.1:47811\r\nHost: evil.example"),
            ("", host),
        ] {
            assert_eq!(head(line, rest), None, "{line} / {rest}");
        }
    }
}
