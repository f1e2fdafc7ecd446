//! What stand-ins that speak HTTP share: a port of the loopback, TLS, an answer for each request.

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::apns::StandinError;

const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// What a stand-in knows. A test that failed while it held the lock must not hide behind the next one.
pub(crate) fn locked<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A free port that is ours.
pub(crate) struct Port {
    listener: TcpListener,
    pub(crate) address: SocketAddr,
}

/// Ends what listens when it is dropped.
pub(crate) struct Listening(JoinHandle<()>);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Port {
    pub(crate) async fn take() -> Result<Self, StandinError> {
        let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let failed = |source| StandinError::Listen { addr, source };
        let listener = TcpListener::bind(addr).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, address })
    }

    /// Hands every connection on, before its handshake.
    pub(crate) fn serve<S, F>(self, tls: Arc<ServerConfig>, serve: S) -> Listening
    where
        S: Fn(TcpStream, TlsAcceptor) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let acceptor = TlsAcceptor::from(tls);
        Listening(tokio::spawn(async move {
            loop {
                // A connection that is gone before it is accepted: the next one may do better.
                let Ok((stream, _)) = self.listener.accept().await else {
                    continue;
                };
                tokio::spawn(serve(stream, acceptor.clone()));
            }
        }))
    }

    /// Answers every request; an error ends its connection without an answer.
    pub(crate) fn answer<A, F, E>(self, tls: Arc<ServerConfig>, answer: A) -> Listening
    where
        A: Fn(Request<Incoming>) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<Response<Full<Bytes>>, E>> + Send + 'static,
        E: Error + Send + Sync + 'static,
    {
        self.serve(tls, move |stream, acceptor| {
            let answer = answer.clone();
            async move {
                if let Some(stream) = handshake(stream, &acceptor).await {
                    http(stream, answer).await;
                }
            }
        })
    }
}

/// `None` where the client did not get through it.
pub(crate) async fn handshake(
    stream: TcpStream,
    acceptor: &TlsAcceptor,
) -> Option<TlsStream<TcpStream>> {
    let handshake = tokio::time::timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream));
    handshake.await.ok()?.ok()
}

pub(crate) async fn http<A, F, E>(stream: TlsStream<TcpStream>, answer: A)
where
    A: Fn(Request<Incoming>) -> F,
    F: Future<Output = Result<Response<Full<Bytes>>, E>>,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    // A broken connection is the client's affair; it sees it itself.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service_fn(answer))
        .await;
}
