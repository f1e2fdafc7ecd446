use plist::Dictionary;
use tillsyn_apple::result::{ErrorChainItem, Status};

use crate::device::Effect;

/// What a device says to a command, before ids and UUID are put on it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: Status,
    pub(crate) errors: Vec<ErrorChainItem>,
    pub(crate) body: Dictionary,
    pub(crate) effect: Effect,
}

impl Answer {
    pub(crate) fn acknowledged(body: Dictionary) -> Self {
        Self {
            status: Status::Acknowledged,
            errors: Vec::new(),
            body,
            effect: Effect::None,
        }
    }

    pub(crate) fn done() -> Self {
        Self::acknowledged(Dictionary::new())
    }

    pub(crate) fn with_effect(self, effect: Effect) -> Self {
        Self { effect, ..self }
    }

    pub(crate) fn not_now() -> Self {
        Self {
            status: Status::NotNow,
            ..Self::done()
        }
    }

    /// The command itself cannot be read.
    pub(crate) fn format_error() -> Self {
        Self {
            status: Status::CommandFormatError,
            ..Self::done()
        }
    }

    /// `Error`, the outermost cause first.
    pub(crate) fn error(domain: &str, code: i64, text: impl Into<String>) -> Self {
        Self {
            status: Status::Error,
            ..Self::done()
        }
        .caused_by(domain, code, text)
    }

    /// `Error` in the domain of the MDM client itself.
    pub(crate) fn mdm_error(code: i64, text: impl Into<String>) -> Self {
        Self::error("MCMDMErrorDomain", code, text)
    }

    pub(crate) fn caused_by(mut self, domain: &str, code: i64, text: impl Into<String>) -> Self {
        let text = text.into();
        self.errors.push(ErrorChainItem {
            error_code: code,
            error_domain: domain.to_owned(),
            localized_description: Some(text.clone()),
            us_english_description: Some(text),
        });
        self
    }
}
