//! `tillsyn man` and `tillsyn completions`: manual pages and shell completions, from the verbs' own descriptions.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Command, CommandFactory as _};
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::config;
use crate::output::say;

const TITLE: &str = "Tillsyn";

/// Where the pages go.
#[derive(Debug, clap::Args)]
pub(crate) struct ManArgs {
    /// Write the pages of all verbs and of the configuration into this folder, instead of printing the first
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

/// Which shell.
#[derive(Debug, clap::Args)]
pub(crate) struct CompletionsArgs {
    /// The shell: bash, zsh or fish
    #[arg(value_name = "SHELL")]
    shell: KnownShell,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum KnownShell {
    Bash,
    Zsh,
    Fish,
}

/// Prints what makes a shell complete verbs and options.
pub(crate) fn completions(args: &CompletionsArgs) -> anyhow::Result<()> {
    let shell = match args.shell {
        KnownShell::Bash => Shell::Bash,
        KnownShell::Zsh => Shell::Zsh,
        KnownShell::Fish => Shell::Fish,
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command(), "tillsyn", &mut script);
    std::io::stdout().write_all(&script)?;
    Ok(())
}

/// Prints the page of the program, or writes all pages.
pub(crate) fn man(args: &ManArgs) -> anyhow::Result<()> {
    let Some(folder) = &args.out else {
        let mut page = Vec::new();
        render(&command(), &mut page)?;
        std::io::stdout().write_all(&page)?;
        return Ok(());
    };
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let count = write_all(&command(), folder)?;
    write(
        &folder.join("tillsyn.toml.5"),
        &config::manual_page().into_bytes(),
    )?;
    say!("{} pages in {}", count + 1, folder.display());
    Ok(())
}

fn command() -> Command {
    let mut command = crate::Cli::command().disable_help_subcommand(true);
    command.build();
    command
}

/// One page for each verb, those below included.
fn write_all(command: &Command, folder: &Path) -> anyhow::Result<usize> {
    let mut page = Vec::new();
    render(command, &mut page)?;
    write(&folder.join(format!("{}.1", page_name(command))), &page)?;
    let mut count = 1;
    for below in command.get_subcommands().filter(|c| !c.is_hide_set()) {
        count += write_all(below, folder)?;
    }
    Ok(count)
}

fn write(path: &Path, page: &[u8]) -> anyhow::Result<()> {
    std::fs::write(path, page).with_context(|| format!("cannot write {}", path.display()))
}

fn page_name(command: &Command) -> &str {
    command
        .get_display_name()
        .unwrap_or_else(|| command.get_name())
}

fn render(command: &Command, page: &mut Vec<u8>) -> std::io::Result<()> {
    let is_program = command.get_name() == "tillsyn";
    let man = Man::new(command.clone())
        .source(concat!("tillsyn ", env!("CARGO_PKG_VERSION")))
        .manual(TITLE);
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    if command.get_arguments().any(|a| !a.is_hide_set()) {
        man.render_options_section(page)?;
    }
    if command.get_subcommands().any(|c| !c.is_hide_set()) {
        man.render_subcommands_section(page)?;
    }
    if is_program {
        more_of_the_program().to_writer(page)?;
    }
    Ok(())
}

/// What belongs to the program as a whole: its files, exit status and other pages.
fn more_of_the_program() -> Roff {
    const FILES: [(&str, &str); 3] = [
        (
            "/etc/tillsyn/tillsyn.toml",
            "The configuration, where none is named and there is none in the working folder.",
        ),
        (
            "/etc/tillsyn/keys/master.key",
            "Where the package's instructions put the master key. Keep a copy apart from the database's backups.",
        ),
        (
            "/var/lib/tillsyn",
            "Where the package's instructions put the database.",
        ),
    ];
    const STATUS: [(&str, &str); 8] = [
        ("0", "Done."),
        (
            "1",
            "Not done, or a fault of the server; standard error says why and what to do.",
        ),
        ("2", "The command line cannot be used."),
        ("3", "A running server says: not allowed."),
        ("4", "It says: not there."),
        ("5", "It says: not possible as things are."),
        ("6", "It says: the input cannot be used."),
        ("7", "It was not reached, is overloaded or unavailable."),
    ];
    let mut page = Roff::new();
    for (heading, rows) in [("FILES", &FILES[..]), ("EXIT STATUS", &STATUS[..])] {
        page.control("SH", [heading]);
        for (name, text) in rows {
            page.control("TP", []);
            page.text([bold(*name)]);
            page.text([roman(*text)]);
        }
    }
    page.control("SH", ["SEE ALSO"]);
    page.text([bold("tillsyn.toml"), roman("(5)")]);
    page
}
