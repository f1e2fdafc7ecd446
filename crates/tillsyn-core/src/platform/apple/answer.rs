//! What a device endpoint answers. Never 401: on it Apple devices remove their management.

/// The answer to one device request, for the web layer to put on the wire.
#[derive(Debug, PartialEq, Eq)]
pub enum DeviceAnswer {
    /// 200 without a body: the session ends, or the message is taken.
    Empty,
    /// 200 with a plist: the next command, or an answer to a check-in.
    Plist(Vec<u8>),
    /// 200 with JSON (declarative management).
    Json(Vec<u8>),
    /// 403 without Apple's code: unknown, foreign, ended or superseded.
    Forbidden,
    /// 403 with `com.apple.unrecognized.device`: only for an enrollment that we hold and explicitly
    /// retired (S40).
    Removed,
    /// 400: the message cannot be read.
    BadRequest,
    /// 404: this message is not served for this device.
    NotFound,
    /// 404 with a body that says why, as an error of ours.
    NotServed(&'static str),
    /// 410 to `UserAuthenticate`: this user is not managed.
    Gone,
    /// 503: not now; the device tries again.
    Later,
}
