//! What is sent slowly or never ends holds nothing for long, and what breaks off leaves nothing.

use std::time::Duration;

use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use vigie_journey::erasure;
use vigie_model::{Actor, Role};

use crate::test_server::{Caller, TestServer, story};

/// Begins to send a megabyte to a path, and sends nothing more.
async fn begin(
    server: &TestServer,
    method: &str,
    path: &str,
    caller: Option<&Caller>,
) -> TcpStream {
    let host = server.address.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).await.unwrap();
    let signed = caller.map(|it| format!("{}\r\n", it.headers().join("\r\n")));
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1000000\r\n\
         Content-Type: multipart/form-data; boundary=x\r\n{}\r\n--x\r\n",
        signed.unwrap_or_default(),
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

/// The status of the answer, when one comes within a second.
async fn status(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = [0; 12];
    let read = timeout(Duration::from_secs(1), stream.read_exact(&mut bytes)).await;
    read.ok()?.unwrap();
    Some(String::from_utf8_lossy(&bytes[9..]).into_owned())
}

story!(
    slow_uploads_of_one_address_take_no_more_than_their_places,
    |server: TestServer| async move {
        let mut held = Vec::new();
        for _ in 0..8 {
            held.push(begin(&server, "POST", "/f/story-form", None).await);
        }
        for stream in &mut held {
            assert_eq!(status(stream).await, None, "they are waited for");
        }

        let mut more = begin(&server, "POST", "/f/story-form", None).await;
        assert_eq!(status(&mut more).await.as_deref(), Some("429"));
        let (small, _) = server.nobody().page("/f/story-form").await;
        assert_eq!(small, 200, "what is small goes through");

        drop((held, more));
        let mut again = None;
        for _ in 0..50 {
            let mut stream = begin(&server, "POST", "/f/story-form", None).await;
            again = status(&mut stream).await;
            if again.is_none() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(again, None, "their places are free again");
    }
);

/// How many uploads wait to be imported.
fn waiting(server: &TestServer) -> usize {
    let uploads = std::fs::read_dir(server.folder().join("uploads"));
    uploads.map_or(0, Iterator::count)
}

story!(
    an_upload_that_breaks_off_leaves_no_file,
    |server: TestServer| async move {
        let lead = server.caller(Role::Administrator).await;
        let path = "/api/v1/imports/uploads";
        let stream = begin(&server, "PUT", path, Some(&lead)).await;
        for _ in 0..50 {
            if waiting(&server) == 1 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(waiting(&server), 1, "it is under way");

        drop(stream);
        for _ in 0..50 {
            if waiting(&server) == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(waiting(&server), 0);
    }
);

story!(
    drafts_elsewhere_and_abandoned_uploads_are_part_of_an_erasure,
    |server: TestServer| async move {
        server.hears("1", "My lamp is broken").await;
        let other = json!({
            "external_id": "2",
            "text": "Somebody else's words",
            "author": server.customer("Leo", "leo@mail.test"),
        });
        server.post_messages(&other).await;
        let agent = server.caller(Role::Agent).await;
        let page = agent.get("/api/v1/cases?view=open").await;
        let rows = page["cases"].as_array().unwrap();
        let row = rows.iter().find(|row| row["who"] == "Leo").unwrap();
        let path = format!("/api/v1/cases/{}", row["id"].as_str().unwrap());
        let draft = "As jeanne@mail.example told us";
        let kept = json!({"text": draft, "visibility": "private"});
        agent.act("PUT", &format!("{path}/draft"), kept).await;
        assert_eq!(agent.get(&path).await["draft"]["text"], draft);
        let uploads = server.folder().join("uploads");
        std::fs::create_dir_all(&uploads).unwrap();
        std::fs::write(uploads.join("theirs"), "email\njeanne@mail.example\n").unwrap();
        std::fs::write(uploads.join("others"), "email\nleo@mail.test\n").unwrap();

        let known = erasure::traces_of(&server.instance, "jeanne@mail.example")
            .await
            .unwrap();
        let proof = erasure::erase(&server.instance, Actor::System, &known)
            .await
            .unwrap();

        assert_eq!(proof.found_in, Vec::<String>::new());
        assert_eq!(agent.get(&path).await["draft"], json!(null));
        assert!(!uploads.join("theirs").exists() && uploads.join("others").exists());
    }
);
