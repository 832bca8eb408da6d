//! Two servers never open one folder; commands that write go through whoever serves it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

fn vigie(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vigie"));
    command.args(arguments).arg("--data").arg(folder);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that reads nothing may close its input first.
    drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        // It may have stopped by itself.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn serve(folder: &Path) -> Served {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vigie"));
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|it| it.unwrap().contains("/welcome/")));
    Served(child)
}

#[test]
fn commands_that_write_go_through_whoever_serves() {
    let here = tempfile::tempdir().unwrap();
    let folder = here.path().join("data");
    let served = serve(&folder);
    let second = vigie(&folder, &["serve", "--listen", "127.0.0.1:0"], "");
    assert_eq!(second.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&second.stderr).contains("another Vigie is serving"));

    let add = [
        "user",
        "add",
        "--email",
        "anne@halvenne.example",
        "--name",
        "Anne",
    ];
    assert!(vigie(&folder, &add, "a long password\n").status.success());
    let again = vigie(&folder, &add, "a long password\n");
    assert_eq!(again.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&again.stderr).contains("already an account"),
        "what failed there is said here"
    );

    let table = here.path().join("old.csv");
    std::fs::write(
        &table,
        "id,text\n1,The lamp broke\n2,Where is my parcel?\n3\n",
    )
    .unwrap();
    let take = ["import", "messages", "--json", table.to_str().unwrap()];
    let taken = vigie(&folder, &take, "");
    assert_eq!(taken.status.code(), Some(1), "one record is broken");
    assert!(String::from_utf8_lossy(&taken.stderr).contains("old.csv:4: this record has 1 cells"));
    let report: serde_json::Value = serde_json::from_str(said(&taken).trim()).unwrap();
    assert_eq!(
        (&report["created"], &report["refused"]),
        (&2.into(), &1.into())
    );
    let found = (0..50).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        said(&vigie(&folder, &["search", "lamp"], "")).contains("The lamp broke")
    });
    assert!(found, "what was taken in is found beside the server");
    drop(served);

    // A dead server leaves its socket and its lock's file; neither keeps anybody out.
    assert!(said(&vigie(&folder, &["user", "list"], "")).contains("anne@halvenne.example"));
    let undone = vigie(
        &folder,
        &["import", "--undo", report["import"].as_str().unwrap()],
        "",
    );
    assert!(
        said(&undone).starts_with("2 taken out"),
        "{}",
        said(&undone)
    );
    let mut session = vigie(&folder, &["search", "--rebuild"], "");
    assert!(
        said(&session).contains("holds 0 messages"),
        "{}",
        said(&session)
    );
    session = vigie(&folder, &["search", "lamp (x"], "");
    assert_eq!(session.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&session.stderr)
            .contains("     ^ this parenthesis is never closed")
    );
}
