//! Accept, TLS, HTTP/1.1 or HTTP/2, router; and the orderly end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use super::connections::{Connections, Counted};
use super::listen::{DeviceProof, Listener, PeerCertificate, Surface};
use super::tls::ReloadingTls;
use crate::routes;
use crate::state::AppState;

/// Time for the headers of a request, and for a TLS handshake.
const HEADERS: Duration = Duration::from_secs(10);
/// Time that running requests get when the server stops.
const FINISH: Duration = Duration::from_secs(20);
const HEADER_BYTES: usize = 32 * 1024;
const HEADER_LINES: usize = 100;

/// Why serving ended other than by the shutdown signal.
#[derive(Debug, thiserror::Error)]
#[error("a listener failed: {0}")]
pub struct ServeError(#[from] std::io::Error);

/// Serves all listeners until `shutdown` completes; then stops accepting and lets requests finish.
///
/// # Errors
/// When a listening socket fails for good.
pub async fn serve(
    state: AppState,
    listeners: Vec<Listener>,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServeError> {
    let (stop, stopped) = watch::channel(false);
    let state = state.served_until(stopped.clone());
    let connections = Arc::new(Connections::default());
    let mut loops = tokio::task::JoinSet::new();
    for listener in listeners {
        let router = match listener.surface {
            Surface::All => routes::all(state.clone()),
            Surface::Public => routes::public(state.clone()),
            Surface::Administrative => routes::administrative(state.clone()),
        };
        loops.spawn(accept(
            listener,
            router,
            connections.clone(),
            stopped.clone(),
        ));
    }
    shutdown.await;
    tracing::info!("stopping: no new connections, running requests finish");
    // Nobody listening any more is no fault.
    let _ = stop.send(true);
    while loops.join_next().await.is_some() {}
    Ok(())
}

async fn accept(
    listener: Listener,
    router: Router,
    connections: Arc<Connections>,
    mut stopped: watch::Receiver<bool>,
) {
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.socket.accept() => accepted,
            _ = stopped.changed() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, most likely: wait for some to be given back.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let Some(counted) = connections.admit(peer.ip()) else {
            metrics::counter!("tillsyn_connections_refused_total").increment(1);
            continue;
        };
        let _ = stream.set_nodelay(true);
        let (router, tls, watcher) = (router.clone(), listener.tls.clone(), graceful.watcher());
        let peer = Peer {
            address: peer,
            proof: listener.device_proof.clone(),
            certificate: None,
        };
        tokio::spawn(connection(stream, peer, tls, router, watcher, counted));
    }
    drop(listener.socket);
    if tokio::time::timeout(FINISH, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some requests did not finish in time");
    }
}

/// Who is at the other end, and how it may prove itself: beside each of its requests.
#[derive(Clone)]
struct Peer {
    address: SocketAddr,
    proof: DeviceProof,
    certificate: Option<PeerCertificate>,
}

async fn connection(
    stream: TcpStream,
    mut peer: Peer,
    tls: Option<Arc<ReloadingTls>>,
    router: Router,
    watcher: hyper_util::server::graceful::Watcher,
    counted: Counted,
) {
    match tls {
        // Clear text is for loopback or a proxy, and speaks HTTP/1.1.
        None => http(stream, peer, false, router, watcher).await,
        Some(tls) => {
            let handshake = TlsAcceptor::from(tls.config()).accept(stream);
            if let Ok(Ok(stream)) = tokio::time::timeout(HEADERS, handshake).await {
                peer.certificate = stream
                    .get_ref()
                    .1
                    .peer_certificates()
                    .and_then(<[_]>::first)
                    .map(|certificate| PeerCertificate(Arc::from(certificate.as_ref())));
                let h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2".as_slice());
                http(stream, peer, h2, router, watcher).await;
            }
        }
    }
    drop(counted);
}

async fn http<S>(
    stream: S,
    peer: Peer,
    h2: bool,
    router: Router,
    watcher: hyper_util::server::graceful::Watcher,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    // The protocol is known before the first byte: waiting for a preface has no time limit.
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder = if h2 {
        builder.http2_only()
    } else {
        builder.http1_only()
    };
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_buf_size(HEADER_BYTES + 16 * 1024)
        .max_headers(HEADER_LINES)
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(HEADER_BYTES).unwrap_or(u32::MAX))
        .max_concurrent_streams(100)
        .keep_alive_interval(Some(Duration::from_mins(1)));
    let service =
        hyper::service::service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
            let extensions = request.extensions_mut();
            extensions.insert(ConnectInfo(peer.address));
            extensions.insert(peer.proof.clone());
            if let Some(certificate) = &peer.certificate {
                extensions.insert(certificate.clone());
            }
            router.clone().oneshot(request.map(axum::body::Body::new))
        });
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
    // A peer that goes away in the middle is everyday life.
    let _ = watcher.watch(connection.into_owned()).await;
}
