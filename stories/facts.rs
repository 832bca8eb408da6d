//! The history: gapless, in order, without words.

use std::time::Duration;

use serde_json::json;
use vigie_model::{Act, Actor, Role};
use vigie_store::FactDraft;

use crate::test_server::{TestServer, story};

story!(
    facts_are_gapless_and_in_order_under_interleaved_slow_commits,
    |server: TestServer| async move {
        let store = server.instance.store.clone();
        let watching = store.clone();
        let watcher = tokio::spawn(async move {
            // Whatever was seen stays the beginning of what is seen later: no number ever appears
            // behind a higher one.
            let mut seen: Vec<i64> = Vec::new();
            while seen.len() < 60 {
                let facts = watching
                    .read()
                    .await
                    .unwrap()
                    .facts()
                    .after(0, 1_000)
                    .await
                    .unwrap();
                let numbers: Vec<_> = facts.iter().map(|fact| fact.number).collect();
                assert!(numbers.starts_with(&seen), "{numbers:?} after {seen:?}");
                seen = numbers;
                tokio::time::sleep(Duration::from_millis(3)).await;
            }
            seen
        });
        let base = store.read().await.unwrap().facts().last().await.unwrap();
        let writers: Vec<_> = (0..60u64)
            .map(|number| {
                let store = store.clone();
                tokio::spawn(async move {
                    let mut write = store.write(Actor::System).await.unwrap();
                    write.fact(FactDraft::new(Act::SettingChanged).number("writer", number as i64));
                    tokio::time::sleep(Duration::from_millis(number * 7 % 23)).await;
                    if number % 5 == 0 {
                        // Given up: its number is taken by the next.
                        return false;
                    }
                    write.commit().await.unwrap();
                    true
                })
            })
            .collect();
        let mut committed = 0;
        for writer in writers {
            committed += i64::from(writer.await.unwrap());
        }
        for _ in committed + base..60 {
            let mut write = store.write(Actor::System).await.unwrap();
            write.fact(FactDraft::new(Act::SettingChanged));
            write.commit().await.unwrap();
        }
        let seen = watcher.await.unwrap();
        assert_eq!(seen[..60], (1..=60).collect::<Vec<_>>()[..]);
        assert_eq!(committed, 48);
    }
);

story!(
    what_is_committed_is_on_the_disk,
    |server: TestServer| async move {
        let mut session = server.instance.store.database().begin().await.unwrap();
        if session.is_postgres() {
            // The server's own choice; ours would be to change it, and we do not.
            let row = session
                .one("SHOW synchronous_commit", vec![])
                .await
                .unwrap();
            assert_eq!(row.text("synchronous_commit").unwrap(), "on");
        } else {
            // 2 is FULL: the log is synced before a commit returns.
            assert_eq!(
                session
                    .one("PRAGMA synchronous", vec![])
                    .await
                    .unwrap()
                    .int("synchronous")
                    .unwrap(),
                2
            );
            let mode = session.one("PRAGMA journal_mode", vec![]).await.unwrap();
            assert_eq!(mode.text("journal_mode").unwrap(), "wal");
        }
    }
);

story!(
    no_words_ever_enter_the_history,
    |server: TestServer| async move {
        let planted = [
            "PLANTED-TEXT",
            "PLANTED-NAME",
            "planted@mail.example",
            "PLANTED-NOTE",
            "PLANTED-ANSWER",
            "PLANTED-REF",
            "PLANTED-ORDER",
        ];
        let lead = server.named(Role::Administrator, "Inès Carlier").await;
        server
            .post_messages(&json!([
                {
                    "external_id": "1",
                    "text": "PLANTED-TEXT where is my parcel?",
                    "author": {"name": "PLANTED-NAME", "email": "planted@mail.example"},
                    "order": "PLANTED-ORDER",
                },
                {"external_id": "2", "text": ""},
            ]))
            .await;
        server
            .post_messages(&json!({"external_id": "1", "text": "PLANTED-TEXT again"}))
            .await;
        let case = lead.get("/api/v1/cases?view=open").await["cases"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let path = |thing: &str| format!("/api/v1/cases/{case}/{thing}");
        let seen = lead.get(&format!("/api/v1/cases/{case}")).await["stamp"].clone();
        lead.act(
            "POST",
            &path("notes"),
            json!({"text": "PLANTED-NOTE @Inès"}),
        )
        .await;
        lead.act(
            "PUT",
            &path("draft"),
            json!({"text": "PLANTED-ANSWER", "visibility": "private"}),
        )
        .await;
        let promise = json!({"text": "PLANTED-ANSWER", "due_at": "2026-12-24T18:00:00+01:00"});
        lead.act(
            "POST",
            &path("answers"),
            json!({"text": "PLANTED-ANSWER \
            Inès", "visibility": "private", "seen": seen, "promise": promise}),
        )
        .await;
        let fields = [
            ("how", "solved"),
            ("evidence", "refund"),
            ("reference", "PLANTED-REF"),
        ];
        assert_eq!(
            lead.form("PUT", &path("closure"), &fields, None).await.0,
            200
        );
        let body = json!({
            "title": "PLANTED-TEXT",
            "text_fr": "PLANTED-TEXT",
            "text_en": "PLANTED-TEXT",
            "owner": lead.id,
            "expires_at": "2027-01-01T00:00:00Z",
        });
        lead.act("POST", "/api/v1/cards", body).await;
        lead.act(
            "POST",
            "/api/v1/people",
            json!({"role": "agent", "email": "planted@mail.example"}),
        )
        .await;
        let history = server.history().await;
        for words in planted {
            assert!(!history.contains(words), "{words} in {history}");
        }
        assert!(
            history.contains("case.closed")
                && history.contains("message.revised")
                && history.contains("item.refused")
        );
    }
);

story!(
    programs_follow_the_history,
    |server: TestServer| async move {
        server.hears("1", "Where is my parcel?").await;
        let url = format!("{}/api/v1/facts?after=0&limit=1000", server.address);
        let answer = crate::test_server::client()
            .get(url)
            .bearer_auth(&server.key)
            .send()
            .await
            .unwrap();
        let facts: serde_json::Value = answer.json().await.unwrap();
        let numbers: Vec<_> = facts
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["number"].as_i64().unwrap())
            .collect();
        assert_eq!(numbers, (1..=numbers.len() as i64).collect::<Vec<_>>());
    }
);

#[tokio::test]
async fn sqlite_syncs_fully_at_each_commit() {
    let server = TestServer::sqlite().await;
    let mut session = server.instance.store.database().begin().await.unwrap();
    let row = session
        .one(
            "SELECT CAST(synchronous AS BIGINT) AS level FROM pragma_synchronous",
            vec![],
        )
        .await
        .unwrap();
    assert_eq!(row.int("level").unwrap(), 2, "2 is FULL");
    let row = session
        .one(
            "SELECT journal_mode AS mode FROM pragma_journal_mode",
            vec![],
        )
        .await
        .unwrap();
    assert_eq!(row.text("mode").unwrap(), "wal");
}
