//! `tillsyn mail`: the organisation's mail server.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{Failure, With, show};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum MailVerb {
    /// Shows the mail server
    Show,
    /// Names the mail server, in place of the one before
    Set {
        /// Its name or address
        host: String,
        /// Sender of every message: an address, or 'Name <address>'
        #[arg(long)]
        from: String,
        /// Its port
        #[arg(long, default_value_t = 587)]
        port: u16,
        /// starttls, implicit, or none to a loopback address
        #[arg(long, default_value = "starttls")]
        tls: String,
        /// Who logs in [default: nobody]
        #[arg(long)]
        user: Option<String>,
        /// File that holds the password [default: the one on record, for the same server and user]
        #[arg(long, value_name = "FILE", requires = "user")]
        password_file: Option<PathBuf>,
    },
    /// Forgets the mail server
    Remove,
    /// Sends a test to your own address
    Test,
    /// Lists what was sent, newest first
    Messages {
        /// Rows at most
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
}

const SERVER: [(&str, &str); 6] = [
    ("Host", "/host"),
    ("Port", "/port"),
    ("TLS", "/tls"),
    ("User", "/user"),
    ("From", "/from"),
    ("Changed", "/updated_at"),
];

pub(super) async fn run(with: With<MailVerb>) -> Result<(), Failure> {
    let client = with.client()?;
    match with.verb {
        MailVerb::Show => {
            let shown = client.get("mail", &[]).await?;
            show::one(&client, &SERVER, &shown);
        }
        MailVerb::Set {
            host,
            from,
            port,
            tls,
            user,
            password_file,
        } => {
            let password = password_file.map(|file| read(&file)).transpose()?;
            let body = json!({ "host": host, "port": port, "tls": tls, "user": user,
                "password": password, "from": from });
            let answer = client.put("mail", &body).await?;
            show::done(
                &client,
                &answer,
                "Saved. Send a test with `tillsyn mail test`.",
            );
        }
        MailVerb::Remove => {
            let answer = client.delete("mail").await?;
            show::done(&client, &answer, "Forgotten.");
        }
        MailVerb::Test => {
            let sent = client.post("mail/test", &Value::Null).await?;
            show::one(&client, &[("Message", "/message_id")], &sent);
        }
        MailVerb::Messages { limit } => {
            let rows = client.list("mail/messages", &[], limit).await?;
            let columns = [
                ("MADE", "/created_at"),
                ("TO", "/recipient"),
                ("WHAT", "/template"),
                ("STATUS", "/status"),
                ("TRIES", "/tries"),
                ("ERROR", "/last_error"),
            ];
            show::rows(&client, &columns, rows, "Nothing was sent yet.");
        }
    }
    Ok(())
}

/// The password is the file's first line.
pub(super) fn read(file: &Path) -> Result<String, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        let shown = file.display();
        Failure::Usage(format!("cannot read {shown}: {error}"))
    })?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
