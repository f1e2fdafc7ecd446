//! A wire that can be cut: between the program and its database or vendor.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncRead, AsyncWrite, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What becomes of connections.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    Whole,
    /// Connections are accepted, and nothing ever comes back.
    Silent,
    /// Connections break at once, and those that were there.
    Broken,
}

/// Before a vendor on TCP.
pub(crate) struct VendorRelay {
    pub(crate) port: u16,
    wire: watch::Sender<Wire>,
    tried: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl VendorRelay {
    pub(crate) async fn before(port: u16, wire: Wire) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let own = listener.local_addr().unwrap().port();
        let (sender, receiver) = watch::channel(wire);
        let tried = Arc::new(AtomicUsize::new(0));
        let counted = tried.clone();
        let task = tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                counted.fetch_add(1, Ordering::SeqCst);
                let wire = receiver.clone();
                tokio::spawn(async move {
                    let now = *wire.borrow();
                    match now {
                        Wire::Broken => drop(client),
                        Wire::Silent => until_changed(wire, now).await,
                        Wire::Whole => {
                            let server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                            join(client, server, wire).await;
                        }
                    }
                });
            }
        });
        Self {
            port: own,
            wire: sender,
            tried,
            task,
        }
    }

    pub(crate) fn set(&self, wire: Wire) {
        self.wire.send_replace(wire);
    }

    /// Connections so far.
    pub(crate) fn tried(&self) -> usize {
        self.tried.load(Ordering::SeqCst)
    }
}

impl Drop for VendorRelay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Before PostgreSQL: a socket of its own in a folder, with the name that clients look for.
pub(crate) struct DatabaseRelay {
    socket: PathBuf,
    behind: PathBuf,
    wire: watch::Sender<Wire>,
    task: Option<JoinHandle<()>>,
}

const SOCKET: &str = ".s.PGSQL.5432";

impl DatabaseRelay {
    /// `url` is the database's; answers the URL through this.
    pub(crate) fn before(url: &str, folder: &Path) -> (Self, String) {
        let (head, name) = url.rsplit_once('/').unwrap();
        let (user, host) = head.rsplit_once('@').unwrap();
        let behind = Path::new(&host.replace("%2F", "/")).join(SOCKET);
        let own = folder.display().to_string().replace('/', "%2F");
        let mut relay = Self {
            socket: folder.join(SOCKET),
            behind,
            wire: watch::channel(Wire::Whole).0,
            task: None,
        };
        relay.start();
        (relay, format!("{user}@{own}/{name}"))
    }

    pub(crate) fn start(&mut self) {
        let listener = UnixListener::bind(&self.socket).unwrap();
        self.wire.send_replace(Wire::Whole);
        let (behind, wire) = (self.behind.clone(), self.wire.subscribe());
        self.task = Some(tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let server = UnixStream::connect(&behind).await.unwrap();
                tokio::spawn(join(client, server, wire.clone()));
            }
        }));
    }

    /// As when the database is stopped: connections break, new ones are refused.
    pub(crate) fn stop(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
        std::fs::remove_file(&self.socket).unwrap();
        self.wire.send_replace(Wire::Broken);
    }
}

impl Drop for DatabaseRelay {
    fn drop(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
    }
}

async fn join(
    mut client: impl AsyncRead + AsyncWrite + Unpin,
    mut server: impl AsyncRead + AsyncWrite + Unpin,
    wire: watch::Receiver<Wire>,
) {
    tokio::select! {
        _ = copy_bidirectional(&mut client, &mut server) => {}
        () = until_changed(wire, Wire::Whole) => {}
    }
}

async fn until_changed(mut wire: watch::Receiver<Wire>, from: Wire) {
    let _ = wire.wait_for(|now| *now != from).await;
}
