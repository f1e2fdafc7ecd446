//! What goes wrong between this program and the server: in words, with what to do, and an exit code.

use std::process::ExitCode;

use serde_json::{Value, json};

/// Why a verb was not done.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line or a file cannot be used.
    Usage(String),
    /// The server was not reached, or answered with something that is not its API.
    Connection(String),
    /// The server refused; its problem+json.
    Problem(Value),
    /// Something on this machine: the configuration, the database.
    Here(String),
    /// What was looked at is not good; it was printed already.
    Found,
}

impl Failure {
    /// 1 server fault, 2 usage, 3 not allowed, 4 not found, 5 conflict or not possible, 6 bad input,
    /// 7 not reached, overloaded or unavailable.
    fn code(&self) -> u8 {
        match self {
            Self::Found | Self::Here(_) => 1,
            Self::Usage(_) => 2,
            Self::Connection(_) => 7,
            Self::Problem(problem) => match problem["status"].as_u64() {
                Some(401 | 403) => 3,
                Some(404) => 4,
                Some(409) => 5,
                Some(400 | 413 | 415 | 422) => 6,
                Some(429 | 503) => 7,
                _ => 1,
            },
        }
    }

    /// What was asked for is not there.
    pub(super) fn is_not_found(&self) -> bool {
        matches!(self, Self::Problem(problem) if problem["status"] == 404)
    }

    pub(super) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code())
    }

    pub(super) fn print(&self, as_json: bool) {
        match self {
            Self::Found => {}
            Self::Problem(problem) if as_json => eprintln!("{problem:#}"),
            Self::Usage(text) | Self::Connection(text) | Self::Here(text) if as_json => {
                eprintln!("{:#}", json!({"code": "client", "detail": text}));
            }
            _ => eprint!("{}", self.words()),
        }
    }

    /// What people read.
    pub(super) fn words(&self) -> String {
        let problem = match self {
            Self::Usage(text) | Self::Connection(text) | Self::Here(text) => {
                return format!("error: {text}\n");
            }
            Self::Found => return String::new(),
            Self::Problem(problem) => problem,
        };
        let text = |key: &str| problem[key].as_str().unwrap_or_default();
        let mut words = format!("error: {}\n", text("detail"));
        for refused in problem["data"]["refused"].as_array().into_iter().flatten() {
            let (device, why) = (&refused["device_id"], &refused["detail"]);
            let line = format!(
                "  {}: {}\n",
                device.as_str().unwrap_or_default(),
                why.as_str().unwrap_or_default()
            );
            words.push_str(&line);
        }
        if let Some(plan) = problem["data"]["plan_id"].as_str() {
            let line =
                format!("hint: `tillsyn plan show {plan}`, then `tillsyn plan apply {plan}`\n");
            words.push_str(&line);
        }
        if let Some(hint) = hint(text("code"), problem["status"].as_u64()) {
            words.push_str("hint: ");
            words.push_str(hint);
            words.push('\n');
        }
        if problem["status"]
            .as_u64()
            .is_none_or(|status| status >= 500)
        {
            let line = format!(
                "Request {} in the server's log says more.\n",
                text("request_id")
            );
            words.push_str(&line);
        }
        words
    }
}

fn hint(code: &str, status: Option<u64>) -> Option<&'static str> {
    Some(match (code, status) {
        ("token" | "not_signed_in", _) => {
            "make a token in the console, under Settings, and give it in TILLSYN_TOKEN or --token-file"
        }
        ("permission_missing", _) => {
            "this token or its account lacks it; make a token that has it, or ask an owner"
        }
        ("person_needed", _) => "do this in the console, signed in",
        ("draft_changed", _) => "look at the draft again, then repeat this",
        ("profile_errors", _) => "`tillsyn profile check` names them",
        ("targets_changed", _) => "look at the preview again",
        ("already_fetched", _) => "follow it with `tillsyn command show`",
        ("queue_full", _) => "wait until the device has worked some off, or withdraw some",
        ("confirmation", _) => "give it with --confirm, exactly as written",
        ("reason_missing", _) => "give it with --reason",
        (_, Some(429)) => "wait a little, then ask again",
        _ => return None,
    })
}
