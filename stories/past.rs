//! A company comes with its past: files are taken in once, whatever their order; and taken out
//! whole.

use std::path::{Path, PathBuf};

use serde_json::json;
use vigie_journey::past::{self, ImportObserver};
use vigie_listen::past::{ImportDryRun, ImportSpec};
use vigie_model::{Actor, PastKind, Role};
use vigie_store::Import;

use crate::{
    mail::{answer, cases, header},
    post_office::PostOffice,
    test_server::{TestServer, story},
};

const COLUMNS: &str = "external_id=id,author.handle=who,emitter=ours?brand:customer,\
    in_reply_to=answers,at=day:%d/%m/%Y %H:%M";

pub fn spec(files: &[PathBuf], kind: PastKind, mapping: &[&str]) -> ImportSpec {
    let mapping = mapping.iter().map(|it| (*it).to_owned()).collect();
    let own = vec!["care@halvenne.test".to_owned()];
    ImportSpec {
        kind,
        files: files.to_vec(),
        name: String::new(),
        mapping,
        source: "old".into(),
        own,
    }
}

pub async fn take(server: &TestServer, spec: &ImportSpec) -> (Import, Vec<String>) {
    let mut refused = Vec::new();
    let mut note = |place: &str, why: &str| {
        refused.push(format!("{}: {why}", place.rsplit('/').next().unwrap()))
    };
    let mut observer = ImportObserver {
        progress: &mut |_| {},
        refused: &mut note,
    };
    let import = past::import(&server.instance, Actor::System, spec, &mut observer)
        .await
        .unwrap();
    (import, refused)
}

async fn dry_run(server: &TestServer, spec: &ImportSpec) -> ImportDryRun {
    let mut observer = ImportObserver {
        progress: &mut |_| {},
        refused: &mut |_, _| {},
    };
    past::dry_run(&server.instance, spec, &mut observer)
        .await
        .unwrap()
}

/// How many rows each table has, of those that hold words or people.
async fn rows(server: &TestServer) -> Vec<(&'static str, i64)> {
    let mut session = server.instance.store.read().await.unwrap();
    let mut counts = Vec::new();
    for table in [
        "message",
        "conversation",
        "cases",
        "author",
        "identifier",
        "edge",
        "customer",
        "derived",
        "revision",
        "refused",
        "attachment",
    ] {
        counts.push((
            table,
            session
                .one(format!("SELECT COUNT(*) AS n FROM {table}"), vec![])
                .await
                .unwrap()
                .int("n")
                .unwrap(),
        ));
    }
    counts
}

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

// An answer before its question, a thread whose beginning is lost, a broken record, an unreadable
// date.
const TABLE: &str = "id;who;ours;day;answers;text\n\
    2.0;shop;True;03/02/2024 10:00;1.0;We send it again today.\n\
    1;jo;False;03/02/2024 09:00;;My parcel is lost, where is it?\n\
    3;jo;False;03/02/2024 11:00;2;Thank you!\n\
    5;ana;False;04/02/2024 09:00;4;And mine?\n\
    6;leo;False;05/02/2024;;A date without its hour\n\
    7;mia;False\n\
    8;leo;False;05/02/2024 08:00;;The lamp broke after a day.\n";

