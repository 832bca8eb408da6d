//! Everything leaves in open formats, and comes back in.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use vigie::export;
use vigie_model::{PastKind, Role};
use vigie_store::export::{LEFT, sheets};

use crate::{
    past::{spec, take},
    test_server::{TestServer, story},
};

fn lines(folder: &std::path::Path, sheet: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join(format!("{sheet}.jsonl"))).unwrap();
    text.lines()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect()
}

story!(
    every_table_leaves_or_says_why_it_stays,
    |server: TestServer| async move {
        let tables: BTreeSet<String> = server
            .instance
            .store
            .read()
            .await
            .unwrap()
            .exports()
            .tables()
            .await
            .unwrap()
            .into_iter()
            .collect();
        let told: BTreeSet<String> = sheets()
            .map(|it| it.table)
            .chain(LEFT.iter().map(|it| it.0))
            .map(str::to_owned)
            .collect();
        assert_eq!(tables, told);
    }
);

story!(
    what_leaves_is_whole_and_comes_back_in,
    |server: TestServer| async move {
        let lamp = server.hears("1", "My lamp arrived broken, écrasée").await;
        server.hears("2", "Where is my parcel?").await;
        server
            .post_messages(&json!({
                "external_id": "3",
                "in_reply_to": "2",
                "text": "Still waiting",
                "rating": 2,
            }))
            .await;
        let photo = json!({
            "external_id": "4",
            "text": "see",
            "attachments": [{"name": "a.pdf", "content": "JVBERi0xLjQKJSVFT0YK"}],
        });
        server.post_messages(&photo).await;
        let agent = server.named(Role::Agent, "Inès Carlier").await;
        agent
            .act(
                "POST",
                &format!("/api/v1/cases/{lamp}/notes"),
                json!({"text": "seen with the carrier"}),
            )
            .await;
        let here = tempfile::tempdir().unwrap();
        let folder = here.path().join("all");
        let written = export::write(&server.instance, &folder).await.unwrap();
        assert!(
            export::write(&server.instance, &folder).await.is_err(),
            "nothing is written over"
        );
        let rows: BTreeMap<_, _> = written.rows.iter().copied().collect();
        let facts = server
            .instance
            .store
            .read()
            .await
            .unwrap()
            .facts()
            .last()
            .await
            .unwrap();
        assert_eq!(
            (
                rows["messages"],
                rows["cases"],
                rows["notes"],
                rows["facts"]
            ),
            (4, 3, 1, facts as u64)
        );
        let mut by_table: BTreeMap<&str, u64> = BTreeMap::new();
        for sheet in sheets() {
            *by_table.entry(sheet.table).or_default() += rows[sheet.name];
        }
        for (table, rows) in by_table {
            let mut session = server.instance.store.read().await.unwrap();
            let there = session
                .one(format!("SELECT COUNT(*) AS n FROM {table}"), vec![])
                .await
                .unwrap()
                .int("n")
                .unwrap();
            assert_eq!(rows, there as u64, "{table}: no row stays behind");
        }
        let messages = lines(&folder, "messages");
        assert_eq!(messages[0]["text"], "My lamp arrived broken, écrasée");
        assert_eq!(messages[0]["author"]["email"], "jeanne@mail.example");
        assert_eq!(
            messages[1]["conversation"], messages[2]["conversation"],
            "one thread"
        );
        let attachment = &lines(&folder, "attachments")[0];
        let hash = attachment["sha256"].as_str().unwrap();
        assert_eq!(
            std::fs::read(
                folder
                    .join("files")
                    .join(hash.get(..2).unwrap())
                    .join(hash.get(2..).unwrap())
            )
            .unwrap(),
            b"%PDF-1.4\n%%EOF\n"
        );
        assert_eq!((written.files, written.lost.len()), (1, 0));
        let page = std::fs::read_to_string(folder.join("README.md")).unwrap();
        let cases = lines(&folder, "cases");
        for field in cases[0].as_object().unwrap().keys() {
            assert!(page.contains(&format!("`{field}`")), "{field} is described");
        }
        let all: String = sheets()
            .map(|it| std::fs::read_to_string(folder.join(format!("{}.jsonl", it.name))).unwrap())
            .collect();
        assert!(!all.contains(&server.api.secret), "no secret leaves");

        // Another instance takes it in: the same messages, threads and authors.
        let other = TestServer::sqlite().await;
        let (taken, refused) = take(
            &other,
            &spec(&[folder.join("messages.jsonl")], PastKind::Messages, &[]),
        )
        .await;
        assert_eq!((taken.counts.created, refused), (4, Vec::<String>::new()));
        let again = other
            .instance
            .store
            .read()
            .await
            .unwrap()
            .tallies()
            .read()
            .await
            .unwrap();
        assert_eq!(again.get("state:closed"), 3);
    }
);

story!(
    a_person_is_given_all_that_is_kept_about_them_and_nothing_of_others,
    |server: TestServer| async move {
        let lamp = server.hears("1", "My lamp arrived broken, écrasée").await;
        let other = json!({"external_id": "2", "text": "Secret of somebody \
            else", "author": {"email": "leo@mail.test"}});
        server.post_messages(&other).await;
        let photo = json!({
            "external_id": "3",
            "in_reply_to": "1",
            "text": "see <b>",
            "author": server.customer("Jeanne Roudaut", "jeanne@mail.example"),
            "attachments": [{"name": "a.pdf", "content": "JVBERi0xLjQKJSVFT0YK"}],
        });
        server.post_messages(&photo).await;
        let administrator = server.caller(Role::Administrator).await;
        administrator
            .act(
                "POST",
                &format!("/api/v1/cases/{lamp}/notes"),
                json!({"text": "seen with the carrier"}),
            )
            .await;
        let case = administrator.get(&format!("/api/v1/cases/{lamp}")).await;
        let id = case["customer"]["id"].as_str().unwrap();
        let copy = administrator
            .get(&format!("/api/v1/customers/{id}/copy"))
            .await;
        assert_eq!(copy["messages"].as_array().unwrap().len(), 2, "{copy}");
        assert_eq!(copy["accounts"][0]["email"], "jeanne@mail.example");
        assert_eq!(
            (
                copy["notes"][0]["text"].as_str(),
                copy["readings"].as_array().map(Vec::len)
            ),
            (Some("seen with the carrier"), Some(2))
        );
        assert!(
            !copy.to_string().contains("somebody else") && !copy.to_string().contains("leo@"),
            "{copy}"
        );
        assert!(server.history().await.contains("person.copied"));

        let here = tempfile::tempdir().unwrap();
        let folder = here.path().join("jeanne");
        let written = export::write_person(&server.instance, "jeanne@mail.example", &folder)
            .await
            .unwrap();
        assert_eq!((written.files, written.lost.len()), (1, 0));
        let page = std::fs::read_to_string(folder.join("person.fr.html")).unwrap();
        assert!(
            page.contains("<dt>nature</dt><dd class=\"words\" dir=\"auto\">réclamation</dd>"),
            "codes are said in words: {page}"
        );
        assert!(
            page.contains("écrasée")
                && page.contains("see &#60;b&#62;")
                && !page.contains("somebody else")
        );
        assert!(
            export::write_person(&server.instance, "nobody@mail.test", &here.path().join("x"))
                .await
                .is_err()
        );
    }
);
