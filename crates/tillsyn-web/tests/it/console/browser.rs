//! A browser that fills forms: cookies, same-origin proof, no script.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use reqwest::header::{COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use tillsyn_testkit::{OWNER_EMAIL, OWNER_PASSWORD, TestApp};

/// Between the fields of a form with files.
const BORDER: &str = "----border7f3a";

pub(crate) struct Browser {
    base: String,
    http: reqwest::Client,
    cookies: BTreeMap<String, String>,
    /// What every request says besides.
    pub(crate) language: &'static str,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) html: String,
}

impl Answer {
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.html);
        self
    }

    pub(crate) fn location(&self) -> &str {
        self.headers[LOCATION].to_str().unwrap()
    }

    #[track_caller]
    pub(crate) fn says(&self, text: &str) {
        assert!(self.html.contains(text), "no {text:?} in {}", self.html);
    }

    #[track_caller]
    pub(crate) fn says_not(&self, text: &str) {
        assert!(!self.html.contains(text), "{text:?} in {}", self.html);
    }

    /// The fields of a form as a browser sends them when nobody touches any; `form` is in its tag.
    pub(super) fn fields(&self, form: &str) -> Vec<(String, String)> {
        let (_, rest) = self.html.split_once(form).unwrap();
        let mut rest = rest.split_once("</form>").unwrap().0;
        let mut fields = Vec::new();
        while let Some((_, after)) = rest.split_once('<') {
            let Some((tag, after)) = after.split_once('>') else {
                break;
            };
            rest = after;
            let name = attribute(tag, "name").unwrap_or_default();
            if name.is_empty() || name == "csrf" || is(tag, "disabled") {
                continue;
            }
            if tag.starts_with("input") {
                let kind = attribute(tag, "type").unwrap_or_default();
                let value = attribute(tag, "value").unwrap_or_default();
                let left_out = kind == "checkbox" && !is(tag, "checked");
                if kind != "file" && !left_out {
                    fields.push((name, value));
                }
            } else if tag.starts_with("textarea") {
                let (text, _) = rest.split_once("</textarea>").unwrap();
                let text = text.strip_prefix('\n').unwrap_or(text);
                fields.push((name, unescaped(text).replace('\n', "\r\n")));
            } else if tag.starts_with("select") {
                let (options, _) = rest.split_once("</select>").unwrap();
                let tags = options.split("<option").skip(1);
                let mut tags = tags.map(|option| option.split_once('>').unwrap().0);
                let first = tags.clone().next().unwrap_or_default();
                let chosen = tags.find(|tag| is(tag, "selected")).unwrap_or(first);
                fields.push((name, attribute(chosen, "value").unwrap_or_default()));
            }
        }
        fields
    }

    /// What stands between two pieces of the page.
    #[track_caller]
    pub(crate) fn between(&self, before: &str, after: &str) -> String {
        let (_, rest) = self.html.split_once(before).unwrap();
        rest.split_once(after).unwrap().0.to_owned()
    }
}

impl Browser {
    pub(crate) fn new(app: &TestApp) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            base: app.url(),
            http,
            cookies: BTreeMap::new(),
            language: "en",
        }
    }

    /// The owner, signed in.
    pub(crate) async fn owner(app: &TestApp) -> Self {
        let mut browser = Self::new(app);
        browser
            .sign_in(OWNER_EMAIL, OWNER_PASSWORD)
            .await
            .expect(303);
        browser
    }

    pub(crate) async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        let fields = [("login", email), ("password", password), ("next", "")];
        self.send_form("/console/sign-in", &fields).await
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        let request = self.http.get(format!("{}{path}", self.base));
        self.send(request).await
    }

    /// Follows a link of the page at `from`, as a browser says that it does.
    pub(crate) async fn go(&mut self, path: &str, from: &str) -> Answer {
        let request = self.http.get(format!("{}{path}", self.base));
        let request = request
            .header("referer", from)
            .header("sec-fetch-mode", "navigate");
        self.send(request).await
    }

    /// A form with the token of the page that holds it.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.token().await;
        let mut fields = fields.to_vec();
        fields.push(("csrf", &token));
        self.send_form(path, &fields).await
    }

    /// A form with the token of this page.
    pub(super) async fn post_from(
        &mut self,
        page: &str,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let page = self.get(page).await.expect(200);
        let token = page.between("name=\"csrf\" value=\"", "\"");
        let mut fields = fields.to_vec();
        fields.push(("csrf", &token));
        self.send_form(path, &fields).await
    }

    /// A form exactly as given.
    pub(crate) async fn send_form(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self
            .http
            .post(format!("{}{path}", self.base))
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(encoded(fields));
        self.send(request).await
    }

    /// A form with files.
    pub(crate) async fn upload(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &str)],
    ) -> Answer {
        let token = self.token().await;
        let mut body = String::new();
        let plain = [fields, &[("csrf", token.as_str())]].concat();
        for (name, value) in plain {
            let _ = write!(
                body,
                "--{BORDER}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
        }
        for (name, content) in files {
            let _ = write!(
                body,
                "--{BORDER}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"f\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n{content}\r\n"
            );
        }
        let _ = write!(body, "--{BORDER}--\r\n");
        let request = self
            .http
            .post(format!("{}{path}", self.base))
            .header("sec-fetch-site", "same-origin")
            .header(
                "content-type",
                format!("multipart/form-data; boundary={BORDER}"),
            )
            .body(body);
        self.send(request).await
    }

    /// The session's token as the overview's forms carry it.
    pub(super) async fn token(&mut self) -> String {
        let page = self.get("/console/commands").await.expect(200);
        page.between("name=\"csrf\" value=\"", "\"")
    }

    pub(super) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.get(name).cloned()
    }

    /// A cookie that the server did not give.
    pub(super) fn plant(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    pub(crate) fn has_cookie(&self, name: &str) -> bool {
        self.cookies.contains_key(name)
    }

    pub(crate) fn request(&self, path: &str) -> reqwest::RequestBuilder {
        self.http
            .get(format!("{}{path}", self.base))
            .header(COOKIE, self.cookie_line())
    }

    fn cookie_line(&self) -> String {
        let pairs = self.cookies.iter();
        let pairs: Vec<String> = pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Answer {
        let request = request
            .header("accept-language", self.language)
            .header("referer", format!("{}/console/devices", self.base));
        let request = match self.cookie_line() {
            line if line.is_empty() => request,
            line => request.header(COOKIE, line),
        };
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        for cookie in headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Answer {
            status,
            headers,
            html: response.text().await.unwrap(),
        }
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(unescaped(rest.split_once('"')?.0))
}

/// Whether a tag has this attribute without a value.
fn is(tag: &str, name: &str) -> bool {
    let outside: String = tag.split('"').step_by(2).collect();
    outside.split_whitespace().any(|word| word == name)
}

fn unescaped(text: &str) -> String {
    let mut text = text.to_owned();
    for (escape, c) in [
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
    ] {
        text = text.replace(escape, c);
    }
    text
}

fn encoded(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| {
        let mut out = String::new();
        for byte in text.bytes() {
            if byte.is_ascii_alphanumeric() {
                out.push(char::from(byte));
            } else {
                let _ = write!(out, "%{byte:02X}");
            }
        }
        out
    };
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.join("&")
}