story!(
    a_table_is_taken_in_once_and_out_again_whole,
    |server: TestServer| async move {
        let folder = tempfile::tempdir().unwrap();
        let lead = server.caller(Role::Lead).await;
        // What is there already stays as it is.
        server.hears("live", "My lamp is broken.").await;
        let before = rows(&server).await;
        let file = write(folder.path(), "old.csv", TABLE);
        let spec = spec(std::slice::from_ref(&file), PastKind::Messages, &[COLUMNS]);
        let would = dry_run(&server, &spec).await;
        assert_eq!((would.read, would.created, would.refused), (7, 5, 2));
        assert_eq!(rows(&server).await, before, "a rehearsal keeps nothing");

        let (import, refused) = take(&server, &spec).await;
        let counts = import.counts;
        assert_eq!(
            (counts.read, counts.created, counts.refused),
            (would.read, would.created, would.refused)
        );
        assert_eq!(
            refused,
            [
                "old.csv:6: a time is not written as %d/%m/%Y %H:%M",
                "old.csv:7: this record has 3 cells, the header 6"
            ]
        );
        let closed = lead.get("/api/v1/cases?view=closed&limit=100").await;
        let closed = closed["cases"].as_array().unwrap().clone();
        assert_eq!(closed.len(), 3, "three threads, closed: history");
        let parcel = closed
            .iter()
            .find(|it| it["title"].as_str().unwrap().contains("parcel"))
            .unwrap();
        let case = lead
            .get(&format!("/api/v1/cases/{}", parcel["id"].as_str().unwrap()))
            .await;
        let words: Vec<_> = case["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| (it["at"].as_str().unwrap(), it["emitter"].as_str().unwrap()))
            .collect();
        assert_eq!(
            words,
            [
                ("2024-02-03T09:00:00.000Z", "customer"),
                ("2024-02-03T10:00:00.000Z", "brand"),
                ("2024-02-03T11:00:00.000Z", "customer")
            ]
        );
        assert_eq!(
            lead.get("/api/v1/cases?view=open").await["cases"]
                .as_array()
                .unwrap()
                .len(),
            1,
            "nothing is to do but what was"
        );

        let (again, _) = take(&server, &spec).await;
        assert_eq!(
            (
                again.counts.created,
                again.counts.updated,
                again.counts.unchanged
            ),
            (0, 0, 5)
        );
        write(
            folder.path(),
            "old.csv",
            &TABLE.replace("after a day", "after an hour"),
        );
        let (changed, _) = take(&server, &spec).await;
        assert_eq!((changed.counts.updated, changed.counts.unchanged), (1, 4));
        past::undo(&server.instance, Actor::System, changed.id, &mut |_| {})
            .await
            .unwrap();
        let lamp = closed
            .iter()
            .find(|it| it["title"].as_str().unwrap().contains("lamp"))
            .unwrap();
        let case = lead
            .get(&format!("/api/v1/cases/{}", lamp["id"].as_str().unwrap()))
            .await;
        assert_eq!(case["messages"][0]["text"], "The lamp broke after a day.");

        for import in [again.id, import.id] {
            past::undo(&server.instance, Actor::System, import, &mut |_| {})
                .await
                .unwrap();
        }
        assert_eq!(rows(&server).await, before, "as if it never was");
        assert!(server.history().await.contains("import.undone"));
    }
);

story!(
    old_mails_keep_their_threads_and_files,
    |server: TestServer| async move {
        let folder = tempfile::tempdir().unwrap();
        let lead = server.caller(Role::Lead).await;
        let before = rows(&server).await;
        let mbox = "From jo Sat Feb  3 09:00:00 2024\nFrom: Jo <jo@mail.test>\nTo: \
            care@halvenne.test\nSubject: Lamp\n\
        Message-ID: <1@mail.test>\nDate: Sat, 3 Feb 2024 09:00:00 +0100\nMIME-Version: \
        1.0\nContent-Type: multipart/mixed; boundary=x\n\n\
        --x\n\nIt is broken.\n>From the first day.\n--x\nContent-Type: text/plain; \
        name=note.txt\nContent-Disposition: attachment; filename=note.txt\n\nnote\n--x--\n\n\
        From care Sat Feb  3 10:00:00 2024\nFrom: care@halvenne.test\nTo: jo@mail.test\nSubject: \
        Re: Lamp\nMessage-ID: <2@halvenne.test>\n\
        In-Reply-To: <1@mail.test>\nDate: Sat, 3 Feb 2024 10:00:00 +0100\n\nWe send a new one.\n\n\
        From nobody Sat Feb  3 11:00:00 2024\n\x01\x02\x03\n";
        let file = write(folder.path(), "old.mbox", mbox);
        let (import, refused) = take(&server, &spec(&[file], PastKind::Mail, &[])).await;
        assert_eq!(
            (import.counts.created, import.counts.refused),
            (2, 1),
            "{refused:?}"
        );
        assert!(
            refused[0].contains("old.mbox:mail 3 at byte"),
            "{refused:?}"
        );
        let closed = lead.get("/api/v1/cases?view=closed").await;
        let case = lead
            .get(&format!(
                "/api/v1/cases/{}",
                closed["cases"][0]["id"].as_str().unwrap()
            ))
            .await;
        let messages = case["messages"].as_array().unwrap();
        assert_eq!(
            (messages.len(), &messages[1]["emitter"]),
            (2, &"brand".into())
        );
        assert_eq!(messages[0]["text"], "It is broken.\nFrom the first day.");
        let photo = messages[0]["files"][0]["url"]
            .as_str()
            .or(messages[0]["files"][0]["id"].as_str())
            .unwrap()
            .to_owned();
        assert!(!photo.is_empty());

        past::undo(&server.instance, Actor::System, import.id, &mut |_| {})
            .await
            .unwrap();
        assert_eq!(rows(&server).await, before);
        let left = walk(&server.folder().join("files"));
        assert_eq!(left, Vec::<PathBuf>::new(), "no bytes stay behind");
    }
);

story!(
    an_old_mail_opened_again_is_answered_in_its_thread,
    |server: TestServer| async move {
        let Some(office) = PostOffice::open() else {
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let (service, jo) = (
            office.address("service", "halvenne.test"),
            office.address("jo", "mail.test"),
        );
        let administrator = server.caller(Role::Administrator).await;
        let mailbox =
            json!({"kind": "mail", "name": service, "mailbox": office.settings(&service)});
        administrator.act("POST", "/api/v1/sources", mailbox).await;
        let mbox = format!(
            "From jo Sun Nov 15 09:00:00 2026\nFrom: {jo}\nTo: {service}\nSubject: \
                Lamp\nMessage-ID: <old-{jo}>\n\
         Date: Sun, 15 Nov 2026 09:00:00 +0100\n\nMy lamp is broken, I want my money back.\n"
        );
        let file = write(folder.path(), "old.mbox", &mbox);
        let (import, _) = take(&server, &spec(&[file], PastKind::Mail, &[])).await;
        let path = format!("/api/v1/imports/{}", import.id);
        assert_eq!(
            administrator
                .get(&format!("{path}/unanswered?days=7"))
                .await["cases"],
            1
        );
        assert_eq!(
            administrator
                .get(&format!("{path}/unanswered?days=1"))
                .await["cases"],
            0
        );
        let past = administrator.get(&format!("{path}/past")).await;
        assert_eq!(
            (
                &past["never"]["estimate"],
                &past["never"]["n"],
                &past["cases"]
            ),
            (&json!(1.0), &json!(1), &json!(1))
        );
        assert_eq!(past["oldest"].as_array().unwrap().len(), 1);
        let list = format!("/api/v1/cases?view=past&import={}&part=never", import.id);
        assert_eq!(
            administrator.get(&list).await["cases"]
                .as_array()
                .unwrap()
                .len(),
            1
        );

        administrator
            .act("POST", &format!("{path}/reopen"), json!({"days": 7}))
            .await;
        let case = cases(&administrator, "open", 1).await.remove(0);
        assert_eq!(case["source"]["reach"], "mail");
        answer(
            &server,
            &administrator,
            &case,
            "Here is your money.\n\nadministrator",
        )
        .await;
        assert_eq!(
            header(&office.mails_of(&jo, 1).await.remove(0), "In-Reply-To"),
            format!("<old-{jo}>")
        );
        // The same mail, still in the mailbox, is the same message.
        office
            .send(&jo, &[&service], mbox.split_once('\n').unwrap().1)
            .await;
        let thanks = format!(
            "From: {jo}\nTo: {service}\nSubject: Re: Lamp\nMessage-ID: <t-{jo}>\nIn-Reply-To: \
                <old-{jo}>\n\nThank you!\n"
        );
        office.send(&jo, &[&service], &thanks).await;
        let case = cases(&administrator, "open", 1).await.remove(0);
        assert_eq!(case["messages"].as_array().unwrap().len(), 3, "{case}");
    }
);

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(walk(&path))
        } else {
            found.push(path)
        }
    }
    found
}

