use aws_lc_rs::cipher::{self, AES_128, AES_192, AES_256};

use crate::asn1::{Oid, oid};

/// How the content is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContentCipher {
    Aes128Cbc,
    Aes192Cbc,
    Aes256Cbc,
    DesEde3Cbc,
    /// Broken for decades: only where a setting allows it, for clients that know nothing else.
    DesCbc,
}

impl ContentCipher {
    pub(super) const ALL: [Self; 5] = [
        Self::Aes128Cbc,
        Self::Aes192Cbc,
        Self::Aes256Cbc,
        Self::DesEde3Cbc,
        Self::DesCbc,
    ];

    pub(super) const fn oid(self) -> Oid {
        match self {
            Self::Aes128Cbc => oid::AES128_CBC,
            Self::Aes192Cbc => oid::AES192_CBC,
            Self::Aes256Cbc => oid::AES256_CBC,
            Self::DesEde3Cbc => oid::DES_EDE3_CBC,
            Self::DesCbc => oid::DES_CBC,
        }
    }

    pub(super) const fn key_len(self) -> usize {
        match self {
            Self::Aes128Cbc => 16,
            Self::Aes192Cbc | Self::DesEde3Cbc => 24,
            Self::Aes256Cbc => 32,
            Self::DesCbc => 8,
        }
    }

    #[expect(deprecated, reason = "old SCEP clients know no other cipher")]
    pub(super) const fn algorithm(self) -> &'static cipher::Algorithm {
        match self {
            Self::Aes128Cbc => &AES_128,
            Self::Aes192Cbc => &AES_192,
            Self::Aes256Cbc => &AES_256,
            Self::DesEde3Cbc => &cipher::DES_EDE3_FOR_LEGACY_USE_ONLY,
            Self::DesCbc => &cipher::DES_FOR_LEGACY_USE_ONLY,
        }
    }
}
