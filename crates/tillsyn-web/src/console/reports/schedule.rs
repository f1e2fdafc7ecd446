//! Reports by mail: what is sent when and to whom, and the forms that change it.

use axum::extract::Path;
use axum::response::Response;
use tillsyn_core::ids::{AccountId, ReportScheduleId};
use tillsyn_core::reports::{
    self, NewSchedule, Reader, ReportFilter, ReportName, Rhythm, ScheduleView, When as Times,
};
use tillsyn_core::{Error, mail};

use super::{filters, words};
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::notice::{Told, go};
use crate::console::visitor::Visitor;
use crate::console::words as general;
use crate::i18n::{Texts, When, Zone};
use crate::ui::{Choice, urls};

/// The hour that is offered first.
const MORNING: i8 = 7;

/// Where a report is sent from its page.
pub struct ScheduleForm {
    pub action: String,
    pub rhythms: Vec<Choice>,
    pub weekdays: Vec<Choice>,
    pub days: Vec<Choice>,
    pub hours: Vec<Choice>,
    /// Others than oneself, for whoever may send to them.
    pub readers: Vec<Choice>,
    pub zone: String,
    /// Without a mail server nothing is sent.
    pub no_server: bool,
}

/// A report that comes by mail, of one's own.
pub struct ScheduleRow {
    pub title: String,
    pub href: String,
    pub filter: String,
    pub when: String,
    pub readers: String,
    pub paused: bool,
    pub due: Option<When>,
    pub sent: Option<When>,
    pub failed: Option<When>,
    /// Why the last sending failed.
    pub failure: String,
    pub id: String,
}

impl ScheduleForm {
    /// For these readers, of whom the first is oneself.
    pub fn new(l: Texts, action: String, readers: &[Reader], zone: String, server: bool) -> Self {
        let choice = |value: String, text: String, chosen: bool| Choice {
            value,
            text,
            chosen,
        };
        let rhythm = |rhythm: Rhythm| {
            let text = match rhythm {
                Rhythm::Daily => l.t("report-daily"),
                Rhythm::Weekly => l.t("report-weekly"),
                Rhythm::Monthly => l.t("report-monthly"),
            };
            choice(rhythm.as_str().to_owned(), text, rhythm == Rhythm::Weekly)
        };
        let number =
            |value: i8, text: String, first: i8| choice(value.to_string(), text, value == first);
        Self {
            action,
            rhythms: Rhythm::ALL.into_iter().map(rhythm).collect(),
            weekdays: (1..=7)
                .map(|day| number(day, words::weekday(l, day), 1))
                .collect(),
            days: (1..=28)
                .map(|day| number(day, day.to_string(), 1))
                .collect(),
            hours: (0..=23)
                .map(|hour| number(hour, words::hour(hour), MORNING))
                .collect(),
            readers: readers
                .iter()
                .map(|reader| {
                    let text = format!("{} ({})", reader.name, reader.email);
                    choice(reader.id.to_string(), text, false)
                })
                .collect(),
            zone,
            no_server: !server,
        }
    }

    pub(super) async fn of(
        visitor: &Visitor,
        name: ReportName,
        filter: &ReportFilter,
    ) -> Result<Self, Failure> {
        let (core, actor) = (visitor.core(), visitor.actor());
        let mut readers = reports::readers(core, actor).await?;
        readers.retain(|reader| Some(&reader.id) != actor.account_id.as_ref());
        // What is sent is what is seen: a scope of the page becomes a filter of the report.
        let unit = filter.unit.as_ref().or_else(|| visitor.scope()).cloned();
        let filter = &ReportFilter {
            unit,
            ..filter.clone()
        };
        let action = filters::query(filter).url(&urls::report_schedule(name.as_str()));
        let zone = visitor.zone.zone.iana_name().unwrap_or("UTC").to_owned();
        let server = mail::has_server(core).await?;
        Ok(Self::new(visitor.texts, action, &readers, zone, server))
    }
}

impl ScheduleRow {
    /// One schedule in words.
    pub fn new(l: Texts, zone: &Zone, view: &ScheduleView) -> Self {
        let names = view.readers.iter().map(|reader| reader.name.as_str());
        let failed = view.failure.as_deref();
        Self {
            title: words::title(l, view.report),
            href: filters::query(&view.filter).url(&urls::report(view.report.as_str())),
            filter: filtered(l, &view.filter),
            when: words::times(l, view.when),
            readers: names.collect::<Vec<_>>().join(", "),
            paused: view.paused,
            due: (!view.paused).then(|| l.moment(view.due_at, zone)),
            sent: view.sent_at.map(|at| l.ago(at, zone)),
            failed: view.failed_at.map(|at| l.ago(at, zone)),
            failure: failed.map_or_else(String::new, |code| words::failure(l, code)),
            id: view.id.to_string(),
        }
    }