story!(
    real_threads_are_taken_in_as_they_are,
    |server: TestServer| async move {
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../shared/data/text/support_threads_twcs.csv");
        if !file.exists() {
            eprintln!(
                "SKIPPED without the real threads: {} is not there",
                file.display()
            );
            return;
        }
        let mapping = [
            "external_id=tweet_id,author.handle=author_id,emitter=inbound?customer:brand",
            "in_reply_to=in_response_to_tweet_id,at=created_at:%a %b %d %H:%M:%S %z \
                %Y,channel='network'",
        ];
        let spec = spec(&[file], PastKind::Messages, &mapping);
        let before = rows(&server).await;
        let (import, _) = take(&server, &spec).await;
        assert_eq!(
            (
                import.counts.read,
                import.counts.created,
                import.counts.refused
            ),
            (5_001, 4_999, 2)
        );
        assert_eq!(import.counts.missing_parents, 7);
        let after = rows(&server).await;
        let count = |table: &str| after.iter().find(|it| it.0 == table).unwrap().1;
        assert_eq!(
            (count("conversation"), count("cases"), count("author")),
            (1_312, 1_312, 1_518)
        );
        past::undo(&server.instance, Actor::System, import.id, &mut |_| {})
            .await
            .unwrap();
        assert_eq!(rows(&server).await, before);
    }
);

