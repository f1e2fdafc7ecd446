//! Events as `ArcSight` Common Event Format, for collectors that read nothing else.

use super::chain::Record;

/// One line without its end. Severity is 3 for what was done and 6 for what was refused.
pub(crate) fn line(record: &Record, position: i64, hash: &str, address: Option<&str>) -> String {
    use std::fmt::Write as _;
    let severity = if record.result == "done" { 3 } else { 6 };
    let action = header(&record.action);
    let mut text = format!(
        "CEF:0|Tillsyn|Tillsyn|{}|{action}|{action}|{severity}|",
        env!("CARGO_PKG_VERSION")
    );
    let mut fields: Vec<(&str, String)> = vec![
        ("rt", record.at.to_string()),
        ("externalId", record.id.clone()),
        ("outcome", record.result.clone()),
        ("suid", record.actor_id.clone()),
        ("cs1Label", "actorKind".to_owned()),
        ("cs1", record.actor_kind.clone()),
        ("cs2Label", "objectKind".to_owned()),
        ("cs2", record.object_kind.clone()),
        ("cs3Label", "objectId".to_owned()),
        ("cs3", record.object_id.clone()),
        ("cs4Label", "unitId".to_owned()),
        ("cs4", record.org_unit_id.clone()),
        ("cs5Label", "details".to_owned()),
        ("cs5", record.details.clone()),
        ("cs6Label", "chainHash".to_owned()),
        ("cs6", hash.to_owned()),
        ("cn1Label", "chainPosition".to_owned()),
        ("cn1", position.to_string()),
    ];
    if let Some(address) = address {
        fields.push(("src", address.to_owned()));
    }
    for (number, (key, value)) in fields.iter().enumerate() {
        let space = if number == 0 { "" } else { " " };
        // Writing into a text cannot fail.
        let _ = write!(text, "{space}{key}={}", extension(value));
    }
    text
}

/// Pipes and backslashes are escaped in the header.
fn header(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('|', "\\|")
        .replace(['\r', '\n'], " ")
}

/// Equal signs, backslashes and line ends are escaped in the extension.
fn extension(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('=', "\\=")
        .replace('\r', "\\r")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::{extension, header};

    #[test]
    fn what_could_end_a_field_is_escaped() {
        assert_eq!(header("a|b\\c\nd"), "a\\|b\\\\c d");
        assert_eq!(extension("a=b\\c\r\nd|e"), "a\\=b\\\\c\\r\\nd|e");
    }
}
