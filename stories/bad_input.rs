//! Every door expects nonsense: a clear error or inert text, and nothing lost around it.

use serde_json::{Value, json};
use vigie_model::Role;

use crate::test_server::{TestServer, client, pixel, story};

async fn raw(server: &TestServer, body: Vec<u8>) -> (u16, String) {
    let url = format!("{}/api/v1/messages", server.address);
    let answer = client()
        .post(url)
        .bearer_auth(&server.key)
        .body(body)
        .send()
        .await
        .unwrap();
    let status = answer.status().as_u16();
    let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    (
        status,
        body["type"]
            .as_str()
            .unwrap_or_default()
            .replace("urn:vigie:problem:", ""),
    )
}

story!(
    bodies_that_are_no_messages,
    |server: TestServer| async move {
        assert_eq!(
            raw(&server, vec![b' '; 10 * 1024 * 1024]).await,
            (413, "body_too_large".into())
        );
        assert_eq!(
            raw(&server, b"{\"text\": \"\xff\xfe\"}".to_vec()).await,
            (400, "not_json".into())
        );
        assert_eq!(
            raw(&server, "[".repeat(10_000).into_bytes()).await,
            (400, "not_json".into())
        );
        assert_eq!(
            raw(&server, br#"{"text": "\ud800"}"#.to_vec()).await,
            (400, "not_json".into())
        );
        assert_eq!(raw(&server, b"".to_vec()).await, (400, "not_json".into()));
        let many: Vec<_> = (0..1_001)
            .map(|it| json!({"external_id": it.to_string(), "text": "x"}))
            .collect();
        assert_eq!(
            raw(&server, serde_json::to_vec(&many).unwrap()).await,
            (400, "too_many_items".into())
        );
        let (status, answer) = server
            .post_messages(&json!({"external_id": "1", "text": "the server still stands"}))
            .await;
        assert_eq!(
            (status, answer["results"][0]["status"].as_str()),
            (200, Some("created"))
        );
    }
);

story!(wrong_keys_open_nothing, |server: TestServer| async move {
    let url = format!("{}/api/v1/messages", server.address);
    for key in ["", "wrong", "vg_storystorystorx", "Bearer"] {
        let answer = client()
            .post(&url)
            .bearer_auth(key)
            .body("{}")
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status().as_u16(), 401, "{key}");
    }
});

story!(
    hostile_words_in_every_field_stay_inert,
    |server: TestServer| async move {
        let script = "<script>alert(1)</script>";
        let hostile = "\u{202e}\u{200b}<img src=x onerror=alert(1)> '; DROP TABLE cases; --";
        let flood = format!("a{}", "\u{0301}".repeat(5_000));
        let batch = json!([
            {
                "external_id": script,
                "text": hostile,
                "title": script,
                "url": "javascript:alert(1)",
                "conversation": script,
                "author": {
                    "name": script,
                    "handle": hostile,
                    "email": "not an address",
                    "phone": "<>",
                },
                "order": script,
                "html": format!("<p onclick='x()'>{script}<a href='javascript:x()'>x</a></p>"),
                "counts": {"<b>": 1},
            },
            {"external_id": "flood", "text": flood},
            {"external_id": "nul", "text": "a\u{0}b"},
            {"external_id": "future", "text": "x", "at": "2099-01-01T00:00:00Z"},
            {
                "external_id": "files",
                "text": "x",
                "attachments": [{"name": "../../etc/passwd.png", "content": base64(&pixel())}],
            },
            {
                "external_id": "disguised",
                "text": "x",
                "attachments": [{"name": "photo.png", "content": base64(b"MZ\x90 a program")}],
            },
            {
                "external_id": "svg",
                "text": "x",
                "attachments": [{"name": "photo.svg", "content": base64(b"<svg onload=alert(1)>")}],
            },
            "not an object",
            null,
            3,
        ]);
        let (status, answer) = server.post_messages(&batch).await;
        let statuses: Vec<_> = answer["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["status"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(status, 200);
        let expected = [
            "created", "created", "refused", "refused", "created", "refused", "refused", "refused",
            "refused", "refused",
        ];
        assert_eq!(statuses, expected, "{answer}");
        let lead = server.caller(Role::Lead).await;
        let rows = lead.get("/api/v1/cases?view=open").await;
        for row in rows["cases"].as_array().unwrap() {
            let case = lead
                .get(&format!("/api/v1/cases/{}", row["id"].as_str().unwrap()))
                .await;
            for message in case["messages"].as_array().unwrap() {
                let html = message["html"].as_str().unwrap_or_default();
                assert!(
                    !html.contains("script")
                        && !html.contains("onclick")
                        && !html.contains("javascript"),
                    "{html}"
                );
                assert!(message["url"].is_null());
                for file in message["files"].as_array().unwrap() {
                    assert_eq!(file["name"], "passwd.png");
                }
            }
        }
        assert_eq!(
            lead.get("/api/v1/refused").await["items"]
                .as_array()
                .unwrap()
                .len(),
            7
        );
    }
);

fn base64(bytes: &[u8]) -> String {
    base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes)
}

