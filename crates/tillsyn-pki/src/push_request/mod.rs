//! How an MDM push certificate is asked for: our request, its signature by the holder of a vendor
//! certificate, and the file that Apple's portal takes.
//! Source: Apple, Setting up push notifications for your device management customers.

mod error;
mod plist;
mod request;
#[cfg(test)]
mod tests;
mod upload;

pub use error::UploadError;
pub use request::{PushNames, build_csr};
pub use upload::{Upload, sign_for_upload};
