//! A question of which the answer counts: whole, or not at all.

use std::fmt;

use reqwest::Response;
use reqwest::header::{CONTENT_TYPE, HeaderMap, USER_AGENT};

use super::allowed::NoTarget;
use super::client::{HookClient, reason};

/// One question.
pub struct Ask<'a> {
    pub url: &'a str,
    /// Something to put, which is JSON; without it, it is a `GET`.
    pub put: Option<&'a [u8]>,
    pub headers: Vec<(&'static str, String)>,
    /// A longer answer is none.
    pub most_bytes: usize,
}

impl fmt::Debug for Ask<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URL may hold a secret of the receiver.
        f.debug_struct("Ask").finish_non_exhaustive()
    }
}

/// What was answered, whatever its status; redirects are not followed.
pub struct Reply {
    pub status: u16,
    pub body: Vec<u8>,
    headers: HeaderMap,
}

impl Reply {
    /// The text of a header that is there once.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => value.to_str().ok(),
            _ => None,
        }
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

impl HookClient {
    /// Asks once. The limits are those of every request: 5 seconds for all of it.
    ///
    /// # Errors
    /// Why there is no answer: `address_forbidden`, `url`, `request`, `timeout`, `connect`, `tls`,
    /// `too_large` or `transport`.
    pub async fn ask(&self, ask: Ask<'_>) -> Result<Reply, &'static str> {
        let url = self.allowed.read_url(ask.url).map_err(|why| match why {
            NoTarget::Form => "url",
            NoTarget::Private => "address_forbidden",
        })?;
        let mut request = match ask.put {
            None => self.http.get(url),
            Some(body) => self
                .http
                .put(url)
                .header(CONTENT_TYPE, "application/json")
                .body(body.to_vec()),
        };
        request = request.header(USER_AGENT, "Tillsyn");
        for (name, value) in ask.headers {
            request = request.header(name, value);
        }
        let answered = request.send().await;
        let response = answered.map_err(|error| {
            if error.is_builder() {
                "request"
            } else {
                reason(&error)
            }
        })?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = read(response, ask.most_bytes).await?;
        Ok(Reply {
            status,
            body,
            headers,
        })
    }
}

async fn read(mut response: Response, most: usize) -> Result<Vec<u8>, &'static str> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| reason(&error))? {
        if body.len() + chunk.len() > most {
            return Err("too_large");
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
