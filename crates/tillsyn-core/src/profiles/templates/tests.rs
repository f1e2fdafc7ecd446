#![expect(clippy::expect_used, reason = "tests")]

use std::collections::BTreeSet;

use super::*;
use crate::profiles::variables::{VARIABLES, is_variable};
use crate::profiles::{Checked, check_upload};

fn checked(key: &str) -> Checked {
    let template = find(key).expect("template");
    check_upload(template.plist.as_bytes().to_vec()).expect("profile")
}

#[test]
fn every_template_passes_the_check() {
    for template in list() {
        let checked = checked(template.key);
        let errors: Vec<_> = checked
            .findings
            .iter()
            .filter(|finding| finding.severity != "note")
            .map(|finding| &finding.text)
            .collect();
        assert!(errors.is_empty(), "{}: {errors:?}", template.key);
    }
}

#[test]
fn keys_are_unique_and_name_the_profile() {
    let keys: BTreeSet<_> = list().iter().map(|template| template.key).collect();
    assert_eq!(keys.len(), list().len());
    for key in keys {
        let identifier = format!("se.tillsyn.template.{key}");
        // Payloads are named below it, so that a profile made from it can name them below its own.
        assert_eq!(checked(key).identifier, identifier);
        let plist = find(key).expect("template").plist;
        let payloads = plist.matches(&format!("<string>{identifier}.")).count();
        let types = plist.matches("<key>PayloadType</key>").count();
        assert_eq!(payloads, types - 1, "{key}");
    }
}

#[test]
fn eduroam_with_certificate_gets_it_from_our_own_authority() {
    let summary = checked("eduroam_tls").summary;
    assert_eq!(summary.credentials.len(), 1);
    assert!(summary.variables.contains(&"person.email".to_owned()));
    // The certificate that the network is joined with is that of the SCEP payload.
    let plist = find("eduroam_tls").expect("template").plist;
    let (_, rest) = plist
        .split_once("<key>PayloadCertificateUUID</key>")
        .expect("reference");
    let uuid = rest
        .split_once("<string>")
        .and_then(|(_, rest)| rest.split_once("</string>"))
        .map(|(uuid, _)| uuid)
        .expect("uuid");
    assert_eq!(plist.matches(uuid).count(), 2);
}

#[test]
fn no_template_carries_a_password() {
    for template in list() {
        // A challenge that is made at delivery is a variable, not a secret.
        assert!(
            !checked(template.key).summary.has_secrets,
            "{}",
            template.key
        );
    }
}

#[test]
fn variables_of_templates_exist_and_the_guide_names_each_there_is() {
    let guide = include_str!("../../../../../docs/profiles.md");
    for variable in VARIABLES {
        assert!(
            guide.contains(&format!("{{{{{}}}}}", variable.name)),
            "docs/profiles.md lacks {}",
            variable.name
        );
    }
    for template in list() {
        for name in checked(template.key).summary.variables {
            assert!(is_variable(&name), "{}: {name}", template.key);
        }
    }
}
