use super::*;

fn candidate(tries: i64, status: Option<&str>, finished: bool) -> Candidate {
    Candidate {
        sha256: String::new(),
        renew_at: None,
        tries,
        problem: None,
        command_status: status.map(str::to_owned),
        command_finished: finished,
        enrollment_id: String::new(),
        device_id: String::new(),
        org_unit_id: String::new(),
        platform: String::new(),
        topic: String::new(),
        access_rights: None,
        profile_identifier: String::new(),
        model: None,
        os_version: None,
        base_url: None,
        name: None,
        description: None,
        server_capabilities: None,
    }
}

#[test]
fn a_renewal_is_late_for_what_its_command_says() {
    let why = |tries, status, finished| failed_why(&candidate(tries, status, finished));
    assert_eq!(why(0, None, true), None);
    assert_eq!(why(1, None, true), Some("not_asked"));
    assert_eq!(why(1, Some("sent"), false), Some("not_fetched"));
    assert_eq!(why(1, Some("expired"), true), Some("not_fetched_in_time"));
    assert_eq!(why(1, Some("acknowledged"), true), Some("not_used"));
    assert_eq!(why(2, Some("error"), true), Some("refused"));
}
