//! Zero orphan in silence: after any interleaving of acts, every open case has a due time, and an
//! available owner or a take-by time; the orphans shown are exactly those past it.

use proptest::prelude::*;
use serde_json::{Value, json};
use vigie_model::Role;

use crate::test_server::{Caller, TestServer};

#[derive(Debug, Clone, Copy)]
enum Step {
    Hear(u8),
    Assign(u8, u8),
    Unassign(u8),
    Snooze(u8, u8),
    Wake(u8),
    Wait(u8, bool),
    Resume(u8),
    Answer(u8),
    Close(u8),
    Reopen(u8),
    Split(u8),
    Join(u8, u8),
    Absent(u8, bool),
    Disable(u8, bool),
    Pass(u16),
    Tick,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0u8..6).prop_map(Step::Hear),
        3 => (any::<u8>(), 0u8..3).prop_map(|(case, who)| Step::Assign(case, who)),
        1 => any::<u8>().prop_map(Step::Unassign),
        1 => (any::<u8>(), 1u8..50).prop_map(|(case, hours)| Step::Snooze(case, hours)),
        1 => any::<u8>().prop_map(Step::Wake),
        1 => (any::<u8>(), any::<bool>()).prop_map(|(case, customer)| Step::Wait(case, customer)),
        1 => any::<u8>().prop_map(Step::Resume),
        2 => any::<u8>().prop_map(Step::Answer),
        2 => any::<u8>().prop_map(Step::Close),
        1 => any::<u8>().prop_map(Step::Reopen),
        1 => any::<u8>().prop_map(Step::Split),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(a, b)| Step::Join(a, b)),
        1 => (0u8..3, any::<bool>()).prop_map(|(who, away)| Step::Absent(who, away)),
        1 => (0u8..3, any::<bool>()).prop_map(|(who, out)| Step::Disable(who, out)),
        2 => (1u16..3_000).prop_map(Step::Pass),
        2 => Just(Step::Tick),
    ];
    proptest::collection::vec(step, 1..40)
}

struct World {
    server: TestServer,
    boss: Caller,
    people: Vec<Caller>,
    cases: Vec<String>,
    heard: usize,
}

impl World {
    fn case(&self, pick: u8) -> Option<String> {
        self.cases
            .get(usize::from(pick) % self.cases.len().max(1))
            .cloned()
    }

    /// Does a step; whether Vigie allows it is its own affair, as long as nobody is lost.
    async fn play(&mut self, step: Step) {
        match step {
            Step::Hear(thread) => self.hear(thread).await,
            Step::Pass(minutes) => self.server.pass(i64::from(minutes) * 60),
            Step::Tick => {
                vigie_journey::run_due_timers(&self.server.instance)
                    .await
                    .unwrap();
            }
            Step::Absent(who, away) => {
                let until = self.server.now().plus_days(if away { 3 } else { -1 });
                self.change_person(who, json!({"absent_until": until}))
                    .await;
            }
            Step::Disable(who, out) => self.change_person(who, json!({"disabled": out})).await,
            _ => self.act_on_case(step).await,
        }
    }

    async fn change_person(&self, who: u8, change: Value) {
        let path = format!("/api/v1/people/{}", self.people[usize::from(who)].id);
        self.boss.act("PATCH", &path, change).await;
    }

    async fn act_on_case(&mut self, step: Step) {
        let (pick, method, thing, body) = match step {
            Step::Assign(it, who) => (
                it,
                "PUT",
                "assignment",
                json!({"person": self.people[usize::from(who)].id}),
            ),
            Step::Unassign(it) => (it, "DELETE", "assignment", json!({})),
            Step::Snooze(it, hours) => (
                it,
                "PUT",
                "snooze",
                json!({"until": self.server.now().plus_minutes(i64::from(hours) * 60)}),
            ),
            Step::Wake(it) => (it, "DELETE", "snooze", json!({})),
            Step::Wait(it, true) => (it, "PUT", "waiting", json!({"state": "waiting_customer"})),
            Step::Wait(it, false) => (it, "PUT", "waiting", json!({"state": "waiting_colleague"})),
            Step::Resume(it) => (it, "DELETE", "waiting", json!({})),
            Step::Reopen(it) => (it, "DELETE", "closure", json!({})),
            Step::Join(it, other) => (it, "POST", "join", json!({"into": self.case(other)})),
            Step::Close(it) => (it, "FORM", "closure", json!({})),
            Step::Answer(it) => (
                it,
                "POST",
                "answers",
                json!({"text": "Yes.", "visibility": "private"}),
            ),
            Step::Split(it) => (it, "POST", "split", json!({})),
            _ => return,
        };
        let Some(case) = self.case(pick) else { return };
        let path = format!("/api/v1/cases/{case}/{thing}");
        let body = self.completed(&case, step, body).await;
        let (status, answer) = match method {
            "FORM" => {
                self.boss
                    .form("PUT", &path, &[("how", "answered")], None)
                    .await
            }
            _ => self.boss.call(method, &path, Some(body)).await,
        };
        assert!(status < 500, "{step:?}: {answer}");
        if let Some(new) = answer.get("case").and_then(Value::as_str) {
            self.cases.push(new.to_owned());
        }
    }

