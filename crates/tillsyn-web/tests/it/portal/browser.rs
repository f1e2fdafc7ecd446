//! A browser without script: it keeps cookies by path and sends forms as browsers do.

use std::collections::BTreeMap;

use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use tillsyn_testkit::TestApp;

pub(super) const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) \
    AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
pub(super) const MAC: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) \
    AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15";

pub(super) const PIXEL: &str = "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 \
    (KHTML, like Gecko) Chrome/137.0 Mobile Safari/537.36";

pub(super) struct Browser {
    base: String,
    user_agent: &'static str,
    language: &'static str,
    http: reqwest::Client,
    /// Name to value and path.
    cookies: BTreeMap<String, (String, String)>,
    pub(super) set_cookies: Vec<String>,
}

/// A page as it came.
pub(super) struct Seen {
    pub(super) status: u16,
    pub(super) location: String,
    pub(super) html: String,
}

impl Browser {
    pub(super) fn new(app: &TestApp, user_agent: &'static str, language: &'static str) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let (cookies, set_cookies) = (BTreeMap::new(), Vec::new());
        Self {
            base: app.url(),
            user_agent,
            language,
            http,
            cookies,
            set_cookies,
        }
    }

    /// A cookie that somebody has already.
    pub(super) fn keep(&mut self, name: &str, value: &str) {
        let kept = (value.to_owned(), "/".to_owned());
        self.cookies.insert(name.to_owned(), kept);
    }

    pub(super) async fn get(&mut self, path: &str) -> Seen {
        let request = self.http.get(format!("{}{path}", self.base));
        self.send(path, request).await
    }

    /// What a script asks for.
    pub(super) async fn get_data(&self, path: &str) -> serde_json::Value {
        self.http
            .get(format!("{}{path}", self.base))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    /// A form of our own page.
    pub(super) async fn post(&mut self, path: &str, body: &str) -> Seen {
        let origin = self.base.clone();
        self.post_from(path, body, &origin).await
    }

    pub(super) async fn post_from(&mut self, path: &str, body: &str, origin: &str) -> Seen {
        let request = self
            .http
            .post(format!("{}{path}", self.base))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("origin", origin)
            .body(body.to_owned());
        self.send(path, request).await
    }

    async fn send(&mut self, path: &str, request: reqwest::RequestBuilder) -> Seen {
        let jar: Vec<String> = self
            .cookies
            .iter()
            .filter(|(_, (_, under))| path.starts_with(under.as_str()))
            .map(|(name, (value, _))| format!("{name}={value}"))
            .collect();
        let mut request = request
            .header("user-agent", self.user_agent)
            .header("accept-language", self.language);
        if !jar.is_empty() {
            request = request.header(COOKIE, jar.join("; "));
        }
        let response = request.send().await.unwrap();
        for line in response.headers().get_all(SET_COOKIE) {
            let line = line.to_str().unwrap();
            self.set_cookies.push(line.to_owned());
            let (name, rest) = line.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap().to_owned();
            let under = line
                .split("; ")
                .find_map(|part| part.strip_prefix("Path="))
                .unwrap();
            self.cookies
                .insert(name.to_owned(), (value, under.to_owned()));
        }
        assert_eq!(
            response.status().as_u16() == 303,
            response.headers().contains_key(LOCATION)
        );
        let location = response.headers().get(LOCATION);
        let location = location
            .map(|v| v.to_str().unwrap().to_owned())
            .unwrap_or_default();
        let status = response.status().as_u16();
        if status != 303 {
            assert_eq!(response.headers()["cache-control"], "no-store", "{path}");
            let policy = response.headers()["content-security-policy"]
                .to_str()
                .unwrap();
            assert!(policy.contains("default-src 'self'"), "{path}: {policy}");
        }
        let html = response.text().await.unwrap();
        Seen {
            status,
            location,
            html,
        }
    }
}

impl Seen {
    #[track_caller]
    pub(super) fn says(&self, text: &str) {
        assert!(
            self.html.contains(text),
            "no “{text}” in {} {}",
            self.status,
            self.html
        );
    }

    #[track_caller]
    pub(super) fn is(&self, status: u16, text: &str) {
        assert_eq!(self.status, status, "{}", self.html);
        self.says(text);
    }

    /// The address of the profile on the page; a page has one only for the browser that began.
    pub(super) fn profile(&self) -> Option<&str> {
        let at = self.html.find("/apple/enroll/")?;
        self.html[at..].split('"').next()
    }
    /// What a hidden field carries.
    #[track_caller]
    pub(super) fn hidden(&self, name: &str) -> &str {
        let before = format!("name=\"{name}\" value=\"");
        let at = self
            .html
            .find(&before)
            .unwrap_or_else(|| panic!("no {name} in {}", self.html));
        self.html[at + before.len()..].split('"').next().unwrap()
    }
}
