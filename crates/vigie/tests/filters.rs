//! The filters as anybody runs them: lines in, lines out, bad ones said and skipped.
#![expect(clippy::expect_used, reason = "tests fail by panicking")]

use std::{
    io::Write as _,
    process::{Command, Output, Stdio},
};

fn run(arguments: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vigie"));
    let mut child = command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(input)
        .expect("it reads");
    child.wait_with_output().expect("it ends")
}

fn lines(output: &Output) -> Vec<serde_json::Value> {
    let text = String::from_utf8(output.stdout.clone()).expect("UTF-8");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

#[test]
fn analyse_reads_carries_through_and_skips_bad_lines() {
    let input = b"\xef\xbb\xbf{\"id\": 1, \"text\": \"Bonjour, ma commande n'est toujours pas \
        arriv\xc3\xa9e !\", \"extra\": {\"kept\": true}}\n\
        not json\n\xff\xfe\n\n[1]\n{\"id\": 2}\n{\"text\": \"\\ud800\"}\n{\"id\": \
        3, \"text\": \"\"}\n";
    let output = run(&["analyse", "--why"], input);
    assert_eq!(output.status.code(), Some(1));
    let found = lines(&output);
    assert_eq!(found.len(), 2);
    let first = found.first().expect("one");
    assert_eq!(
        first.pointer("/extra/kept"),
        Some(&serde_json::Value::Bool(true))
    );
    assert_eq!(first.get("lang"), Some(&serde_json::Value::from("fr")));
    let errors = String::from_utf8(output.stderr).expect("UTF-8");
    let places: Vec<_> = errors
        .lines()
        .map(|line| line.split(": ").next().unwrap_or_default())
        .collect();
    assert_eq!(places, ["-:2", "-:3", "-:5", "-:6", "-:7"]);
}

#[test]
fn triage_weighs_what_analyse_writes() {
    let analysed = run(
        &["analyse"],
        b"{\"id\": \"a\", \"text\": \"My oven is on fire\"}\n",
    );
    let mut line: serde_json::Value = lines(&analysed).remove(0);
    line["now"] = "2026-11-17T10:10:00Z".into();
    line["received_at"] = "2026-11-17T10:00:00Z".into();
    let output = run(
        &["triage"],
        format!("{line}\n{{\"id\": \"b\"}}\n").as_bytes(),
    );
    assert_eq!(
        output.status.code(),
        Some(1),
        "the second line has no dates"
    );
    let weighed = lines(&output);
    let first = weighed.first().expect("one");
    assert_eq!(first.get("queue"), Some(&serde_json::Value::from("now")));
    let sum = |axis: &str| -> i64 {
        let reasons = first["reasons"].as_array().expect("reasons");
        reasons
            .iter()
            .filter(|it| it["axis"] == axis)
            .filter_map(|it| it["points"].as_i64())
            .sum()
    };
    assert_eq!(Some(sum("importance")), first["importance"].as_i64());
    assert_eq!(Some(sum("urgency")), first["urgency"].as_i64());
}

#[test]
fn strict_stops_and_wrong_usage_is_2() {
    let output = run(&["analyse", "--strict"], b"bad\n{\"text\": \"good\"}\n");
    assert_eq!((output.status.code(), lines(&output).len()), (Some(1), 0));
    assert_eq!(
        run(&["analyse", "no-such-file"], b"").status.code(),
        Some(2)
    );
    assert_eq!(
        run(&["measure", "interval", "wilson", "5", "3"], b"")
            .status
            .code(),
        Some(2)
    );
    let output = run(&["measure", "interval", "wilson", "81", "263"], b"");
    let found = lines(&output).remove(0);
    assert!(
        (found["low"].as_f64().unwrap_or_default() - 0.2553).abs() < 5e-5,
        "{found}"
    );
}

#[test]
fn a_mistyped_configuration_is_refused_with_its_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("vigie.toml");
    std::fs::write(&file, "lisen = 1\n").expect("it writes");
    let output = run(&["serve", "--config", &file.display().to_string()], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("lisen"));
}
