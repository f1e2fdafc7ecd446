use crate::i18n::Texts;

/// Title and description of a template for profiles, by its key.
pub fn profile_template(l: Texts, key: &str) -> Option<(String, String)> {
    Some(match key {
        "eduroam_tls" => (
            l.t("profile-template-eduroam_tls"),
            l.t("profile-template-eduroam_tls-about"),
        ),
        "eduroam_password" => (
            l.t("profile-template-eduroam_password"),
            l.t("profile-template-eduroam_password-about"),
        ),
        "mail" => (
            l.t("profile-template-mail"),
            l.t("profile-template-mail-about"),
        ),
        "exchange" => (
            l.t("profile-template-exchange"),
            l.t("profile-template-exchange-about"),
        ),
        "baseline_ios" => (
            l.t("profile-template-baseline_ios"),
            l.t("profile-template-baseline_ios-about"),
        ),
        "baseline_mac" => (
            l.t("profile-template-baseline_mac"),
            l.t("profile-template-baseline_mac-about"),
        ),
        "web_clip" => (
            l.t("profile-template-web_clip"),
            l.t("profile-template-web_clip-about"),
        ),
        _ => return None,
    })
}

/// What is to be done before a profile from a template is published.
pub fn profile_template_example(l: Texts) -> crate::ui::Html {
    l.rich("profile-template-example")
}

#[cfg(test)]
mod tests {
    use tillsyn_core::profiles::templates;

    use super::profile_template;
    use crate::i18n::Texts;

    #[test]
    fn every_template_has_words() {
        for template in templates::list() {
            let words = profile_template(Texts::default(), template.key);
            assert!(words.is_some(), "{}", template.key);
        }
    }
}