story!(
    tickets_of_another_helpdesk_are_threads_of_the_past,
    |server: TestServer| async move {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/listen/tests/helpdesk");
        let files: Vec<PathBuf> = ["zendesk.jsonl", "zendesk_users.jsonl"]
            .iter()
            .map(|it| folder.join(it))
            .collect();
        let preview = dry_run(&server, &spec(&files, PastKind::Tickets, &[])).await;
        let (import, refused) = take(&server, &spec(&files, PastKind::Tickets, &[])).await;
        assert_eq!(
            (preview.created, import.counts.created),
            (7, 7),
            "{refused:?}"
        );
        assert!(
            refused.iter().any(|it| it.contains("zendesk.jsonl:5")),
            "the broken ticket is named: {refused:?}"
        );
        assert!(
            refused.iter().any(|it| it.contains("internal note")),
            "{refused:?}"
        );
        let administrator = server.caller(Role::Administrator).await;
        let page = administrator.get("/api/v1/cases?view=closed").await;
        assert_eq!(
            page["cases"].as_array().unwrap().len(),
            3,
            "a case a ticket, at rest"
        );
        let (again, _) = take(&server, &spec(&files, PastKind::Tickets, &[])).await;
        assert_eq!((again.counts.created, again.counts.unchanged), (0, 7));
    }
);

const BASE: &str = "Numéro client;Prénom;Nom;Courriel;Téléphone\n\
    C-1;Jeanne;Roudaut;Jeanne@Mail.example;06 12 34 56 78\n\
    C-2;Ana;Silva;ana@mail.test;\n\
    ;Sans;Rien;;\n\
    C-2;Ana;Silva-Costa;ana@mail.test;\n";
const BOUGHT: &str = "Référence;Date;Statut;Montant TTC;Devise;Courriel\n\
    HV-1;2026-03-01 10:00;Livrée;1 299,90 €;eur;jeanne@mail.example\n\
    HV-2;2026-03-02 10:00;perdue;12,00;eur;jeanne@mail.example\n\
    HV-3;2026-03-03 10:00;payée;12,50;eur;leo@mail.test\n";

