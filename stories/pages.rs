//! Customers' pages under what happens to them: two clicks, a pause, a text one cannot read.

use serde_json::{Value, json};
use vigie_model::Role;

use crate::test_server::{Caller, TestServer, story};

/// The value of the hidden field that a page was shown with.
async fn once(nobody: &Caller, path: &str) -> String {
    let (status, page) = nobody.page(path).await;
    assert_eq!(status, 200, "{page}");
    let value = page.split("name=\"once\" value=\"").nth(1).unwrap();
    value.split('"').next().unwrap().to_owned()
}

fn link(confirmed: &Value) -> String {
    let confirmed = confirmed.as_str().unwrap();
    let address = confirmed.split("http://story.example").nth(1).unwrap();
    address.split('?').next().unwrap().to_owned()
}

story!(
    two_clicks_are_one_message,
    |server: TestServer| async move {
        let nobody = server.nobody();
        let shown = once(&nobody, "/f/story-form").await;
        assert_ne!(
            shown,
            once(&nobody, "/f/story-form").await,
            "each showing has its own"
        );
        let fields = [("text", "My kettle is broken"), ("once", &*shown)];

        let twice = futures::future::join(
            nobody.form("POST", "/f/story-form", &fields, None),
            nobody.form("POST", "/f/story-form", &fields, None),
        );
        let ((first, one), (second, other)) = twice.await;

        assert_eq!((first, second), (200, 200), "{one} {other}");
        assert_eq!(link(&one), link(&other), "both lead to the same case");
        let lead = server.caller(Role::Lead).await;
        let page = lead.get("/api/v1/cases?view=open").await;
        assert_eq!(page["cases"].as_array().unwrap().len(), 1, "{page}");

        // Other words from the same page are another message.
        let fields = [("text", "And the lid too"), ("once", &*shown)];
        let (status, third) = nobody.form("POST", "/f/story-form", &fields, None).await;
        assert_eq!(status, 200, "{third}");
        assert_ne!(link(&third), link(&one));

        // The private page likewise.
        let path = link(&one);
        let shown = once(&nobody, &path).await;
        let fields = [("text", "Any news?"), ("once", &*shown)];
        for _ in 0..2 {
            let (status, _) = nobody.form("POST", &path, &fields, None).await;
            assert_eq!(status, 303);
        }
        let (_, page) = nobody.page(&path).await;
        assert_eq!(page.matches("Any news?").count(), 1, "{page}");
    }
);

story!(
    a_form_that_is_closed_meanwhile_keeps_what_was_typed,
    |server: TestServer| async move {
        let administrator = server.caller(Role::Administrator).await;
        let nobody = server.nobody();
        let sources = administrator.get("/api/v1/sources").await;
        let mut sources = sources.as_array().unwrap().iter();
        let form = sources.find(|source| source["kind"] == "form").unwrap();
        let path = format!("/api/v1/sources/{}", form["id"].as_str().unwrap());
        administrator
            .act("PATCH", &path, json!({"paused": true}))
            .await;

        let fields = [("text", "Ma bouilloire est cassée"), ("name", "Jeanne")];
        let sent = nobody.form("POST", "/f/story-form?lang=fr", &fields, None);
        let (status, page) = sent.await;

        let page = page.as_str().unwrap();
        assert_eq!(status, 503);
        assert!(page.contains("Ma bouilloire est cassée"), "{page}");
        assert!(page.contains("fermé pour le moment"), "{page}");
        assert_eq!(nobody.page("/f/story-form?lang=fr").await.0, 503);
    }
);

story!(
    what_no_database_keeps_is_refused_in_the_reader_s_language,
    |server: TestServer| async move {
        let nobody = server.nobody();
        for fields in [
            [("text", "A kettle"), ("name", "Jeanne\0")],
            [("text", "A kettle"), ("email", "jeanne\0@mail.example")],
            [("text", "A \0kettle"), ("name", "Jeanne")],
        ] {
            let sent = nobody.form("POST", "/f/story-form?lang=fr", &fields, None);
            let (status, page) = sent.await;
            let page = page.as_str().unwrap();
            assert_eq!(status, 422, "{page}");
            assert!(page.contains("caractère illisible"), "{page}");
        }

        let administrator = server.caller(Role::Administrator).await;
        let wanted = json!({"kind": "form", "name": "a\u{0}b"});
        let problem = administrator
            .refused("POST", "/api/v1/sources", wanted)
            .await;
        assert!(problem.contains("text_unreadable"), "{problem}");
        let case = server.hears("1", "My lamp broke").await;
        let question = json!({"name": "Yann\u{0}", "email": "yann@example.org", "text": "Why?"});
        let path = format!("/api/v1/cases/{case}/questions");
        let problem = administrator.refused("POST", &path, question).await;
        assert!(problem.contains("text_unreadable"), "{problem}");
    }
);

story!(
    a_text_that_is_too_long_is_shown_again,
    |server: TestServer| async move {
        let long = "kettle ".repeat(90_000);
        let fields = [("text", &*long), ("name", "Jeanne")];
        let nobody = server.nobody();
        let sent = nobody.form("POST", "/f/story-form?lang=en", &fields, None);
        let (status, page) = sent.await;
        assert_eq!(status, 422);
        let page = page.as_str().unwrap();
        assert!(page.contains("too long"));
        assert!(page.contains(long.trim_end()), "nothing of it is lost");
    }
);

story!(
    whoever_finds_a_fault_is_told_where_to_write,
    |server: TestServer| async move {
        let (status, text) = server.nobody().page("/.well-known/security.txt").await;
        assert_eq!(status, 200);
        assert!(text.starts_with("Contact: mailto:security@halvenne.example\n"));
        assert!(text.contains("\nExpires: 2027-05-16T09:00:00"), "{text}");
    }
);
