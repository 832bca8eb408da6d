//! The serving side: runs the commands it is handed.

use anyhow::Context as _;
use axum::{
    Json, Router,
    body::Body,
    extract::State,
    routing::{get, post},
};
use futures::StreamExt as _;
use tokio::{net::UnixListener, sync::mpsc};
use vigie_http::TaskStatus as _;

use super::{events::OutputEvent, path};
use crate::{
    Instance,
    cli::Completion,
    commands::{Output, WriteCommand},
    tasks::TaskLog,
};

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
