//! What belongs to the request that is being served, for whatever has no request at hand.

use std::sync::{Arc, OnceLock};

use tokio::task_local;

/// One request: its id, and who turned out to have sent it.
#[derive(Debug)]
pub(crate) struct Scope {
    id: String,
    actor: OnceLock<String>,
}

task_local! {
    static SCOPE: Arc<Scope>;
}

impl Scope {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            id: uuid::Uuid::new_v4().to_string(),
            actor: OnceLock::new(),
        })
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn actor(&self) -> &str {
        self.actor.get().map_or("", String::as_str)
    }
}

/// The request's id; empty outside a request.
pub(crate) fn request_id() -> String {
    SCOPE.try_with(|scope| scope.id.clone()).unwrap_or_default()
}

/// Names the sender in the log line.
pub(crate) fn note_actor(id: &str) {
    // Outside a request there is no line to name it in; a second name is not taken.
    let _ = SCOPE.try_with(|scope| scope.actor.set(id.to_owned()));
}

/// Runs a future as part of this request.
pub(super) async fn within<F: Future>(scope: Arc<Scope>, future: F) -> F::Output {
    SCOPE.scope(scope, future).await
}

/// Makes a future that stays part of this request when it runs in a task of its own.
pub(crate) fn carried<F: Future>(future: F) -> impl Future<Output = F::Output> {
    let scope = SCOPE.try_with(Arc::clone).ok();
    async move {
        match scope {
            Some(scope) => SCOPE.scope(scope, future).await,
            None => future.await,
        }
    }
}