story!(
    forms_with_disguised_photos_keep_the_words,
    |server: TestServer| async move {
        let nobody = server.nobody();
        let photo = Some(("photos", "photo.jpg", b"MZ a program".to_vec()));
        let (status, page) = nobody
            .form(
                "POST",
                "/f/story-form?lang=en",
                &[("text", "My lamp <b>broke</b>")],
                photo,
            )
            .await;
        let page = page.as_str().unwrap();
        assert!(status == 422 && page.contains("role=\"alert\""), "{page}");
        assert!(
            page.contains(">My lamp &#60;b&#62;broke&#60;/b&#62;</textarea>"),
            "a refused file loses nothing that was typed: {page}"
        );
        let (status, page) = nobody
            .form(
                "POST",
                "/f/story-form?lang=en",
                &[("text", "  "), ("name", "Jo\"><script>")],
                None,
            )
            .await;
        let page = page.as_str().unwrap();
        assert!(
            status == 422 && page.contains("Jo&#34;&#62;&#60;script&#62;"),
            "what was typed is still there, inert: {page}"
        );
        let lead = server.caller(Role::Lead).await;
        assert!(
            lead.get("/api/v1/cases?view=open").await["cases"]
                .as_array()
                .unwrap()
                .is_empty()
        );
    }
);

story!(
    requests_that_make_no_sense_are_said_to,
    |server: TestServer| async move {
        let lead = server.caller(Role::Administrator).await;
        for path in [
            "/api/v1/cases?view=nowhere",
            "/api/v1/cases?view=open&after=x",
            "/api/v1/customers?after=zzz",
        ] {
            assert_eq!(lead.call("GET", path, None).await.0, 400, "{path}");
        }
        let nil = "/api/v1/cases/00000000-0000-0000-0000-000000000000";
        assert_eq!(lead.call("GET", nil, None).await.0, 404);
        assert_eq!(
            lead.call("GET", "/api/v1/cases/not-an-id", None).await.0,
            400
        );
        assert_eq!(
            lead.refused("POST", "/api/v1/cards", json!({"title": 3}))
                .await,
            "wrong_shape"
        );
        let hours = json!({"opening_hours": "whenever"});
        assert_eq!(
            lead.refused(
                "PATCH",
                &format!("/api/v1/brands/{}", server.brand.id),
                hours
            )
            .await,
            "hours_wrong"
        );
        let inside = "/api/v1/picture?url=http://169.254.169.254/latest/meta-data";
        assert_eq!(
            lead.call("GET", inside, None).await.0,
            422,
            "pictures never reach the server's own network"
        );
        let (status, _) = lead
            .call("GET", "/api/v1/picture?url=http://localhost:1/x.png", None)
            .await;
        assert_eq!(status, 422);
    }
);

story!(
    what_a_proxy_says_is_believed_from_a_private_address_only,
    |server: TestServer| async move {
        // The story's server is told that a proxy stands in front, and callers come from this
        // machine: each address the proxy tells has tries of its own, and one of them does not shut
        // the others out.
        let get = async |from: &str| {
            let request = crate::test_server::client()
                .get(format!("{}/c/{:064}", server.address, 1))
                .header("x-forwarded-for", from);
            request.send().await.unwrap().status().as_u16()
        };
        // Slow machines give tries back meanwhile: it is tried until the limit shows.
        let shut = async |from: &str| {
            for _ in 0..300 {
                if get(from).await == 429 {
                    return true;
                }
            }
            false
        };
        assert!(shut("198.51.100.7").await);
        assert_eq!(get("198.51.100.8").await, 404);
        // Only the last word is the proxy's own: what stands before it anybody can write, and it
        // opens no new count.
        let mut answers = Vec::new();
        for number in 0..40 {
            answers.push(get(&format!("203.0.113.{number}, 198.51.100.7")).await);
        }
        assert!(answers.contains(&429), "{answers:?}");
    }
);

story!(
    an_address_without_its_field_is_told_which,
    |server: TestServer| async move {
        let agent = server.caller(Role::Agent).await;
        for (path, says) in [
            ("/api/v1/cases", "`view` is missing"),
            (
                "/api/v1/cases?view=open&limit=many",
                "`limit` has a wrong value",
            ),
            (
                "/api/v1/search?q=lamp&counts=perhaps",
                "`counts` has a wrong value",
            ),
        ] {
            let (status, problem) = agent.call("GET", path, None).await;
            assert_eq!(
                (status, problem["type"].as_str()),
                (400, Some("urn:vigie:problem:query_wrong_shape")),
                "{problem}"
            );
            assert!(
                problem["detail"].as_str().unwrap().contains(says),
                "{problem}"
            );
        }
    }
);
