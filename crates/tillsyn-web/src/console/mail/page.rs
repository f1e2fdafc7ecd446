//! `GET` and `POST /console/settings/mail`.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::mail::{
    MailServer, MailServerChange, MailTls, MailView, list_mail, mail_server, set_mail_server,
};
use tillsyn_core::{Error, Kind};
use zeroize::Zeroizing;

use super::{reason, what};
use crate::console::failure::Failure;
use crate::console::form::{Filled, secret};
use crate::console::frame::{Frame, Pager, Place};
use crate::console::lists::{self, Place as At};
use crate::console::notice::{Told, go};
use crate::console::visitor::Visitor;
use crate::console::words::FieldError;
use crate::error::AppError;
use crate::i18n::{Texts, When};
use crate::ui::{Choice, Status, page, status, urls};

/// The mail server, and what was sent.
#[derive(Template)]
#[template(path = "console/mail.html")]
pub struct MailPage {
    pub f: Frame,
    /// Whether there is a mail server.
    pub set: bool,
    pub fields: MailFields,
    pub rows: Vec<MailRow>,
    pub pager: Pager,
}

/// What is typed for the mail server, and what is wrong with it.
#[derive(Default)]
pub struct MailFields {
    pub host: String,
    pub host_error: String,
    pub port: String,
    pub port_error: String,
    pub tls: Vec<Choice>,
    pub tls_error: String,
    pub user: String,
    pub user_error: String,
    pub secret_error: String,
    pub from: String,
    pub from_error: String,
    pub password: bool,
    pub password_error: String,
}

pub struct MailRow {
    pub to: String,
    pub what: String,
    pub created: When,
    pub status: Status,
    /// Why the last try failed.
    pub error: String,
    pub tries: String,
}

/// The ways to protect the connection, one of them chosen.
pub(in crate::console) fn tls_choices(l: Texts, chosen: MailTls) -> Vec<Choice> {
    let choice = |mode: MailTls| Choice {
        value: mode.as_str().to_owned(),
        text: match mode {
            MailTls::Starttls => l.t("mail-tls-starttls"),
            MailTls::Implicit => l.t("mail-tls-implicit"),
            MailTls::None => l.t("mail-tls-none"),
        },
        chosen: mode == chosen,
    };
    MailTls::ALL.into_iter().map(choice).collect()
}

impl MailFields {
    fn of(l: Texts, server: Option<&MailServer>) -> Self {
        let Some(server) = server else {
            return Self {
                port: "587".to_owned(),
                tls: tls_choices(l, MailTls::Starttls),
                ..Self::default()
            };
        };
        Self {
            host: server.host.clone(),
            port: server.port.to_string(),
            tls: tls_choices(l, server.tls),
            user: server.user.clone().unwrap_or_default(),
            from: server.from.clone(),
            ..Self::default()
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    host: String,
    #[serde(default)]
    port: String,
    #[serde(default)]
    tls: String,
    #[serde(default)]
    user: String,
    #[serde(default = "Zeroizing::default", deserialize_with = "secret")]
    mail_password: Zeroizing<String>,
    #[serde(default)]
    from: String,
    #[serde(default = "Zeroizing::default", deserialize_with = "secret")]
    password: Zeroizing<String>,
}

pub(crate) async fn show(visitor: Visitor) -> Result<Response, Failure> {
    Ok(page(StatusCode::OK, &whole(&visitor, None).await?))
}

pub(crate) async fn change(form: Filled<Typed>) -> Result<Response, Failure> {
    let (mut visitor, typed) = (form.visitor, form.fields);
    let tls = MailTls::parse(&typed.tls).unwrap_or(MailTls::Starttls);
    let change = MailServerChange {
        host: typed.host.clone(),
        // What is no port is refused as 0 is.
        port: typed.port.trim().parse().unwrap_or_default(),
        tls,
        user: Some(typed.user.clone()),
        password: Some(typed.mail_password.clone()),
        from: typed.from.clone(),
    };
    let done = match visitor.confirm(typed.password.clone()).await {
        Ok(()) => set_mail_server(visitor.core(), visitor.actor(), change).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => Ok(go(visitor.state(), urls::MAIL, Told::Saved)),
        Err(error) => {
            let l = visitor.texts;
            let mut fields = MailFields {
                host: typed.host,
                port: typed.port,
                tls: tls_choices(l, tls),
                user: typed.user,
                from: typed.from,
                password: visitor.needs_password(),
                ..MailFields::default()
            };
            let status = place(l, &mut fields, error)?;
            Ok(page(status, &whole(&visitor, Some(fields)).await?))
        }
    }
}

/// Puts an error beside its field and says the answer's status; gives back what belongs to none.
fn place(l: Texts, fields: &mut MailFields, error: Error) -> Result<StatusCode, Error> {
    match (error.kind, error.field, error.code) {
        (Kind::Invalid, Some("host"), _) => fields.host_error = l.t("mail-host-wrong"),
        (Kind::Invalid, Some("port"), _) => fields.port_error = l.t("mail-port-wrong"),
        (Kind::Invalid, Some("tls"), _) => fields.tls_error = l.t("mail-clear-wrong"),
        (Kind::Invalid, Some("user"), _) => fields.user_error = l.t("mail-user-wrong"),
        (Kind::Invalid, Some("from"), _) => fields.from_error = l.t("mail-from-wrong"),
        (Kind::Invalid, Some("password"), "mail_password" | "mail_password_needed") => {
            fields.secret_error = l.t("mail-password-missing");
        }
        (Kind::Invalid, Some("password"), _) => {
            fields.password = true;
            fields.password_error = FieldError::PasswordWrong.text(l);
        }
        (Kind::FreshSignInNeeded, ..) => {
            fields.password = true;
            fields.password_error = FieldError::Required.text(l);
        }
        _ => return Err(error),
    }
    Ok(AppError::from(error).status())
}

async fn whole(visitor: &Visitor, typed: Option<MailFields>) -> Result<MailPage, Failure> {
    let (l, zone) = (visitor.texts, &visitor.zone);
    let (core, actor) = (visitor.core(), visitor.actor());
    let server = mail_server(core, actor).await?;
    let after = At::of(&visitor.query);
    let found = list_mail(core, actor, after.after(), None).await?;
    let row = |mail: &MailView| MailRow {
        to: mail.recipient.clone(),
        what: what(l, &mail.template),
        created: l.ago(mail.created_at, zone),
        status: match mail.status.as_str() {
            "sent" => status(l, "job", "done"),
            other => status(l, "job", other),
        },
        error: mail
            .last_error
            .as_deref()
            .map_or_else(String::new, |error| reason(l, error)),
        tries: mail.tries.to_string(),
    };
    let rows: Vec<MailRow> = found.items.iter().map(row).collect();
    let fields = typed.unwrap_or_else(|| MailFields {
        password: visitor.needs_password(),
        ..MailFields::of(l, server.as_ref())
    });
    Ok(MailPage {
        set: server.is_some(),
        fields,
        pager: lists::pager(visitor, urls::MAIL, rows.len(), found.next.as_deref()),
        rows,
        f: visitor.frame(Place::Mail, "").await?,
    })
}
