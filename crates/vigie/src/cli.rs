//! The command line: a stable contract. Exit status 0 for success, 1 when some input is
//! refused, 2 for wrong usage or configuration.

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};

use crate::{
    commands, observability,
    settings::{CliOverrides, Settings},
};

/// Vigie, a social CRM: receives customers' messages, sorts them, helps to answer, and makes
/// sure problems are solved.
#[derive(Parser)]
#[command(name = "vigie", version = env!("VIGIE_VERSION"), about, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves a data folder. Example: vigie serve --data /var/lib/vigie --listen 127.0.0.1:8080
    Serve(Open),
    /// Builds an invented brand with a year of history, then serves it. Example: vigie demo
    /// --seed 7
    Demo(commands::demo::Demo),
    /// Analyses messages: JSON Lines in, the same with the analysis out. Example: vigie analyse
    /// --why messages.jsonl
    Analyse(commands::analyse::Analyse),
    /// Weighs messages as written by `analyse`, with dates and context. Example: vigie triage
    /// cases.jsonl
    Triage(commands::triage::Triage),
    /// Parses raw mails: what was written, quoted, signed. Example: vigie mail parse *.eml
    Mail(commands::mail::MailArgs),
    /// Computes statistics with their intervals. Example: vigie measure interval wilson 81 263
    Measure(commands::measure::Measure),
    /// Prints the description of the API. Example: vigie openapi > openapi.json
    Openapi,
    /// Benchmarks this machine; prints JSON. Example: vigie bench inbox --cases 100000
    Bench(commands::bench::Bench),
    /// Imports historical data from files. Example: vigie import messages --map
    /// external_id=id,text=body old.csv
    Import(commands::import::ImportArgs),
    /// Searches messages, even while the folder is served. Example: vigie search 'lost parcel
    /// kind:complaint since:2026-01-01'
    Search(commands::search::SearchArgs),
    /// Erases one person everywhere, with a proof that names nobody. Example: vigie erase
    /// jo@example.org
    Erase(commands::erase::Erase),
    /// Lists people past their retention term, and erases them. Example: vigie retention
    /// --dry-run
    Retention(commands::retention::Retention),
    /// Writes a whole instance, served or not, into one file. Example: vigie backup --data
    /// /var/lib/vigie vigie.backup
    Backup(commands::maintenance::Backup),
    /// Exports everything in open formats, into a folder of JSON Lines and files. Example: vigie
    /// export halvenne-2026
    Export(commands::maintenance::Export),
    /// Restores a backup into an empty folder. Example: vigie restore --data /var/lib/vigie
    /// vigie.backup
    Restore(commands::maintenance::Restore),
    /// Checks an instance and reports each problem with what to do. Example: vigie doctor --data
    /// /var/lib/vigie
    Doctor(commands::maintenance::Doctor),
    /// Seals the instance's secrets with a new key. Example: vigie secrets rotate --data
    /// /var/lib/vigie
    Secrets(commands::secrets::Secrets),
    /// Manages users. Example: vigie user add --email anne@example.org --name Anne --role agent
    User(commands::user::User),
}

/// Where the data is and where to listen.
#[derive(Args, Clone, Default)]
pub struct Open {
    /// The data folder.
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Address and port to listen on.
    #[arg(long, global = true, value_name = "ADDR:PORT")]
    pub listen: Option<SocketAddr>,
    /// PostgreSQL instead of the folder's own database.
    #[arg(long, global = true, value_name = "postgres://…")]
    pub database: Option<String>,
    /// A TOML file with the same names.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

impl Open {
    /// The settings given on the command line.
    pub fn overrides(&self) -> CliOverrides {
        CliOverrides {
            data: self.data.clone(),
            listen: self.listen,
            database: self.database.clone(),
        }
    }
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completion {
    /// All well.
    Success,
    /// Some input was refused, or a check failed.
    PartialFailure,
}

/// Runs a command; errors go to standard error as one sentence.
pub fn run(cli: Cli) -> ExitCode {
    // What is written is for its owner only, whatever the shell it was started from allows.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        tracing::debug!("a TLS provider was already installed");
    }
    // Errors in the settings are reported by the command that reads them.
    let traces = match &cli.command {
        Command::Serve(it) => Settings::read(it.config.as_ref(), &it.overrides())
            .ok()
            .and_then(|it| it.traces),
        _ => None,
    };
    let ended = observability::begin(traces.as_deref()).and_then(|_traces| execute(cli.command));
    match ended {
        Ok(Completion::Success) => ExitCode::SUCCESS,
        Ok(Completion::PartialFailure) => ExitCode::from(1),
        Err(error) => {
            eprintln!("vigie: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn execute(command: Command) -> anyhow::Result<Completion> {
    match command {
        Command::Analyse(it) => it.run(),
        Command::Triage(it) => it.run(),
        Command::Mail(it) => it.run(),
        Command::Measure(it) => it.run(),
        Command::Serve(it) => on_runtime(commands::serve::run(it)),
        Command::Demo(it) => on_runtime(it.run()),
        Command::Openapi => on_runtime(commands::openapi::run()),
        Command::Bench(it) => on_runtime(it.run()),
        Command::Import(it) => on_runtime(it.run()),
        Command::Search(it) => on_runtime(it.run()),
        Command::Erase(it) => on_runtime(it.run()),
        Command::Retention(it) => on_runtime(it.run()),
        Command::Backup(it) => on_runtime(it.run()),
        Command::Export(it) => on_runtime(it.run()),
        Command::Restore(it) => on_runtime(it.run()),
        Command::Doctor(it) => on_runtime(it.run()),
        Command::Secrets(it) => on_runtime(it.run()),
        Command::User(it) => on_runtime(it.run()),
    }
}

fn on_runtime(
    command: impl Future<Output = anyhow::Result<Completion>>,
) -> anyhow::Result<Completion> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(command)
}
