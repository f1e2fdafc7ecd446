//! Passwords that may go to a directory at all.

use std::fmt;

use zeroize::Zeroizing;

const MAX_BYTES: usize = 1024;

/// A password that is not empty: a bind with a name and an empty password succeeds on some servers and proves
/// nothing (RFC 4513 §5.1.2). Nothing else can be handed to a bind.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// `None` when it is empty, longer than 1,024 bytes or holds a NUL.
    pub fn new(text: &str) -> Option<Self> {
        let fits = !text.is_empty() && text.len() <= MAX_BYTES && !text.contains('\0');
        fits.then(|| Self(Zeroizing::new(text.to_owned())))
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}
