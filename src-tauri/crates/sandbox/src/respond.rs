//! Makes an HTTP response of an answer: whole, or in the pieces a fault asks for.

use crate::answer::Answer;
use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::Response;
use futures::StreamExt as _;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

pub(crate) fn respond(mut answer: Answer, headers: &[(&'static str, String)]) -> Response {
    let length = answer.body.len();
    let body = Body::from(std::mem::take(&mut answer.body));
    with_headers(&answer, headers, length, body)
}

fn with_headers(answer: &Answer, headers: &[(&'static str, String)], length: usize, body: Body) -> Response {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in headers {
        response = response.header(*name, value);
    }
    if length > 0 {
        response = response.header(header::CONTENT_TYPE, answer.content_type);
    }
    if let Some(location) = &answer.location {
        response = response.header(header::LOCATION, location);
    }
    if let Some(wait) = &answer.retry_after {
        response = response.header(header::RETRY_AFTER, wait);
    }
    if let Some((seconds, to)) = &answer.refresh {
        response = response.header(header::REFRESH, format!("{seconds}; url={to}"));
    }
    if answer.content_type.starts_with("text/html") {
        // No rule for forms: the redirect after one may go to another program's scheme, and such a rule would stop it.
        response = response
            .header(header::CACHE_CONTROL, "no-store")
            .header(header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:")
            .header(header::REFERRER_POLICY, "no-referrer");
    }
    response.body(body).unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR))
}

/// How a body goes out when it does not go out whole.
#[derive(Clone, Copy)]
pub(crate) enum Piece {
    Half { then_silence: bool },
    Drip(u64),
}

pub(crate) fn in_pieces(stop: &CancellationToken, answer: &Answer, headers: &[(&'static str, String)], how: Piece) -> Response {
    let body = Bytes::from(answer.body.clone());
    let length = body.len();
    let stream = match how {
        Piece::Half { then_silence } => {
            let (half, stop) = (body.slice(..length / 2), stop.clone());
            let end = async move {
                if then_silence {
                    stop.cancelled().await;
                }
                Err(std::io::Error::other("broken off by script"))
            };
            futures::stream::iter([Ok(half)]).chain(futures::stream::once(end)).left_stream()
        }
        Piece::Drip(ms) => {
            let pieces: Vec<Bytes> = (0..length).step_by(256).map(|from| body.slice(from..length.min(from + 256))).collect();
            let stop = stop.clone();
            let wait = move |piece| {
                let stop = stop.clone();
                async move {
                    pause(&stop, ms).await;
                    Ok(piece)
                }
            };
            futures::stream::iter(pieces).then(wait).right_stream()
        }
    };
    let mut response = with_headers(answer, headers, length, Body::from_stream(stream));
    response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    response
}

pub(crate) fn plain(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// Waits, but not longer than the sandbox runs.
pub(crate) async fn pause(stop: &CancellationToken, ms: u64) {
    tokio::select! {
        () = tokio::time::sleep(Duration::from_millis(ms)) => {}
        () = stop.cancelled() => {}
    }
}
