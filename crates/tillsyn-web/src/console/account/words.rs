use crate::i18n::Texts;

/// How a session began, in words.
pub(crate) fn method(l: Texts, method: &str, second_factor: bool) -> String {
    match (method, second_factor) {
        ("passkey", _) => l.t("session-passkey"),
        ("oidc", _) => l.t("session-oidc"),
        ("break_glass", _) => l.t("session-break-glass"),
        (_, true) => l.t("session-password-second"),
        (_, false) => l.t("session-password"),
    }
}

/// A browser by what it says of itself: enough to recognise one's own, no proof of anything.
pub(crate) fn browser(l: Texts, user_agent: Option<&str>) -> String {
    const BROWSERS: [(&str, &str); 6] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Chrom", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 7] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Mac OS X", "Mac"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let text = user_agent.unwrap_or_default();
    let first = |list: &[(&str, &'static str)]| {
        let found = list.iter().find(|(mark, _)| text.contains(mark));
        found.map(|(_, name)| *name)
    };
    match (first(&BROWSERS), first(&SYSTEMS)) {
        (Some(browser), Some(system)) => l.t_args(
            "session-browser-on",
            &[("browser", browser.into()), ("system", system.into())],
        ),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => l.t("session-unknown"),
    }
}
