//! Telling the service manager that the server serves, or stops: one datagram each, as sd_notify(3) has it.

use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// From here on devices are answered.
pub(crate) fn ready() {
    tell("READY=1");
}

/// No new connections are taken.
pub(crate) fn stopping() {
    tell("STOPPING=1");
}

fn tell(state: &str) {
    // Nobody asked: started by hand, in a container, or by another manager.
    let Some(name) = std::env::var_os("NOTIFY_SOCKET").and_then(|name| name.into_string().ok())
    else {
        return;
    };
    if let Err(error) = send(&name, state) {
        tracing::warn!(%error, state, "the service manager could not be told");
    }
}

/// A name that begins with `@` lies in no folder.
fn send(name: &str, state: &str) -> std::io::Result<()> {
    let address = match name.strip_prefix('@') {
        Some(rest) => SocketAddr::from_abstract_name(rest)?,
        None => SocketAddr::from_pathname(name)?,
    };
    UnixDatagram::unbound()?.send_to_addr(state.as_bytes(), &address)?;
    Ok(())
}
