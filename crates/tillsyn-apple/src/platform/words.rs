use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::WireError;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in the API and the database.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = WireError;
            fn from_str(text: &str) -> Result<Self, WireError> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(WireError::unsupported(stringify!($name))),
                }
            }
        }
    };
}

words! {
    /// Operating system family. iPadOS follows the schema's `iOS` rows.
    Platform {
        Ios = "ios",
        Ipados = "ipados",
        Macos = "macos",
        Tvos = "tvos",
        Visionos = "visionos",
        Watchos = "watchos",
    }
}

words! {
    /// How the enrollment came about.
    EnrollmentType {
        /// Automated Device Enrollment.
        Ade = "ade",
        /// A profile installed by hand.
        Profile = "profile",
        AccountDrivenDevice = "account_driven_device",
        /// Apple's User Enrollment: a personal device with separated data.
        AccountDrivenUser = "account_driven_user",
    }
}

words! {
    Ownership {
        Corporate = "corporate",
        Personal = "personal",
    }
}

impl Platform {
    /// By product name, such as `iPad8,12` or `Mac14,2`; `None` when it is unknown.
    pub fn from_product_name(product: &str) -> Option<Self> {
        const PREFIXES: [(&str, Platform); 12] = [
            ("iPhone", Platform::Ios),
            ("iPod", Platform::Ios),
            ("iPad", Platform::Ipados),
            ("MacBook", Platform::Macos),
            ("Macmini", Platform::Macos),
            ("iMac", Platform::Macos),
            ("Mac", Platform::Macos),
            ("VirtualMac", Platform::Macos),
            ("Xserve", Platform::Macos),
            ("AppleTV", Platform::Tvos),
            ("RealityDevice", Platform::Visionos),
            ("Watch", Platform::Watchos),
        ];
        PREFIXES
            .iter()
            .find(|(prefix, _)| product.starts_with(prefix))
            .map(|(_, platform)| *platform)
    }

    /// iPhone or iPad.
    pub fn is_ios(self) -> bool {
        matches!(self, Self::Ios | Self::Ipados)
    }

    pub fn is_macos(self) -> bool {
        self == Self::Macos
    }
}
