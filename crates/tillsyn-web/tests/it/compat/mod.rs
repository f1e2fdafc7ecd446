//! The NanoMDM family's interface, as its tools call it: raw HTTP after the sheet of it.

mod commands;
mod forward;
mod guarded;
mod keys;
mod webhook;

use serde_json::Value as Json;
use tillsyn_core::Permission;
use tillsyn_testkit::TestApp;

/// A tool with a token.
pub(super) struct Tool {
    base: String,
    token: String,
    http: reqwest::Client,
}

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: reqwest::header::HeaderMap,
    pub(super) body: Json,
}

impl Tool {
    /// With these permissions and no others.
    pub(super) async fn with(app: &TestApp, permissions: &[Permission]) -> Self {
        Self::of(app, app.token(permissions.iter().copied()).await)
    }

    /// With everything that a token of the owner can hold.
    pub(super) async fn new(app: &TestApp) -> Self {
        let all = Permission::ALL.iter().map(|(p, _)| *p);
        let held = all.filter(|p| app.owner.holds(*p));
        Self::of(app, app.token(held).await)
    }

    pub(super) fn of(app: &TestApp, token: String) -> Self {
        Self {
            base: format!("{}/compat/nanomdm", app.url()),
            token,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.send("nanomdm", self.http.get(self.url(path))).await
    }

    pub(super) async fn put(&self, path: &str, body: impl Into<reqwest::Body>) -> Answer {
        let request = self.http.put(self.url(path)).body(body);
        self.send("nanomdm", request).await
    }

    pub(super) async fn form(&self, path: &str, body: &str) -> Answer {
        let request = self
            .http
            .post(self.url(path))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.to_owned());
        self.send("nanomdm", request).await
    }

    /// The same under another name.
    pub(super) async fn get_as(&self, user: &str, path: &str) -> Answer {
        self.send(user, self.http.get(self.url(path))).await
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    async fn send(&self, user: &str, request: reqwest::RequestBuilder) -> Answer {
        let request = request.basic_auth(user, Some(&self.token));
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Answer {
            status,
            headers,
            body,
        }
    }
}

/// A command as the family's scripts write it.
pub(super) fn plist(uuid: &str, command: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
         \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
         <plist version=\"1.0\"><dict><key>Command</key><dict>{command}</dict>\
         <key>CommandUUID</key><string>{uuid}</string></dict></plist>\n"
    )
}

pub(super) fn of_type(request_type: &str) -> String {
    format!("<key>RequestType</key><string>{request_type}</string>")
}

/// A UUID that no other command of the test has.
pub(super) fn uuid(number: u32) -> String {
    format!("0A1B2C3D-0000-4000-8000-{number:012X}")
}
