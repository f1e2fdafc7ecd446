//! Requests to the API of a server that may die at any moment.

use std::time::Duration;

use serde_json::Value as Json;

/// One token at one server; cheap to clone.
#[derive(Clone)]
pub(super) struct Caller {
    base: String,
    token: String,
    http: reqwest::Client,
}

impl Caller {
    pub(super) fn new(base: String, token: String) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(5))
            .build()
            .unwrap();
        Self { base, token, http }
    }

    pub(super) fn base(&self) -> &str {
        &self.base
    }

    pub(super) async fn get(&self, path: &str) -> Option<(u16, Json)> {
        self.send(self.http.get(self.url(path))).await
    }

    pub(super) async fn delete(&self, path: &str) -> Option<(u16, Json)> {
        self.send(self.http.delete(self.url(path))).await
    }

    /// The same key again is the same request.
    pub(super) async fn post(&self, path: &str, key: &str, body: &Json) -> Option<(u16, Json)> {
        let request = self.http.post(self.url(path));
        self.send(request.header("idempotency-key", key).json(body))
            .await
    }

    /// Devices under management: id, name and serial number.
    pub(super) async fn devices(&self) -> Vec<(String, String, String)> {
        let Some((200, body)) = self.get("/api/v1/devices?limit=100").await else {
            return Vec::new();
        };
        let items = body["items"].as_array().cloned().unwrap_or_default();
        let word = |item: &Json, name: &str| item[name].as_str().map(str::to_owned);
        let active = items.iter().filter(|item| item["status"] == "active");
        let known = active.map(|item| {
            let (id, name) = (word(item, "id")?, word(item, "name")?);
            Some((id, name, word(item, "serial_number")?))
        });
        known.flatten().collect()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Status and body, if an answer came.
    async fn send(&self, request: reqwest::RequestBuilder) -> Option<(u16, Json)> {
        let answer = request.bearer_auth(&self.token).send().await.ok()?;
        let status = answer.status().as_u16();
        let body = answer.bytes().await.ok()?;
        Some((status, serde_json::from_slice(&body).unwrap_or_default()))
    }
}
