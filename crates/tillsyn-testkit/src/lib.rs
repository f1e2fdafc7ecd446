//! The test application: the real routers on a loopback port, a fresh database of either engine, a strict
//! APNs stand-in, simulated devices. Used by `tests/it` binaries only.
#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test fails by panicking"
)]

mod api;
mod app;
mod assert;
pub mod canaries;
pub mod letters;
mod openldap;
mod people;
mod server_process;
pub mod torture;

pub use api::Api;
pub use app::{AppOptions, OWNER_EMAIL, OWNER_PASSWORD, TestApp};
pub use openldap::{OpenLdap, OpenLdapOptions};
pub use server_process::{ServerProcess, Setup, free_port};
pub use tillsyn_db::Engine;

/// Makes two tests of one body: `both_engines!(name, |app| async move { … })` runs on SQLite and on
/// PostgreSQL, each with its own database and port; with other choices than the usual ones as
/// `both_engines!(name, AppOptions { … }, |app| async move { … })`.
#[macro_export]
macro_rules! both_engines {
    ($name:ident, |$app:ident| $body:expr) => {
        $crate::both_engines!($name, $crate::AppOptions::default(), |$app| $body);
    };
    ($name:ident, $options:expr, |$app:ident| $body:expr) => {
        mod $name {
            use super::*;

            async fn body($app: $crate::TestApp) {
                $body.await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                body($crate::TestApp::with($crate::Engine::Sqlite, $options).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                body($crate::TestApp::with($crate::Engine::Postgres, $options).await).await;
            }
        }
    };
}
