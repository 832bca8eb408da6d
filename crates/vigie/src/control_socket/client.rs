//! The calling side: hands commands over, and asks how the serving process is.

use std::{path::Path, time::Duration};

use anyhow::Context as _;
use futures::StreamExt as _;
use serde::Serialize;
use vigie_http::TaskRun;

use super::{events::OutputEvent, path};
use crate::{cli::Completion, commands::Output};

/// Hands a command to the process that serves the folder, and prints its output. Fails when
/// the command fails, or when no process answers.
pub async fn send_command(
    folder: &Path,
    command: &impl Serialize,
    output: &mut dyn Output,
) -> anyhow::Result<Completion> {
    let answer = hand_over(folder, command).await.with_context(|| {
        format!(
            "{} is being served, and nobody answers on its control socket: stop it first",
            folder.display()
        )
    })?;
    let mut parts = answer.bytes_stream();
    let mut waiting = Vec::new();
    while let Some(part) = parts.next().await {
        waiting.extend_from_slice(&part?);
        while let Some(end) = waiting.iter().position(|it| *it == b'\n') {
            let line: Vec<u8> = waiting.drain(..=end).collect();
            if let Some(completion) = tell(serde_json::from_slice(&line)?, output)? {
                return Ok(completion);
            }
        }
    }
    anyhow::bail!(
        "the process that serves {} stopped halfway: look at what was done",
        folder.display()
    )
}

/// How often, 100 ms apart, a socket is tried that may be about to open.
const MOST_TRIES: u32 = 30;

async fn hand_over(folder: &Path, command: &impl Serialize) -> reqwest::Result<reqwest::Response> {
    let client = client(folder)?;
    let mut tries = 0;
    loop {
        let request = client.post("http://vigie/command").json(command);
        match request.send().await {
            Err(error) if error.is_connect() && tries < MOST_TRIES => tries += 1,
            answer => return answer?.error_for_status(),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Writes what the command said; how it ended, once it has.
fn tell(event: OutputEvent, output: &mut dyn Output) -> anyhow::Result<Option<Completion>> {
    match event {
        OutputEvent::Say(line) => output.say(&line),
        OutputEvent::Error(line) => output.error(&line),
        OutputEvent::Progress(line) => output.progress(&line),
        OutputEvent::Ended(true) => return Ok(Some(Completion::Success)),
        OutputEvent::Ended(false) => return Ok(Some(Completion::PartialFailure)),
        OutputEvent::Failed(error) => anyhow::bail!(error),
    }
    Ok(None)
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
    let told = tokio::time::timeout(PATIENCE, told);
    let silent = "it does not answer: is it stopped, or stuck?";
    Ok(told.await.context(silent)??)
}

fn client(folder: &Path) -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .unix_socket(path(folder))
        .no_proxy()
        .build()
}
