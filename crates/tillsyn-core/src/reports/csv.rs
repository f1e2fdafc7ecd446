//! A report as a file for other programs: values as they stand in the API.

use super::count::{Report, ReportRow};
use super::name::ReportName;
use crate::error::Error;
use crate::lists::csv_file;

/// The columns of a report's file.
pub fn columns(name: ReportName) -> &'static [&'static str] {
    match name {
        ReportName::Os => &["platform", "os_version", "devices"],
        ReportName::Status => &["status", "devices"],
        ReportName::Ownership => &["ownership", "devices"],
        ReportName::Unit => &["unit", "unit_id", "reach", "devices"],
        ReportName::Model => &["model", "devices"],
        ReportName::Age => &["days_since_enrollment", "devices"],
        ReportName::Contact => &["days_since_contact", "devices"],
    }
}

/// The report as CSV that every office program reads.
///
/// # Errors
/// When it cannot be written.
pub fn report_csv(report: &Report) -> Result<Vec<u8>, Error> {
    let header = columns(report.name).iter().map(|name| (*name).to_owned());
    let mut lines: Vec<Vec<String>> = vec![header.collect()];
    lines.extend(report.rows.iter().map(|row| line(report.name, row)));
    if report.others > 0 {
        let rest = ReportRow {
            platform: None,
            value: "others".to_owned(),
            name: None,
            itself: false,
            devices: report.others,
        };
        lines.push(line(report.name, &rest));
    }
    csv_file(&lines)
}

fn line(name: ReportName, row: &ReportRow) -> Vec<String> {
    let devices = row.devices.to_string();
    let value = row.value.clone();
    match name {
        ReportName::Os => vec![row.platform.clone().unwrap_or_default(), value, devices],
        ReportName::Unit => {
            let reach = if row.itself { "itself" } else { "subtree" };
            let unit = row.name.clone().unwrap_or_default();
            vec![unit, value, reach.to_owned(), devices]
        }
        _ => vec![value, devices],
    }
}
