//! Which device and which browser a person has, by what the browser says of itself.

/// The device a person stands in front of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Platform {
    Iphone,
    Ipad,
    Mac,
    /// Android and Windows cannot be managed here yet, and are told so.
    Android,
    Windows,
    /// Something that cannot be enrolled here.
    #[default]
    Other,
}

impl Platform {
    /// Value in addresses and forms of these pages.
    pub const fn value(self) -> &'static str {
        match self {
            Self::Iphone => "iphone",
            Self::Ipad => "ipad",
            Self::Mac => "mac",
            Self::Android => "android",
            Self::Windows => "windows",
            Self::Other => "other",
        }
    }

    /// Those that can be enrolled.
    pub const KNOWN: [Self; 3] = [Self::Iphone, Self::Ipad, Self::Mac];

    pub fn from_value(value: &str) -> Option<Self> {
        Self::KNOWN
            .into_iter()
            .find(|platform| platform.value() == value)
    }

    /// The word for it in attempts and in the scripted contract.
    pub const fn os(self) -> Option<&'static str> {
        match self {
            Self::Iphone => Some("ios"),
            Self::Ipad => Some("ipados"),
            Self::Mac => Some("macos"),
            Self::Android | Self::Windows | Self::Other => None,
        }
    }

    pub fn from_os(os: &str) -> Option<Self> {
        Self::KNOWN
            .into_iter()
            .find(|platform| platform.os() == Some(os))
    }

    /// The product's name, the same in all languages; empty for what has none.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Iphone => "iPhone",
            Self::Ipad => "iPad",
            Self::Mac => "Mac",
            Self::Android => "Android",
            Self::Windows => "Windows",
            Self::Other => "",
        }
    }

    pub const fn icon(self) -> &'static str {
        match self {
            Self::Iphone | Self::Android => "phone",
            Self::Ipad => "tablet",
            Self::Mac | Self::Windows | Self::Other => "laptop",
        }
    }

    /// A guess from the browser's own words; the person may correct it. An iPad that asks for
    /// desktop pages calls itself a Mac, so the guess for Macs is shown as one. `hint` is the client
    /// hint `Sec-CH-UA-Platform`, which Safari does not send.
    pub fn detect(user_agent: &str, hint: &str) -> Self {
        let hint = hint.trim_matches('"');
        if user_agent.contains("iPhone") || user_agent.contains("iPod") {
            Self::Iphone
        } else if user_agent.contains("iPad") {
            Self::Ipad
        } else if user_agent.contains("Android") || hint == "Android" {
            Self::Android
        } else if user_agent.contains("Windows") || hint == "Windows" {
            Self::Windows
        } else if user_agent.contains("Macintosh") || hint == "macOS" {
            Self::Mac
        } else {
            Self::Other
        }
    }

    /// What calls itself a Mac and may be an iPad: Safari, which is all that runs on both and sends no hints.
    pub fn may_be_ipad(self, user_agent: &str, hint: &str) -> bool {
        self == Self::Mac && hint.is_empty() && !user_agent.contains("Chrome/")
    }
}

/// What keeps a browser on an iPhone or iPad from handing a profile to Settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongBrowser {
    /// A window inside of another app.
    InApp,
    /// A browser, but not Safari.
    Other,
}

/// On iPhone and iPad only Safari hands a profile to Settings; other browsers and the web views in
/// apps name themselves.
pub fn wrong_browser(user_agent: &str) -> Option<WrongBrowser> {
    const BROWSERS: [&str; 9] = [
        "CriOS",
        "FxiOS",
        "EdgiOS",
        "OPiOS",
        "OPT/",
        "DuckDuckGo",
        "Ddg/",
        "Brave",
        "YaBrowser",
    ];
    const APPS: [&str; 12] = [
        "GSA/",
        "FBAN",
        "FBAV",
        "Instagram",
        "Line/",
        "MicroMessenger",
        "Teams",
        "Slack",
        "LinkedInApp",
        "Snapchat",
        "KAKAOTALK",
        "YJApp",
    ];
    let has = |name: &&str| user_agent.contains(*name);
    if !["iPhone", "iPad", "iPod"].iter().any(has) {
        None
    } else if APPS.iter().any(has) {
        Some(WrongBrowser::InApp)
    } else if BROWSERS.iter().any(has) {
        Some(WrongBrowser::Other)
    } else {
        // A web view has "Mobile/…" and no "Safari/…".
        (!user_agent.contains("Safari/")).then_some(WrongBrowser::InApp)
    }
}

/// Where the screen of a pictured device begins.
pub(crate) fn inset(platform: &str) -> i32 {
    if platform == Platform::Ipad.value() {
        88
    } else {
        52
    }
}
