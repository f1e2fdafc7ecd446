//! How pushes reach the devices. The hub needs nothing but someone who says "this token was
//! pushed": a closure in the same process, or the control endpoint of the APNs stand-in.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::{mpsc, watch};

use crate::SimError;

/// What arrives at a device.
#[derive(Clone)]
pub struct Push {
    pub token: Vec<u8>,
    /// Checked against the enrollment when the source knows it.
    pub topic: Option<String>,
    /// As `topic`.
    pub push_magic: Option<String>,
}

// Token and magic wake a device.
impl fmt::Debug for Push {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Push")
            .field("topic", &self.topic)
            .finish_non_exhaustive()
    }
}

type Registrar = Arc<dyn Fn(Vec<u8>) -> BoxFuture<'static, ()> + Send + Sync>;

/// Distributes pushes by token; cheap to clone. The last push for a token that nobody holds yet
/// is kept, as APNs does for a device that is off.
#[derive(Clone, Default)]
pub struct PushHub(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    listeners: HashMap<Vec<u8>, mpsc::UnboundedSender<Push>>,
    kept: HashMap<Vec<u8>, Push>,
    registrar: Option<Registrar>,
}

const MAX_KEPT: usize = 100_000;

impl PushHub {
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Called with each new token before the server learns it.
    pub fn on_register(&self, registrar: impl Fn(&[u8]) + Send + Sync + 'static) {
        self.on_register_async(move |token| {
            registrar(&token);
            Box::pin(std::future::ready(()))
        });
    }

    /// As `on_register`; the device waits for the future.
    pub fn on_register_async(
        &self,
        registrar: impl Fn(Vec<u8>) -> BoxFuture<'static, ()> + Send + Sync + 'static,
    ) {
        self.lock().registrar = Some(Arc::new(registrar));
    }

    /// A push has come.
    pub fn deliver(&self, push: Push) {
        let mut inner = self.lock();
        let rejected = match inner.listeners.get(&push.token) {
            Some(listener) => listener.send(push).err().map(|error| error.0),
            None => Some(push),
        };
        if let Some(push) = rejected
            && inner.kept.len() < MAX_KEPT
        {
            inner.listeners.remove(&push.token);
            inner.kept.insert(push.token.clone(), push);
        }
    }

    /// A push has come, and nothing more is known about it.
    pub fn pushed(&self, token: &[u8]) {
        self.deliver(Push {
            token: token.to_vec(),
            topic: None,
            push_magic: None,
        });
    }

    pub(crate) async fn register(&self, token: &[u8]) {
        let registrar = self.lock().registrar.clone();
        if let Some(registrar) = registrar {
            registrar(token.to_vec()).await;
        }
    }

    pub(crate) fn listen(&self, token: &[u8], listener: mpsc::UnboundedSender<Push>) {
        let mut inner = self.lock();
        if let Some(push) = inner.kept.remove(token) {
            // A listener that is gone is noticed at the next push.
            let _ = listener.send(push);
        }
        inner.listeners.insert(token.to_vec(), listener);
    }

    pub(crate) fn forget(&self, token: &[u8]) {
        self.lock().listeners.remove(token);
    }
}

impl fmt::Debug for PushHub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PushHub")
    }
}

#[derive(Deserialize)]
struct Opened {
    listener: u64,
}

#[derive(Deserialize)]
struct Pushes {
    pushes: Vec<WirePush>,
}

#[derive(Deserialize)]
struct WirePush {
    token: String,
    topic: String,
    push_magic: String,
}

/// Feeds the hub from the control endpoint of an APNs stand-in in another process. Once this has
/// returned, tokens are registered there as the devices make them; the future that it gives
/// brings the pushes until `stop` turns true.
pub async fn follow_control_endpoint(
    hub: PushHub,
    control_url: String,
    stop: watch::Receiver<bool>,
) -> Result<impl Future<Output = Result<(), SimError>> + Send, SimError> {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_mins(1))
        .build()
        .map_err(|e| failed(&e))?;
    let base = control_url.trim_end_matches('/').to_owned();
    let opened: Opened = client
        .post(format!("{base}/control/listeners"))
        .send()
        .await
        .and_then(reqwest::Response::error_for_status)
        .map_err(|e| failed(&e))?
        .json()
        .await
        .map_err(|e| failed(&e))?;
    let listener = opened.listener;

    let registration = (client.clone(), format!("{base}/control/register"));
    hub.on_register_async(move |token| {
        let (client, url) = registration.clone();
        Box::pin(async move {
            let tokens = [tillsyn_pki::hash::hex(&token)];
            let body = json!({ "tokens": tokens, "listener": listener });
            let sent = client.post(url).json(&body).send().await;
            if let Err(error) = sent.and_then(reqwest::Response::error_for_status) {
                tracing::warn!(%error, "a push token could not be registered");
            }
        })
    });
    Ok(bring_pushes(hub, client, base, listener, stop))
}

async fn bring_pushes(
    hub: PushHub,
    client: reqwest::Client,
    base: String,
    listener: u64,
    mut stop: watch::Receiver<bool>,
) -> Result<(), SimError> {
    let wait_url = format!("{base}/control/wait?listener={listener}&seconds=25");
    while !*stop.borrow() {
        let wait = async {
            let answer = client.get(&wait_url).send().await?.error_for_status()?;
            answer.json::<Pushes>().await
        };
        let pushes = tokio::select! {
            _ = stop.changed() => break,
            pushes = wait => pushes.map_err(|e| failed(&e))?.pushes,
        };
        for push in pushes {
            let Some(token) = tillsyn_pki::hash::from_hex(&push.token) else {
                continue;
            };
            hub.deliver(Push {
                token,
                topic: Some(push.topic),
                push_magic: Some(push.push_magic),
            });
        }
    }
    // The stand-in closes what nobody uses; asking is only tidier.
    let _ = client
        .delete(format!("{base}/control/listeners/{listener}"))
        .send()
        .await;
    Ok(())
}

fn failed(error: &reqwest::Error) -> SimError {
    SimError::Transport {
        step: "push control endpoint",
        text: error.to_string(),
    }
}
