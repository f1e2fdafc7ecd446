//! A client of the REST API, as other programs are.

use serde_json::Value as Json;

/// One token's view of the API.
#[derive(Clone)]
pub struct Api {
    base: String,
    token: Option<String>,
    http: reqwest::Client,
}

/// An answer with its body.
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Json,
}

impl Api {
    pub fn new(base: String, token: Option<String>) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { base, token, http }
    }

    /// The same server without a token.
    pub fn anonymous(&self) -> Self {
        Self {
            token: None,
            ..self.clone()
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.http.get(self.url(path))).await
    }

    pub async fn post(&self, path: &str, body: &Json) -> Answer {
        self.send(self.http.post(self.url(path)).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.http.delete(self.url(path))).await
    }

    pub async fn put(&self, path: &str, body: &Json) -> Answer {
        self.send(self.http.put(self.url(path)).json(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Json) -> Answer {
        self.send(self.http.patch(self.url(path)).json(body)).await
    }

    /// With a header, for idempotency keys and odd content types.
    pub async fn post_with(&self, path: &str, body: &Json, name: &str, value: &str) -> Answer {
        self.send(
            self.http
                .post(self.url(path))
                .json(body)
                .header(name, value),
        )
        .await
    }

    /// A file, as programs upload it.
    pub async fn post_csv(&self, path: &str, bytes: Vec<u8>) -> Answer {
        let request = self.http.post(self.url(path));
        self.send(request.header("content-type", "text/csv").body(bytes))
            .await
    }

    /// A file, as programs download it.
    pub async fn get_text(&self, path: &str) -> (u16, String) {
        let request = self.http.get(self.url(path));
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let bytes = response.bytes().await.unwrap();
        Answer {
            status,
            headers,
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
        }
    }
}

impl Answer {
    /// The body, when the status is the expected one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Json {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }
}
