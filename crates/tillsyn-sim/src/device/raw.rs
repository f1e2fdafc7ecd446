//! Any bytes as a message of this device: for tests of what no well-behaved device sends.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;

use super::Device;
use crate::SimError;

/// An answer as it came.
#[derive(Debug, Clone)]
pub struct RawAnswer {
    pub status: StatusCode,
    /// The media type, without parameters.
    pub media_type: String,
    /// When it asks to come back.
    pub retry_after: Option<Duration>,
    pub body: Bytes,
}

impl Device {
    /// Signs these bytes and sends them once, as a check-in or as a poll. Nothing of the device changes.
    pub async fn put_raw(
        &mut self,
        is_check_in: bool,
        body: impl Into<Vec<u8>>,
    ) -> Result<RawAnswer, SimError> {
        let profile = &self.enrollment_ref()?.profile;
        let url = if is_check_in {
            profile.check_in().to_owned()
        } else {
            profile.server_url.clone()
        };
        let out = self.signed("raw", url, body.into(), is_check_in)?;
        let reply = self
            .network
            .send(&self.enrollment_ref()?.http, &out)
            .await?;
        Ok(RawAnswer {
            status: reply.status,
            media_type: reply.media_type(),
            retry_after: reply.retry_after(),
            body: reply.body,
        })
    }

    /// The same, as a poll whose signature is over other bytes.
    pub async fn put_tampered(&mut self, body: impl Into<Vec<u8>>) -> Result<RawAnswer, SimError> {
        let url = self.enrollment_ref()?.profile.server_url.clone();
        let mut out = self.signed("raw", url, b"other bytes".to_vec(), false)?;
        out.body = body.into().into();
        let reply = self
            .network
            .send(&self.enrollment_ref()?.http, &out)
            .await?;
        Ok(RawAnswer {
            status: reply.status,
            media_type: reply.media_type(),
            retry_after: reply.retry_after(),
            body: reply.body,
        })
    }
}
