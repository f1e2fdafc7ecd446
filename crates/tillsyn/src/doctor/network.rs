//! The ways that vendors need.

use std::time::Duration;

use super::{Findings, Outcome};
use crate::config::Config;

const SUBJECT: &str = "network";
const LIMIT: Duration = Duration::from_secs(5);

/// Opens a connection to APNs, or to the proxy that leads there.
pub(super) async fn check(config: &Config, found: &mut Findings) {
    let (what, url) = match &config.proxy.url {
        Some(proxy) => ("the proxy", proxy.expose()),
        None => ("APNs", config.apns.url.as_str()),
    };
    let Ok(parsed) = reqwest::Url::parse(url) else {
        return found.fault(SUBJECT, format!("the address of {what} is no URL"));
    };
    let (Some(host), Some(port)) = (parsed.host_str(), parsed.port_or_known_default()) else {
        return found.fault(SUBJECT, format!("the address of {what} names no host"));
    };
    let target = format!("{host}:{port}");
    let connected = tokio::time::timeout(LIMIT, tokio::net::TcpStream::connect(&target)).await;
    match connected {
        Ok(Ok(_)) => found.ok(SUBJECT, format!("{what} can be reached at {target}")),
        _ => found.add(
            Outcome::Warning,
            SUBJECT,
            format!(
                "{what} cannot be reached at {target}: devices are not woken. Open the way out to \
                 api.push.apple.com on port 443 or 2197, or set proxy.url"
            ),
        ),
    }
}
