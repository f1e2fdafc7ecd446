//! Client verbs: everything over the REST API of a running server, like any other program.

mod account;
mod approval;
mod assignment;
mod attempt;
mod authority;
mod branding;
mod campaign;
mod certificate;
mod client;
mod command;
mod declarative;
mod device;
mod directory;
mod enrollment;
mod event;
mod failure;
mod group;
mod guard;
mod held;
mod identity_provider;
mod import;
mod invite;
mod ldap;
mod mail;
mod own_devices;
mod person;
mod plan;
mod profile;
mod push;
mod report;
mod role;
mod search;
mod self_service;
mod send;
mod show;
mod table;
mod token;
mod unit;
mod webhook;

use std::path::Path;
use std::process::ExitCode;

use client::{Client, Connection};

pub(crate) use failure::Failure;

/// Verbs that ask a running server.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum ClientCommand {
    /// Lists, shows, locks, erases and retires devices, sends them any command
    Device(With<device::DeviceVerb>),
    /// Lists, shows and withdraws commands, says which there are
    Command(With<command::CommandVerb>),
    /// Lists, shows, renews and revokes the certificates of devices
    Certificate(With<certificate::CertificateVerb>),
    /// Makes, sends, lists and revokes invitations
    #[command(visible_alias = "invitation")]
    Invite(With<invite::InviteVerb>),
    /// Follows attempts to enroll
    Attempt(With<attempt::AttemptVerb>),
    /// Keeps configuration profiles, checks files of them
    Profile(With<profile::ProfileVerb>),
    /// Shows the push certificates, makes requests for them, rehearses their renewal
    Push(With<push::PushVerb>),
    /// Keeps administrators and services
    Account(With<account::AccountVerb>),
    /// Keeps where administrators sign in
    IdentityProvider(With<identity_provider::IdentityProviderVerb>),
    /// Says how LDAP directories are reached and read, tries it, has them read
    Ldap(With<ldap::LdapVerb>),
    /// Keeps what administrators may
    Role(With<role::RoleVerb>),
    /// Lists and revokes API tokens
    Token(With<token::TokenVerb>),
    /// Finds devices, people, profiles, groups, units, invitations and commands
    Search(search::SearchArgs),
    /// Reads the audit trail
    Event(With<event::EventVerb>),
    /// Moves enrollments in from another server, and out to one
    Enrollment(With<enrollment::EnrollmentVerb>),
    /// Trusts other authorities' device certificates
    Authority(With<authority::AuthorityVerb>),
    /// Shows and changes the tree of org units, and what each wants stricter of the guard
    Unit(With<unit::UnitVerb>),
    /// Keeps groups and their members
    Group(With<group::GroupVerb>),
    /// Keeps the people who carry devices
    Person(With<person::PersonVerb>),
    /// Imports people, groups and org units from CSV files
    Import(With<import::ImportVerb>),
    /// Lists and shows what is assigned to whom
    Assignment(With<assignment::AssignmentVerb>),
    /// Says what a change does to every device before it is made, and makes it
    Plan(With<plan::PlanVerb>),
    /// Carries a plan out
    Apply(plan::ApplyVerb),
    /// Lists what waits for a second person, and takes back what you asked for
    Approval(With<approval::ApprovalVerb>),
    /// Keeps campaigns: many erases or retires that two people agree on
    Campaign(With<campaign::CampaignVerb>),
    /// Names the mail server, sends a test, lists what was sent
    Mail(With<mail::MailVerb>),
    /// Takes people and groups from directories, by SCIM or LDAP
    Directory(With<directory::DirectoryVerb>),
    /// Sends events to other programs
    Webhook(With<webhook::WebhookVerb>),
    /// Counts devices by OS, status, owner, unit, model, age and last contact
    Report(With<report::ReportVerb>),
    /// Lists held batches; `approval list` says more
    Held(With<held::HeldVerb>),
}

/// A verb and how to reach the server.
#[derive(Debug, clap::Args)]
pub(crate) struct With<V: clap::Subcommand> {
    #[command(flatten)]
    connection: Connection,
    #[command(subcommand)]
    verb: V,
}

impl<V: clap::Subcommand> With<V> {
    fn client(&self) -> Result<Client, Failure> {
        Client::new(&self.connection)
    }
}

/// Runs one verb; a failure is printed here, in words or as JSON, and becomes the exit code.
pub(crate) async fn run(file: Option<&Path>, command: ClientCommand) -> ExitCode {
    let (json, done) = match command {
        ClientCommand::Device(with) => (with.connection.json, device::run(with).await),
        ClientCommand::Command(with) => (with.connection.json, command::run(with).await),
        ClientCommand::Certificate(with) => (with.connection.json, certificate::run(with).await),
        ClientCommand::Invite(with) => (with.connection.json, invite::run(with).await),
        ClientCommand::Attempt(with) => (with.connection.json, attempt::run(with).await),
        ClientCommand::Profile(with) => (with.connection.json, profile::run(with).await),
        ClientCommand::Push(with) => (with.connection.json, push::run(with).await),
        ClientCommand::Account(with) => (with.connection.json, account::run(file, with).await),
        ClientCommand::IdentityProvider(with) => {
            (with.connection.json, identity_provider::run(with).await)
        }
        ClientCommand::Ldap(with) => (with.connection.json, ldap::run(with).await),
        ClientCommand::Role(with) => (with.connection.json, role::run(with).await),
        ClientCommand::Token(with) => (with.connection.json, token::run(with).await),
        ClientCommand::Search(args) => (args.connection.json, search::run(args).await),
        ClientCommand::Event(with) => (with.connection.json, event::run(with).await),
        ClientCommand::Enrollment(with) => (with.connection.json, enrollment::run(with).await),
        ClientCommand::Authority(with) => (with.connection.json, authority::run(with).await),
        ClientCommand::Unit(with) => (with.connection.json, unit::run(with).await),
        ClientCommand::Group(with) => (with.connection.json, group::run(with).await),
        ClientCommand::Person(with) => (with.connection.json, person::run(with).await),
        ClientCommand::Import(with) => (with.connection.json, import::run(with).await),
        ClientCommand::Assignment(with) => (with.connection.json, assignment::run(with).await),
        ClientCommand::Plan(with) => (with.connection.json, plan::run(with).await),
        ClientCommand::Apply(verb) => (verb.connection.json, plan::apply(verb).await),
        ClientCommand::Approval(with) => (with.connection.json, approval::run(with).await),
        ClientCommand::Report(with) => (with.connection.json, report::run(with).await),
        ClientCommand::Campaign(with) => (with.connection.json, campaign::run(with).await),
        ClientCommand::Mail(with) => (with.connection.json, mail::run(with).await),
        ClientCommand::Directory(with) => (with.connection.json, directory::run(with).await),
        ClientCommand::Webhook(with) => (with.connection.json, webhook::run(with).await),
        ClientCommand::Held(with) => (with.connection.json, held::run(with).await),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print(json);
            failure.exit_code()
        }
    }
}

#[cfg(test)]
mod tests;
