//! The control socket: a socket in the data folder, for its owner only, through which commands
//! that write are handed to the process that serves the folder. Two processes never write to
//! one folder.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use axum::{Json, Router, body::Body, extract::State, routing::post};
use futures::StreamExt as _;
use serde::{Deserialize, Serialize};
use tokio::{net::UnixListener, sync::mpsc};

use crate::{
    Instance,
    cli::Ended,
    commands::{Errand, Voice},
};

/// The output of a command while it runs, one JSON object per line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Say(String),
    Complain(String),
    Progress(String),
    Ended(bool),
    Failed(String),
}

fn path(folder: &Path) -> PathBuf {
    folder.join("vigie.sock")
}

/// Whether a process serves the folder on its control socket.
pub fn answers(folder: &Path) -> bool {
    std::os::unix::net::UnixStream::connect(path(folder)).is_ok()
}

/// Opens the control socket; it closes with the process.
pub fn open(instance: Instance, folder: &Path) -> anyhow::Result<tokio::task::JoinHandle<()>> {
    use std::os::unix::fs::PermissionsExt as _;
    let path = path(folder);
    // Only our process can be here: the existing socket was left by a crashed one.
    if path.exists() {
        std::fs::remove_file(&path)?;
    }
    let listener =
        UnixListener::bind(&path).with_context(|| format!("cannot make {}", path.display()))?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    let routes = Router::new()
        .route("/errand", post(take))
        .with_state(instance);
    Ok(tokio::spawn(async move {
        if let Err(why) = axum::serve(listener, routes).await {
            tracing::error!(%why, "the side door broke");
        }
    }))
}

async fn take(State(instance): State<Instance>, Json(errand): Json<Errand>) -> Body {
    let (send, lines) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut voice = Afar(send.clone());
        let last = match errand.run(&instance, &mut voice).await {
            Ok(ended) => Line::Ended(ended == Ended::Well),
            Err(why) => Line::Failed(format!("{why:#}")),
        };
        drop(voice);
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

struct Afar(mpsc::UnboundedSender<Line>);

impl Voice for Afar {
    fn say(&mut self, line: &str) {
        drop(self.0.send(Line::Say(line.to_owned())));
    }

    fn complain(&mut self, line: &str) {
        drop(self.0.send(Line::Complain(line.to_owned())));
    }

    fn progress(&mut self, line: &str) {
        drop(self.0.send(Line::Progress(line.to_owned())));
    }
}

/// Hands a command to the process that serves the folder, and prints its output. Fails when
/// the command fails, or when no process answers.
pub async fn hand_in(
    folder: &Path,
    errand: &Errand,
    voice: &mut dyn Voice,
) -> anyhow::Result<Ended> {
    let nobody = || {
        format!(
            "{} is being served, and nobody answers at its side door: stop it first",
            folder.display()
        )
    };
    let client = reqwest::Client::builder()
        .unix_socket(path(folder))
        .no_proxy()
        .build()?;
    let mut tries = 0;
    let answer = loop {
        match client.post("http://vigie/errand").json(errand).send().await {
            // The serving process may be about to open the socket.
            Err(why) if why.is_connect() && tries < 30 => tries += 1,
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
                Line::Say(line) => voice.say(&line),
                Line::Complain(line) => voice.complain(&line),
                Line::Progress(line) => voice.progress(&line),
                Line::Ended(well) => {
                    return Ok(if well {
                        Ended::Well
                    } else {
                        Ended::SomeRefused
                    });
                }
                Line::Failed(why) => anyhow::bail!(why),
            }
        }
    }
    anyhow::bail!(
        "whoever serves {} stopped in the middle: look at what was done",
        folder.display()
    )
}