    /// What only the case itself tells: the words seen, the last message.
    async fn completed(&self, case: &str, step: Step, mut body: Value) -> Value {
        if matches!(step, Step::Answer(_) | Step::Split(_)) {
            let full = self.boss.get(&format!("/api/v1/cases/{case}")).await;
            body["seen"] = full["stamp"].clone();
            body["messages"] = json!([full["messages"]
                .as_array()
                .and_then(|it| it.last())
                .map(|it| it["id"].clone())]);
        }
        body
    }

    async fn hear(&mut self, thread: u8) {
        self.heard += 1;
        let body = json!({
            "external_id": format!("m{}", self.heard),
            "conversation": format!("t{thread}"),
            "text": "Where is it?",
        });
        assert_eq!(self.server.post_messages(&body).await.0, 200);
        let rows = self.boss.get("/api/v1/cases?view=open&limit=200").await;
        self.cases = rows["cases"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["id"].as_str().unwrap().to_owned())
            .collect();
    }

    /// Looks while nothing moves: Vigie's own timers may act between two questions.
    async fn check(&self, step: Step) {
        let number = || async {
            self.server
                .instance
                .store
                .read()
                .await
                .unwrap()
                .facts()
                .last()
                .await
                .unwrap()
        };
        for _ in 0..20 {
            let before = number().await;
            let found = self.look().await;
            if before == number().await {
                assert_eq!(found, Ok(()), "after {step:?}");
                return;
            }
        }
        assert_eq!(
            number().await,
            -1,
            "the server never came to rest after {step:?}"
        );
    }

    async fn look(&self) -> Result<(), String> {
        let now = self.server.now();
        let mut session = self.server.instance.store.read().await.unwrap();
        let lost = session.cases().without_due_or_owner(now).await.unwrap();
        let told = |holds: bool, what: String| if holds { Ok(()) } else { Err(what) };
        told(lost.is_empty(), format!("{lost:?} without keeper"))?;
        let counted = session.cases().count_orphans(now).await.unwrap();
        let rows = self.boss.get("/api/v1/cases?view=open&limit=200").await;
        let mut orphans = 0;
        for row in rows["cases"].as_array().unwrap() {
            let full = self
                .boss
                .get(&format!("/api/v1/cases/{}", row["id"].as_str().unwrap()))
                .await;
            let take_by = full["take_by"]
                .as_str()
                .map(|it| it.parse::<vigie_model::At>().unwrap());
            let late = full["owner"].is_null() && take_by.is_some_and(|it| it <= now);
            told(
                full["orphan"].as_bool() == Some(late),
                format!("orphan or not: {full}"),
            )?;
            orphans += i64::from(late);
        }
        told(
            (counted, rows["orphans"].as_i64()) == (orphans, Some(orphans)),
            format!("{counted} counted, {orphans} found"),
        )?;
        let tally = session.tallies().read().await.unwrap();
        let listed = rows["cases"].as_array().unwrap().len() as i64;
        told(
            tally.get("state:open") == listed,
            format!("{} counted, {listed} listed", tally.get("state:open")),
        )
    }
}

async fn play(server: TestServer, steps: Vec<Step>) {
    let boss = server.named(Role::Administrator, "Claire Morvan").await;
    boss.act(
        "PATCH",
        &format!("/api/v1/brands/{}", server.brand.id),
        json!({"rehearsal": true}),
    )
    .await;
    let mut people = Vec::new();
    for name in ["Ana", "Bea", "Cleo"] {
        people.push(server.named(Role::Agent, name).await);
    }
    let mut scene = World {
        server,
        boss,
        people,
        cases: Vec::new(),
        heard: 0,
    };
    for step in steps {
        scene.play(step).await;
        scene.check(step).await;
    }
}

fn on_both(cases: u32, database: &'static str) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases,
        max_shrink_iters: 60,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    runner
        .run(&steps(), |steps| {
            runtime.block_on(async {
                let server = if database == "sqlite" {
                    Some(TestServer::sqlite().await)
                } else {
                    TestServer::postgres().await
                };
                if let Some(server) = server {
                    play(server, steps).await;
                }
            });
            Ok(())
        })
        .unwrap();
}

#[test]
fn no_case_is_ever_without_keeper_sqlite() {
    on_both(12, "sqlite");
}

#[test]
fn no_case_is_ever_without_keeper_postgres() {
    on_both(5, "postgres");
}
