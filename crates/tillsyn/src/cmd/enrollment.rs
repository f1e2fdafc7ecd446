//! `tillsyn enrollment`: enrollments that move between servers.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;

use serde_json::{Value, json};

use super::client::Client;
use super::{Failure, With, show};
use crate::output::say;

/// Lines and bytes of one chunk; the server takes 200 lines and 1 MiB.
const LINES: usize = 200;
const BYTES: usize = 512 * 1024;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum EnrollmentVerb {
    /// Takes in enrollments of another server from a file with one JSON object a line
    Import {
        /// The file; its form is in docs/moving.md
        file: PathBuf,
    },
    /// Prints the active enrollments, one JSON object a line, without the tokens that open devices
    Export,
    /// Lists moved-in enrollments that wait for a proof
    Unproven,
    /// Confirms that the certificate of a moved-in enrollment is the device's own
    Confirm {
        /// Id of the enrollment
        id: String,
        /// SHA-256 of the right certificate, where two claimed the enrollment
        #[arg(long)]
        certificate: Option<String>,
    },
    /// Lists devices that enrolled after the backup that was restored: they knock and are refused
    Unknown,
    /// Takes such devices in again, with the certificates that they have
    Readopt(ReadoptArgs),
    /// Shows the window for moving in, or opens it for some hours; 0 closes it
    Window {
        #[arg(long)]
        hours: Option<i64>,
    },
}

/// Which devices, and what is true of them.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("whose").required(true))]
pub(crate) struct ReadoptArgs {
    /// SHA-256 of certificates that `unknown` lists
    #[arg(required_unless_present = "all")]
    certificates: Vec<String>,
    /// All of them, but devices that are enrolled with another certificate
    #[arg(long, conflicts_with = "certificates")]
    all: bool,
    /// They are the organisation's
    #[arg(long, group = "whose")]
    corporate: bool,
    /// They are their persons' own
    #[arg(long, group = "whose")]
    personal: bool,
    /// Id of the unit that they go to [default: the top]
    #[arg(long)]
    unit: Option<String>,
    /// Of devices that are not known from before
    #[arg(long, default_value = "ios")]
    platform: String,
}

pub(super) async fn run(with: With<EnrollmentVerb>) -> Result<(), Failure> {
    let client = with.client()?;
    match with.verb {
        EnrollmentVerb::Import { file } => import(&client, &file).await?,
        EnrollmentVerb::Export => export(&client).await?,
        EnrollmentVerb::Unproven => {
            let rows = client.list("enrollments/unproven", &[], usize::MAX).await?;
            let columns = [
                ("NAME", "/name"),
                ("SERIAL", "/serial_number"),
                ("UDID", "/udid"),
                ("STATE", "/trust"),
                ("CERTIFICATE", "/certificate_sha256"),
                ("OTHER CERTIFICATE", "/rival_sha256"),
                ("ID", "/enrollment_id"),
            ];
            show::rows(&client, &columns, rows, "Nothing waits for a proof.");
        }
        EnrollmentVerb::Confirm { id, certificate } => {
            let body = json!({ "certificate_sha256": certificate });
            let path = format!("enrollments/{id}/confirm");
            let answer = client.post(&path, &body).await?;
            show::done(&client, &answer, "Confirmed.");
        }
        EnrollmentVerb::Unknown => {
            let rows = client.list("enrollments/unknown", &[], usize::MAX).await?;
            let columns = [
                ("CERTIFICATE", "/certificate_sha256"),
                ("UDID", "/udid"),
                ("DEVICE", "/device_name"),
                ("ENROLLED OTHERWISE", "/enrolled_otherwise"),
                ("RIVALS", "/rivals"),
                ("CONTRADICTS", "/contradicts"),
                ("TIMES", "/times"),
                ("LAST", "/last_at"),
            ];
            show::rows(&client, &columns, rows, "Nobody unknown knocks.");
        }
        EnrollmentVerb::Readopt(args) => readopt(&client, args).await?,
        EnrollmentVerb::Window { hours } => {
            let window = match hours {
                Some(hours) => {
                    let body = json!({ "hours": hours });
                    client.put("enrollments/window", &body).await?
                }
                None => client.get("enrollments/window", &[]).await?,
            };
            show::one(&client, &[("OPEN", "/open"), ("UNTIL", "/until")], &window);
        }
    }
    Ok(())
}

