//! The control socket: a socket in the data folder, for its owner only, through which commands
//! that write are handed to the process that serves the folder. Two processes never write to
//! one folder.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context as _;
use axum::{
    Json, Router,
    body::Body,
    extract::State,
    routing::{get, post},
};
use futures::StreamExt as _;
use serde::{Deserialize, Serialize};
use tokio::{net::UnixListener, sync::mpsc};

use vigie_http::{TaskRun, TaskStatus as _};

use crate::{
    Instance,
    cli::Completion,
    commands::{Output, WriteCommand},
    tasks::TaskLog,
};

/// The output of a command while it runs, one JSON object per line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OutputEvent {
    Say(String),
    Error(String),
    Progress(String),
    Ended(bool),
    Failed(String),
}

fn path(folder: &Path) -> PathBuf {
    folder.join("vigie.sock")
}

/// Whether a process serves the folder on its control socket.
pub fn is_listening(folder: &Path) -> bool {
    std::os::unix::net::UnixStream::connect(path(folder)).is_ok()
}

/// Opens the control socket; it closes with the process.
pub fn open(instance: Instance, log: TaskLog) -> anyhow::Result<tokio::task::JoinHandle<()>> {
    use std::os::unix::fs::PermissionsExt as _;
    let path = path(&instance.folder);
    // Only our process can be here: the existing socket was left by a crashed one.
    if path.exists() {
        std::fs::remove_file(&path)?;
    }
    let listener =
        UnixListener::bind(&path).with_context(|| format!("cannot make {}", path.display()))?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    let routes = Router::new()
        .route("/command", post(handle_command))
        .route("/tasks", get(move || async move { Json(log.tasks()) }))
        .with_state(instance);
    Ok(tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, routes).await {
            tracing::error!(%error, "the control socket broke");
        }
    }))
}

async fn handle_command(
    State(instance): State<Instance>,
    Json(command): Json<WriteCommand>,
) -> Body {
    let (send, lines) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut output = RemoteOutput(send.clone());
        let last = match command.run(&instance, &mut output).await {
            Ok(ended) => OutputEvent::Ended(ended == Completion::Success),
            Err(error) => OutputEvent::Failed(format!("{error:#}")),
        };
        drop(output);
        // The caller may have gone; the command finishes all the same.
        drop(send.send(last));
    });
    let lines = futures::stream::unfold(lines, |mut lines| async move {
        Some((lines.recv().await?, lines))
    });
    Body::from_stream(lines.map(|line| {
        let text = serde_json::to_string(&line).map_err(std::io::Error::other)?;
        Ok::<_, std::io::Error>(format!("{text}\n"))
    }))
}

struct RemoteOutput(mpsc::UnboundedSender<OutputEvent>);

impl Output for RemoteOutput {
    fn say(&mut self, line: &str) {
        drop(self.0.send(OutputEvent::Say(line.to_owned())));
    }

    fn error(&mut self, line: &str) {
        drop(self.0.send(OutputEvent::Error(line.to_owned())));
    }

    fn progress(&mut self, line: &str) {
        drop(self.0.send(OutputEvent::Progress(line.to_owned())));
    }
}

/// Hands a command to the process that serves the folder, and prints its output. Fails when
/// the command fails, or when no process answers.
pub async fn send_command(
    folder: &Path,
    command: &WriteCommand,
    output: &mut dyn Output,
) -> anyhow::Result<Completion> {
    let nobody = || {
        format!(
            "{} is being served, and nobody answers on its control socket: stop it first",
            folder.display()
        )
    };
    let client = client(folder)?;
    let mut tries = 0;
    let answer = loop {
        match client
            .post("http://vigie/command")
            .json(command)
            .send()
            .await
        {
            // The serving process may be about to open the socket.
            Err(error) if error.is_connect() && tries < 30 => tries += 1,
            answer => break answer.with_context(nobody)?,
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    };
    let mut answer = answer
        .error_for_status()
        .with_context(nobody)?
        .bytes_stream();
    let mut waiting = Vec::new();
    while let Some(part) = answer.next().await {
        waiting.extend_from_slice(&part?);
        while let Some(end) = waiting.iter().position(|it| *it == b'\n') {
            let line: Vec<u8> = waiting.drain(..=end).collect();
            match serde_json::from_slice(&line)? {
                OutputEvent::Say(line) => output.say(&line),
                OutputEvent::Error(line) => output.error(&line),
                OutputEvent::Progress(line) => output.progress(&line),
                OutputEvent::Ended(well) => {
                    return Ok(if well {
                        Completion::Success
                    } else {
                        Completion::PartialFailure
                    });
                }
                OutputEvent::Failed(error) => anyhow::bail!(error),
            }
        }
    }
    anyhow::bail!(
        "whoever serves {} stopped in the middle: look at what was done",
        folder.display()
    )
}

/// How long a process that serves may take to say how it goes.
const PATIENCE: Duration = Duration::from_secs(5);

/// How the background tasks of the process that serves the folder go.
///
/// # Errors
/// When nobody answers on the control socket.
pub async fn tasks(folder: &Path) -> anyhow::Result<Vec<TaskRun>> {
    let client = client(folder)?;
    let told = async {
        let answer = client.get("http://vigie/tasks").send().await?;
        answer.error_for_status()?.json().await
    };
    let told = tokio::time::timeout(PATIENCE, told).await;
    Ok(told.context("it does not answer: is it stopped, or stuck?")??)
}

fn client(folder: &Path) -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .unix_socket(path(folder))
        .no_proxy()
        .build()
}
