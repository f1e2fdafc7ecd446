//! What belongs to the request that is being served, for whatever has no request at hand.

use std::sync::{Arc, OnceLock};

use tillsyn_core::Actor;
use tokio::task_local;

/// One request: its id, who turned out to have sent it, and why it was refused.
#[derive(Debug)]
pub(crate) struct Scope {
    id: String,
    actor: OnceLock<Actor>,
    refused: OnceLock<&'static str>,
}

task_local! {
    static SCOPE: Arc<Scope>;
}

impl Scope {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            id: uuid::Uuid::new_v4().to_string(),
            actor: OnceLock::new(),
            refused: OnceLock::new(),
        })
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn actor(&self) -> &str {
        self.actor.get().map_or("", |actor| &actor.id)
    }

    /// Who was refused what they may not do, and why.
    pub(super) fn refusal(&self) -> Option<(&Actor, &'static str)> {
        Some((self.actor.get()?, self.refused.get()?))
    }
}

/// The request's id; empty outside a request.
pub(crate) fn request_id() -> String {
    SCOPE.try_with(|scope| scope.id.clone()).unwrap_or_default()
}

/// Names the sender in the log line.
pub(crate) fn note_actor(actor: &Actor) {
    // Outside a request there is no line to name it in; a second name is not taken.
    let _ = SCOPE.try_with(|scope| scope.actor.set(actor.clone()).is_ok());
}

/// Notes that the sender may not do this: it goes to the audit trail.
pub(crate) fn note_refused(code: &'static str) {
    let _ = SCOPE.try_with(|scope| scope.refused.set(code));
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