async fn readopt(client: &Client, args: ReadoptArgs) -> Result<(), Failure> {
    let mut body = json!({
        "all": args.all,
        "unit_id": args.unit,
        "ownership": if args.corporate { "corporate" } else { "personal" },
        "platform": args.platform,
    });
    if !args.all {
        body["certificates"] = json!(args.certificates);
    }
    let report = client.post("enrollments/readopt", &body).await?;
    if client.json {
        say!("{report:#}");
        return Ok(());
    }
    say!("{} taken in again.", report["readopted"]);
    for skipped in report["skipped"].as_array().into_iter().flatten() {
        let of = |field: &str| skipped[field].as_str().unwrap_or_default();
        say!("{}: {}", of("certificate_sha256"), of("detail"));
    }
    Ok(())
}

/// Every chunk is one transaction; a refused line keeps its own chunk out and no other.
async fn import(client: &Client, file: &std::path::Path) -> Result<(), Failure> {
    let usage = |text: String| Failure::Usage(text);
    let opened = std::fs::File::open(file)
        .map_err(|error| usage(format!("{} cannot be read: {error}", file.display())))?;
    let mut total = Total::default();
    let mut chunk = Chunk::default();
    for (number, line) in BufReader::new(opened).lines().enumerate() {
        let line =
            line.map_err(|error| usage(format!("{} cannot be read: {error}", file.display())))?;
        if line.trim().is_empty() {
            continue;
        }
        // Without the text of the line: it holds secrets.
        let value: Value = serde_json::from_str(&line)
            .map_err(|_| usage(format!("line {} is no JSON object", number + 1)))?;
        if chunk.lines.len() == LINES || chunk.bytes + line.len() > BYTES {
            total.send(client, std::mem::take(&mut chunk)).await?;
        }
        chunk.bytes += line.len();
        chunk.numbers.push(number + 1);
        chunk.lines.push(value);
    }
    total.send(client, chunk).await?;
    total.print(client)
}

#[derive(Default)]
struct Chunk {
    lines: Vec<Value>,
    /// The line of the file that each came from.
    numbers: Vec<usize>,
    bytes: usize,
}

#[derive(Default)]
struct Total {
    imported: u64,
    unchanged: u64,
    held_back: usize,
    refused: Vec<Value>,
}

impl Total {
    async fn send(&mut self, client: &Client, chunk: Chunk) -> Result<(), Failure> {
        if chunk.lines.is_empty() {
            return Ok(());
        }
        let body = json!({ "enrollments": chunk.lines });
        let report = client.post("enrollments/import", &body).await?;
        self.imported += report["imported"].as_u64().unwrap_or(0);
        self.unchanged += report["unchanged"].as_u64().unwrap_or(0);
        let refused = report["refused"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        if !refused.is_empty() {
            self.held_back += chunk.numbers.len() - refused.len();
        }
        for line in refused {
            let place = line["line"].as_u64().and_then(|n| usize::try_from(n).ok());
            let number = place.and_then(|n| chunk.numbers.get(n.checked_sub(1)?));
            self.refused
                .push(json!({ "line": number, "code": line["code"],
                "detail": line["detail"] }));
        }
        Ok(())
    }

    fn print(&self, client: &Client) -> Result<(), Failure> {
        if client.json {
            say!(
                "{:#}",
                json!({ "imported": self.imported, "unchanged": self.unchanged,
                "held_back": self.held_back, "refused": self.refused })
            );
        } else {
            say!(
                "{} imported, {} were here already.",
                self.imported,
                self.unchanged
            );
            for line in &self.refused {
                let detail = line["detail"].as_str().unwrap_or_default();
                say!("line {}: {detail}", line["line"]);
            }
        }
        if self.refused.is_empty() {
            return Ok(());
        }
        Err(Failure::Usage(format!(
            "{} lines are refused and {} others of their chunks were held back; mend the file and \
             import it again: what is here already stays as it is",
            self.refused.len(),
            self.held_back
        )))
    }
}

async fn export(client: &Client) -> Result<(), Failure> {
    let rows = client.list("enrollments/export", &[], usize::MAX).await?;
    for line in rows.items {
        say!("{line}");
    }
    Ok(())
}