story!(
    a_customer_base_and_its_orders_are_taken_in_by_columns_and_out_again,
    |server: TestServer| async move {
        let folder = tempfile::tempdir().unwrap();
        let administrator = server.caller(Role::Administrator).await;
        // One of them already wrote: the base tells who she is.
        server.hears("1", "My lamp arrived broken").await;
        let before = rows(&server).await;
        let base = |kind, name: &str, text| spec(&[write(folder.path(), name, text)], kind, &[]);
        let (mut customers, mut orders) = (
            base(PastKind::Customers, "base.csv", BASE),
            base(PastKind::Orders, "bought.csv", BOUGHT),
        );
        (customers.source, orders.source) = ("base".into(), "shop".into());
        let would = dry_run(&server, &customers).await;
        assert_eq!(
            (would.read, would.created, would.updated, would.refused),
            (4, 2, 0, 1)
        );
        assert_eq!(
            would.sample[0].excerpt,
            "C-1 · Jeanne@Mail.example · 06 12 34 56 78"
        );
        assert_eq!(rows(&server).await, before, "a rehearsal keeps nothing");
        let (base, refused) = take(&server, &customers).await;
        let found = crate::search::page(&administrator, "noun=customer&counts=true&q=silva").await;
        assert_eq!(
            (
                &found["total"],
                found["customers"].as_array().unwrap().len()
            ),
            (&json!(1), 1),
            "once: {found}"
        );
        assert_eq!(
            (
                base.counts.created,
                base.counts.unchanged,
                base.counts.refused
            ),
            (2, 1, 1)
        );
        assert_eq!(
            refused,
            ["base.csv:4: customer_id, email and phone are all missing or empty"]
        );
        let (again, _) = take(&server, &customers).await;
        assert_eq!(
            (
                again.counts.created,
                again.counts.updated,
                again.counts.unchanged
            ),
            (0, 0, 3)
        );
        write(
            folder.path(),
            "base.csv",
            &BASE.replace("Ana;Silva-Costa", "Ana;Costa"),
        );
        let (married, _) = take(&server, &customers).await;
        assert_eq!((married.counts.updated, married.counts.unchanged), (1, 2));
        let lead = server.caller(Role::Lead).await;
        assert_eq!(
            lead.get("/api/v1/customers?search=ana%20costa").await["customers"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
        past::undo(&server.instance, Actor::System, married.id, &mut |_| {})
            .await
            .unwrap();
        assert_eq!(
            lead.get("/api/v1/customers?search=silva-costa").await["customers"]
                .as_array()
                .unwrap()
                .len(),
            1
        );

        let (bought, refused) = take(&server, &orders).await;
        assert_eq!((bought.counts.created, bought.counts.refused), (2, 1));
        assert!(
            refused[0].starts_with("bought.csv:3: status must be one of"),
            "{refused:?}"
        );
        assert_eq!(take(&server, &orders).await.0.counts.unchanged, 2);
        let all = lead.get("/api/v1/customers?search=roudaut").await;
        let page = lead
            .get(&format!(
                "/api/v1/customers/{}",
                all["customers"][0]["id"].as_str().unwrap()
            ))
            .await;
        assert_eq!(
            page["orders"][0]["total"],
            json!({"minor": 129_990, "currency": "EUR"})
        );
        assert_eq!(
            page["cases"].as_array().unwrap().len(),
            1,
            "who wrote and who bought are one: {page}"
        );

        // The shop tells an order otherwise: taken back, it is as it was.
        write(
            folder.path(),
            "bought.csv",
            &BOUGHT.replace("Livrée", "retournée"),
        );
        let (changed, _) = take(&server, &orders).await;
        assert_eq!((changed.counts.updated, changed.counts.unchanged), (1, 1));
        past::undo(&server.instance, Actor::System, changed.id, &mut |_| {})
            .await
            .unwrap();
        let page = lead
            .get(&format!(
                "/api/v1/customers/{}",
                all["customers"][0]["id"].as_str().unwrap()
            ))
            .await;
        assert_eq!(page["orders"][0]["status"], "delivered");
        for import in [bought.id, again.id, base.id] {
            past::undo(&server.instance, Actor::System, import, &mut |_| {})
                .await
                .unwrap();
        }
        assert_eq!(rows(&server).await, before, "as if it never was");
    }
);

story!(
    whoever_a_base_only_changed_goes_with_the_words_they_came_with,
    |server: TestServer| async move {
        let folder = tempfile::tempdir().unwrap();
        let before = rows(&server).await;
        let said = "id;date;email;name;text\n1;2024-02-03 09:00;jo@mail.test;Jo;My lamp broke\n";
        let words = write(folder.path(), "said.csv", said);
        let base = write(
            folder.path(),
            "base.csv",
            "email;name;phone\njo@mail.test;Jo Martin;06 12 34 56 78\n",
        );
        let (words, _) = take(&server, &spec(&[words], PastKind::Messages, &[])).await;
        let (base, refused) = take(&server, &spec(&[base], PastKind::Customers, &[])).await;
        assert_eq!(
            (words.counts.created, base.counts.updated, refused),
            (1, 1, Vec::<String>::new())
        );
        for import in [words.id, base.id] {
            past::undo(&server.instance, Actor::System, import, &mut |_| {})
                .await
                .unwrap();
        }
        assert_eq!(rows(&server).await, before, "as if it never was");
    }
);
