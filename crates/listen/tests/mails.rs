//! More than two hundred mails written for this project over the traps of real mailboxes, French
//! and English: each beside what a good reader shows.

use std::{collections::BTreeMap, fs, path::PathBuf};

use serde_json::Value;
use vigie_listen::mail::parse;

#[test]
fn every_mail_is_read_as_a_good_reader_would() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/mails");
    let (mut mails, mut wrong) = (0, BTreeMap::<String, Vec<String>>::new());
    for lang in ["en", "fr"] {
        let mut paths: Vec<_> = fs::read_dir(folder.join(lang))
            .unwrap()
            .map(|it| it.unwrap().path())
            .collect();
        paths.retain(|it| it.extension().is_some_and(|it| it == "eml"));
        paths.sort();
        for path in paths {
            mails += 1;
            let name = format!("{lang}/{}", path.file_stem().unwrap().to_string_lossy());
            let expected: Value =
                serde_json::from_slice(&fs::read(path.with_extension("json")).unwrap()).unwrap();
            let read = serde_json::to_value(parse(&fs::read(&path).unwrap())).unwrap();
            for (field, value) in expected.as_object().unwrap() {
                let (given, wanted) = (plain(&read[field]), plain(value));
                if given != wanted {
                    wrong
                        .entry(name.clone())
                        .or_default()
                        .push(format!("{field}: {given}\n      not {wanted}"));
                }
            }
        }
    }
    assert!(mails >= 200, "only {mails} mails");
    let said: Vec<_> = wrong
        .iter()
        .map(|(name, why)| format!("{name}\n    {}", why.join("\n    ")))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {mails} mails:\n{}",
        wrong.len(),
        said.join("\n")
    );
}

/// Texts compare without trailing blanks and without blank lines: how many separate paragraphs is
/// taste.
fn plain(value: &Value) -> Value {
    match value {
        Value::String(text) if text.contains('\n') || text.ends_with(' ') => {
            let lines = text.lines().map(str::trim_end).filter(|it| !it.is_empty());
            Value::String(lines.collect::<Vec<_>>().join("\n").trim().to_owned())
        }
        Value::String(text) => Value::String(text.trim().to_owned()),
        Value::Array(items) => Value::Array(items.iter().map(plain).collect()),
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .map(|(key, value)| (key.clone(), plain(value)))
                .collect(),
        ),
        other => other.clone(),
    }
}

/// Every word of a text goes to exactly one of its three parts.
fn lossless(text: &str, is_reply: bool) {
    let split = vigie_listen::mail::split(text, is_reply);
    let mut whole: Vec<&str> = text.split_whitespace().collect();
    let parts = [&split.visible, &split.quoted, &split.signature];
    let mut parts: Vec<&str> = parts.iter().flat_map(|it| it.split_whitespace()).collect();
    whole.sort_unstable();
    parts.sort_unstable();
    assert_eq!(whole, parts);
}

fn line() -> impl proptest::strategy::Strategy<Value = String> {
    proptest::prop_oneof![
        "[a-zé .:>-]{0,30}",
        "> [a-z ]{0,20}",
        proptest::sample::select(vec![
            "Le lun. 2 mars 2026 à 10:14, Halvenne <s@h.example> a écrit :",
            "On Mon, 2 Mar 2026 at 10:14, H <s@h.example> wrote:",
            "-----Original Message-----",
            "---------- Forwarded message ---------",
            "From: a",
            "Sent: b",
            "To: c",
            "Subject: d",
            "-- ",
            "Envoyé de mon iPhone",
            "",
        ])
        .prop_map(str::to_owned),
    ]
}

use proptest::strategy::Strategy as _;

proptest::proptest! {
    #[test]
    fn no_word_of_a_text_is_lost(
        lines in proptest::collection::vec(line(), 0..20),
        is_reply: bool,
    ) {
        lossless(&lines.join("\n"), is_reply);
    }

    #[test]
    fn any_bytes_are_a_mail(raw: Vec<u8>) {
        parse(&raw);
    }

    #[test]
    fn any_damage_leaves_a_mail(cut in 0_usize..2_000, byte: u8) {
        let mut raw = include_bytes!("mails/fr/001-gmail-web-manteau-en-retard.eml").to_vec();
        let at = cut % raw.len();
        raw[at] = byte;
        parse(&raw);
        raw.truncate(at);
        parse(&raw);
    }
}
