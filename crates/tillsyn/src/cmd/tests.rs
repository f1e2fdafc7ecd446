#![expect(clippy::unwrap_used, reason = "tests")]

use clap::CommandFactory as _;
use serde_json::json;

use super::Failure;
use super::client::base_url;
use super::table::{plain, table};

#[test]
fn a_token_goes_in_clear_text_only_to_this_machine() {
    assert_eq!(
        base_url("https://mdm.example.org").unwrap().as_str(),
        "https://mdm.example.org/"
    );
    assert_eq!(
        base_url("https://x.example/mdm?a=b").unwrap().as_str(),
        "https://x.example/mdm/"
    );
    assert!(base_url("http://127.0.0.1:8080").is_ok());
    assert!(base_url("http://[::1]:8080/").is_ok());
    for refused in [
        "http://mdm.example.org",
        "http://127.0.0.1.example.org",
        "ftp://x",
        "mdm",
    ] {
        assert!(base_url(refused).is_err(), "{refused}");
    }
}

#[test]
fn tables_line_up_and_nothing_in_them_moves_a_terminal() {
    let rows = [
        json!({"name": "Elin's iPhone", "n": 3, "at": "2026-01-31T08:00:12.345Z"}),
        json!({"name": "a\u{1b}[2Jb\nc\u{202e}", "n": null, "at": null}),
    ];
    let text = table(&[("NAME", "/name"), ("N", "/n"), ("AT", "/at")], &rows);
    assert_eq!(
        text,
        "NAME           N  AT\nElin's iPhone  3  2026-01-31 08:00Z\na·[2Jb·c·      -  -\n"
    );
    assert_eq!(plain(&json!(["a", true])), "a, yes");
}

#[test]
fn a_problem_is_told_with_what_to_do() {
    let problem = json!({
        "status": 409, "code": "not_capable", "detail": "1 of 2 devices cannot do this.",
        "data": {"refused": [{"device_id": "d1", "detail": "It is not enrolled."}]},
    });
    assert_eq!(
        Failure::Problem(problem).words(),
        "error: 1 of 2 devices cannot do this.\n  d1: It is not enrolled.\n"
    );
    let planned = json!({"status": 409, "code": "plan_required", "detail": "Look first.",
        "data": {"plan_id": "p1"}});
    assert_eq!(
        Failure::Problem(planned).words(),
        "error: Look first.\nhint: `tillsyn plan show p1`, then `tillsyn plan apply p1`\n"
    );
    let fault =
        json!({"status": 500, "code": "internal", "detail": "A fault.", "request_id": "r1"});
    assert!(Failure::Problem(fault).words().contains("Request r1"));
    let token = json!({"status": 401, "code": "token", "detail": "Unknown token."});
    assert!(Failure::Problem(token).words().contains("TILLSYN_TOKEN"));
}

#[test]
fn no_verb_has_two_options_of_one_name() {
    crate::Cli::command().debug_assert();
}