    pub(crate) fn act(&self, act: &str) -> String {
        urls::report_schedule_act(&self.id, act)
    }

    pub(super) async fn all(visitor: &Visitor) -> Result<Vec<Self>, Failure> {
        let (l, zone) = (visitor.texts, &visitor.zone);
        let found = reports::list_schedules(visitor.core(), visitor.actor()).await?;
        Ok(found.iter().map(|view| Self::new(l, zone, view)).collect())
    }
}

/// Of which devices, in words; empty for all.
pub(crate) fn filtered(l: Texts, filter: &ReportFilter) -> String {
    let all = [
        ("platform", &filter.platform),
        ("status", &filter.status),
        ("ownership", &filter.ownership),
    ];
    let mut words: Vec<String> = all
        .into_iter()
        .flat_map(|(name, values)| {
            let word = move |value: &String| general::filter_value(l, name, value);
            values.iter().map(word)
        })
        .collect();
    if filter.unit.is_some() {
        words.push(l.t("report-one-unit"));
    }
    words.join(", ")
}

fn asked(fields: &[(String, String)]) -> Result<(Times, Vec<AccountId>), Error> {
    let text = |name: &str| {
        let found = fields.iter().find(|(found, _)| found == name);
        found.map_or("", |(_, value)| value.as_str())
    };
    let odd = |name| Error::invalid(name, "schedule", "This is no time of a schedule.");
    let number = |name: &'static str| text(name).parse::<i8>().map_err(|_| odd(name));
    let when = Times {
        rhythm: Rhythm::parse(text("rhythm")).ok_or_else(|| odd("rhythm"))?,
        weekday: number("weekday")?,
        month_day: number("month_day")?,
        hour: number("hour")?,
    };
    let readers = fields.iter().filter(|(name, _)| name == "reader");
    let readers =
        readers.map(|(_, id)| AccountId::parse(id).ok_or_else(|| Error::not_found("account")));
    Ok((when, readers.collect::<Result<_, _>>()?))
}

/// `POST /console/reports/{name}/schedule`.
pub(crate) async fn schedule(
    Path(name): Path<String>,
    form: Filled<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let visitor = form.visitor;
    let report = ReportName::parse(&name).ok_or_else(|| Error::not_found("report"))?;
    let (when, mut readers) = asked(&form.fields)?;
    let is_me = |(name, _): &(String, String)| name == "me";
    if form.fields.iter().any(is_me) {
        readers.extend(visitor.actor().account_id.clone());
    }
    let new = NewSchedule {
        report,
        filter: filters::of(&visitor.query),
        when,
        readers,
    };
    reports::create_schedule(visitor.core(), visitor.actor(), new).await?;
    Ok(go(visitor.state(), urls::REPORTS, Told::Saved))
}

#[derive(serde::Deserialize)]
pub(crate) struct NoFields {}

fn schedule_id(id: &str) -> Result<ReportScheduleId, Error> {
    ReportScheduleId::parse(id).ok_or_else(|| Error::not_found("schedule"))
}

/// `POST /console/reports/schedules/{id}/pause`.
pub(crate) async fn pause(
    Path(id): Path<String>,
    form: Filled<NoFields>,
) -> Result<Response, Failure> {
    set_paused(&id, form, true).await
}

/// `POST /console/reports/schedules/{id}/resume`.
pub(crate) async fn resume(
    Path(id): Path<String>,
    form: Filled<NoFields>,
) -> Result<Response, Failure> {
    set_paused(&id, form, false).await
}

async fn set_paused(id: &str, form: Filled<NoFields>, paused: bool) -> Result<Response, Failure> {
    let (visitor, id) = (form.visitor, schedule_id(id)?);
    reports::set_schedule_paused(visitor.core(), visitor.actor(), &id, paused).await?;
    Ok(go(visitor.state(), urls::REPORTS, Told::Saved))
}

/// `POST /console/reports/schedules/{id}/send`.
pub(crate) async fn send_now(
    Path(id): Path<String>,
    form: Filled<NoFields>,
) -> Result<Response, Failure> {
    let (visitor, id) = (form.visitor, schedule_id(&id)?);
    reports::schedule_now(visitor.core(), visitor.actor(), &id).await?;
    Ok(go(visitor.state(), urls::REPORTS, Told::Saved))
}

/// `POST /console/reports/schedules/{id}/remove`.
pub(crate) async fn remove(
    Path(id): Path<String>,
    form: Filled<NoFields>,
) -> Result<Response, Failure> {
    let (visitor, id) = (form.visitor, schedule_id(&id)?);
    reports::remove_schedule(visitor.core(), visitor.actor(), &id).await?;
    Ok(go(visitor.state(), urls::REPORTS, Told::Saved))
}
