//! Sockets that can be torn: a fault may end a connection before a byte of the answer, as a failing network does.

use axum::extract::connect_info::Connected;
use axum::serve::IncomingStream;
use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// Accepts connections that can be torn.
#[derive(Debug)]
pub(crate) struct Listener(pub(crate) TcpListener);

impl axum::serve::Listener for Listener {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        let (stream, address) = axum::serve::Listener::accept(&mut self.0).await;
        // Answers are written whole: waiting for more would only add latency.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "could not turn off Nagle's algorithm");
        }
        (Wire { stream, tear: Tear::default() }, address)
    }

    fn local_addr(&self) -> Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// Tears a connection: nothing more is written to it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tear(Arc<AtomicBool>);

impl Tear {
    pub(crate) fn now(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    fn is_torn(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

impl Connected<IncomingStream<'_, Listener>> for Tear {
    fn connect_info(stream: IncomingStream<'_, Listener>) -> Self {
        stream.io().tear.clone()
    }
}

/// A connection that can be torn.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: TcpStream,
    tear: Tear,
}

impl Wire {
    fn torn<T>(&self) -> Option<Poll<Result<T>>> {
        self.tear.is_torn().then(|| Poll::Ready(Err(Error::new(ErrorKind::ConnectionReset, "torn by script"))))
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        self.torn().unwrap_or_else(|| Pin::new(&mut self.stream).poll_write(context, bytes))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        self.torn().unwrap_or_else(|| Pin::new(&mut self.stream).poll_flush(context))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
