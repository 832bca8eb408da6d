//! The live stream resumes where a browser stopped, and tells one that slept too long to reload.

use std::time::Duration;

use futures::StreamExt as _;
use vigie_model::Role;

use crate::house::{Caller, TestHouse, story};

async fn first_events(caller: &Caller, last: Option<&str>, wanted: usize) -> Vec<(String, String)> {
    let mut stream = caller.stream(last).await;
    let mut text = String::new();
    let read = async {
        while text.matches("\n\n").count() < wanted {
            let Some(Ok(part)) = stream.next().await else { break };
            text.push_str(&String::from_utf8_lossy(&part));
        }
    };
    tokio::time::timeout(Duration::from_secs(20), read).await.expect("events come");
    let field = |event: &str, name: &str| {
        event.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned()
    };
    text.split("\n\n").filter(|it| it.contains("event:")).map(|it| (field(it, "event:"), field(it, "id:"))).collect()
}

story!(a_browser_resumes_where_it_stopped, |house: TestHouse| async move {
    let agent = house.caller(Role::Agent).await;
    let before = house.house.store.read().await.unwrap().last_fact().await.unwrap();
    house.hears("1", "Where is my parcel?").await;
    let events = first_events(&agent, Some(&before.to_string()), 2).await;
    assert_eq!(events[0], ("fact".to_owned(), (before + 1).to_string()));
    assert_eq!(events[1], ("fact".to_owned(), (before + 2).to_string()));
    let events = first_events(&agent, Some("999999"), 1).await;
    assert_eq!(events[0].0, "refresh", "a number of another house");
});

story!(what_happens_reaches_a_browser_that_listens, |house: TestHouse| async move {
    let agent = house.caller(Role::Agent).await;
    let listening = {
        let agent = agent.clone();
        tokio::spawn(async move { first_events(&agent, None, 1).await })
    };
    tokio::time::sleep(Duration::from_millis(300)).await;
    house.hears("1", "Where is my parcel?").await;
    assert_eq!(listening.await.unwrap()[0].0, "fact");
});
