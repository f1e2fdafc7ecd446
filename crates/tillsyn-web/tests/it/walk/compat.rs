//! The interface of the NanoMDM family, which no description lists.

use reqwest::{Client, Method};
use tillsyn_core::Permission as P;
use tillsyn_testkit::TestApp;

use super::{NOBODY, Walker};

/// Any of them is enough.
const ROUTES: [(&str, &str, &[P]); 6] = [
    (
        "PUT",
        "v1/enqueue/{id}",
        &[
            P::DevicesQuery,
            P::ProfilesInstall,
            P::DevicesLock,
            P::DevicesErase,
            P::DevicesRetire,
            P::DevicesRestart,
            P::DevicesClearPasscode,
            P::DevicesLostMode,
            P::DevicesConfigure,
            P::DevicesUsers,
            P::SecretsRotate,
            P::CommandsRaw,
        ],
    ),
    ("GET", "v1/push/{id}", &[P::DevicesQuery]),
    ("GET", "v1/pushcert", &[P::PushRead]),
    ("PUT", "v1/pushcert", &[P::PushWrite]),
    ("POST", "v1/escrowkeyunlock", &[P::DevicesActivationLock]),
    ("PUT", "migration", &[P::EnrollmentsMove]),
];

pub(super) async fn walk(app: &TestApp, walkers: &[Walker], step: usize) -> Vec<String> {
    let http = Client::builder().no_proxy().build().unwrap();
    let mut wrong = Vec::new();
    for walker in walkers.iter().step_by(step) {
        for (method, path, needs) in ROUTES {
            let path = path.replace("{id}", NOBODY);
            let url = format!("{}/compat/nanomdm/{path}", app.url());
            let request = http.request(Method::from_bytes(method.as_bytes()).unwrap(), url);
            let request = request.basic_auth("nanomdm", Some(&walker.token));
            let status = request.body("nonsense").send().await.unwrap().status();
            let held = needs.iter().any(|p| walker.rights.holds(*p));
            // Nobody of this id: with a result for each, that is these tools' 500.
            let right = match status.as_u16() {
                401 => false,
                403 => !held,
                _ => held,
            };
            if !right {
                wrong.push(format!("{}: {method} {path}: {status}", walker.name));
            }
        }
    }
    wrong
}

/// Every route that answers a token of somebody whom these tools may not be with anything but 401.
pub(super) async fn refused(app: &TestApp, token: &str) -> Vec<String> {
    let http = Client::builder().no_proxy().build().unwrap();
    let mut wrong = Vec::new();
    for (method, path, _) in ROUTES {
        let path = path.replace("{id}", NOBODY);
        let url = format!("{}/compat/nanomdm/{path}", app.url());
        let request = http.request(Method::from_bytes(method.as_bytes()).unwrap(), url);
        let request = request.basic_auth("nanomdm", Some(token));
        let status = request.body("nonsense").send().await.unwrap().status();
        if status.as_u16() != 401 {
            wrong.push(format!("own: {method} {path}: {status}"));
        }
    }
    wrong
}
