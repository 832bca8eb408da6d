//! Mails, with a real IMAP server and a real SMTP server: heard, answered in their thread, bounced,
//! set aside.

use std::time::Duration;

use serde_json::{Value, json};
use vigie_model::Role;

use crate::{
    post_office::PostOffice,
    test_server::{Caller, TestServer, story},
};

pub async fn connect(server: &TestServer, office: &PostOffice, address: &str, days: u32) -> Caller {
    let administrator = server
        .named(Role::Administrator, &format!("admin {address}"))
        .await;
    let mut mailbox = office.settings(address);
    mailbox["open_days"] = json!(days);
    administrator
        .act(
            "POST",
            "/api/v1/sources",
            json!({"kind": "mail", "name": address, "mailbox": mailbox}),
        )
        .await;
    administrator
}

/// Waits until a view holds that many cases; each whole.
pub async fn cases(caller: &Caller, view: &str, count: usize) -> Vec<Value> {
    let mut page = Value::Null;
    for _ in 0..200 {
        page = caller
            .get(&format!("/api/v1/cases?view={view}&limit=100"))
            .await;
        if page["cases"].as_array().unwrap().len() >= count {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let mut whole = Vec::new();
    for case in page["cases"].as_array().unwrap() {
        whole.push(
            caller
                .get(&format!("/api/v1/cases/{}", case["id"].as_str().unwrap()))
                .await,
        );
    }
    assert_eq!(whole.len(), count, "{view}: {page}");
    whole
}

/// Waits until a case satisfies a condition.
pub async fn case_when(caller: &Caller, id: &str, holds: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..200 {
        let case = caller.get(&format!("/api/v1/cases/{id}")).await;
        if holds(&case) {
            return case;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!(
        "it never came to be: {}",
        caller.get(&format!("/api/v1/cases/{id}")).await
    );
}

pub async fn answer(server: &TestServer, agent: &Caller, case: &Value, text: &str) {
    let path = format!("/api/v1/cases/{}/answers", case["id"].as_str().unwrap());
    agent
        .act(
            "POST",
            &path,
            json!({"text": text, "visibility": "private", "seen": case["stamp"]}),
        )
        .await;
    server.pass(11);
    server.turn_outbox().await;
}

pub fn header<'a>(mail: &'a str, name: &str) -> &'a str {
    let line = mail.lines().find(|line| {
        line.to_lowercase()
            .starts_with(&format!("{}:", name.to_lowercase()))
    });
    line.and_then(|it| it.split_once(": "))
        .map_or("", |it| it.1.trim())
}

story!(
    a_mail_is_answered_in_its_thread,
    |server: TestServer| async move {
        let Some(office) = PostOffice::open() else {
            return;
        };
        let (service, jo) = (
            office.address("service", "halvenne.test"),
            office.address("jo", "mail.test"),
        );
        connect(&server, &office, &service, 7).await;
        let agent = server.named(Role::Agent, "Claire Morvan").await;
        let first = format!(
            "From: Jeanne Roudaut <{jo}>\nTo: {service}\nSubject: \
                =?utf-8?q?Colis_perdu_=3F?=\nMessage-ID: <first-{jo}>\n\
         Date: Tue, 17 Nov 2026 09:30:00 +0100\nContent-Type: text/plain; \
         charset=utf-8\n\nBonjour,\nmon colis n'est jamais arrivé.\n\n-- \nJeanne\n"
        );
        office.send(&jo, &[&service], &first).await;
        let case = cases(&agent, "open", 1).await.remove(0);
        assert_eq!(case["title"], "Colis perdu ?");
        assert_eq!(
            case["messages"][0]["text"],
            "Bonjour,\nmon colis n'est jamais arrivé."
        );
        assert_eq!(case["messages"][0]["mail"]["signature"], "--\nJeanne");
        assert_eq!(case["source"]["reach"], "mail");

        answer(
            &server,
            &agent,
            &case,
            "Bonjour Jeanne,\nil arrive demain.\n\nClaire Morvan",
        )
        .await;
        let received = office.mails_of(&jo, 1).await.remove(0);
        assert_eq!(header(&received, "In-Reply-To"), format!("<first-{jo}>"));
        assert!(header(&received, "Subject").starts_with("Re: "));
        let read = vigie_listen::mail::parse(received.as_bytes());
        assert_eq!(
            read.from.unwrap().name.as_deref(),
            Some("Claire Morvan - Halvenne")
        );
        assert_eq!(
            read.visible,
            "Bonjour Jeanne,\nil arrive demain.\n\nClaire Morvan"
        );
        assert!(read.quoted.contains("> mon colis n'est jamais arrivé.") && read.html.is_some());
        let reply_to = header(&received, "Reply-To")
            .rsplit_once('<')
            .map(|it| it.1.trim_end_matches('>').to_owned())
            .unwrap();
        assert!(reply_to.contains("+c-"), "{reply_to}");

        // A program that loses the thread: the private word of the address is a second key.
        let thanks = format!(
            "From: {jo}\nTo: {reply_to}\nSubject: tout autre\nMessage-ID: <second-{jo}>\n\nMerci, \
                bien recu !\n\n\
         Le 17/11/2026 a 10:00, Claire a ecrit :\n> il arrive demain\n"
        );
        office.send(&jo, &[&reply_to], &thanks).await;
        let id = case["id"].as_str().unwrap();
        let case = case_when(&agent, id, |case| {
            case["messages"].as_array().unwrap().len() == 3
        })
        .await;
        assert_eq!(case["messages"][2]["text"], "Merci, bien recu !");
        assert!(
            case["messages"][2]["mail"]["quoted"]
                .as_str()
                .unwrap()
                .contains("> il arrive demain")
        );
        assert_eq!(case["state"], "open", "the customer spoke again");
        assert!(
            !office.some_seen(&service),
            "we never mark a customer's mail as seen"
        );
    }
);

story!(
    a_mail_that_comes_back_re_opens_its_case,
    |server: TestServer| async move {
        let Some(office) = PostOffice::open() else {
            return;
        };
        let service = office.address("service", "halvenne.test");
        connect(&server, &office, &service, 7).await;
        let agent = server.named(Role::Agent, "Claire Morvan").await;
        let mail = format!(
            "From: gone@nowhere.test\nTo: {service}\nSubject: Question\nMessage-ID: \
                <g-{service}>\n\nWhere is it?\n"
        );
        office.send("gone@nowhere.test", &[&service], &mail).await;
        let case = cases(&agent, "open", 1).await.remove(0);
        answer(&server, &agent, &case, "Here it is.\n\nClaire Morvan").await;
        let id = case["id"].as_str().unwrap();
        let state = |case: &Value| {
            case["messages"]
                .as_array()
                .unwrap()
                .iter()
                .find_map(|message| message["out"]["state"].as_str().map(str::to_owned))
        };
        // Nobody was answered: both show, one reading of several queries may come between.
        let came_back =
            |it: &Value| state(it).as_deref() == Some("refused") && it["state"] == "open";
        let case = case_when(&agent, id, came_back).await;
        let bounce = case["messages"]
            .as_array()
            .unwrap()
            .iter()
            .find(|it| !it["mail"]["bounce"].is_null())
            .unwrap();
        assert!(
            bounce["mail"]["bounce"]["status"]
                .as_str()
                .unwrap()
                .starts_with("5.")
        );
    }
);

story!(
    automatic_mails_are_set_aside_and_answered_by_nobody,
    |server: TestServer| async move {
        let Some(office) = PostOffice::open() else {
            return;
        };
        let (service, jo) = (
            office.address("service", "halvenne.test"),
            office.address("jo", "mail.test"),
        );
        connect(&server, &office, &service, 7).await;
        let lead = server.caller(Role::Lead).await;
        let letter = format!(
            "From: news@shop.test\nTo: {service}\nSubject: Sale\nList-Unsubscribe: \
                <mailto:x@shop.test>\nMessage-ID: <n-{service}>\n\nBuy!\n"
        );
        office.send("news@shop.test", &[&service], &letter).await;
        let away = format!(
            "From: {jo}\nTo: {service}\nSubject: Automatic reply: order\nAuto-Submitted: \
                auto-replied\nMessage-ID: <a-{service}>\n\nI am away.\n"
        );
        office.send(&jo, &[&service], &away).await;
        let aside = cases(&lead, "aside", 2).await;
        assert!(
            aside
                .iter()
                .any(|it| it["messages"][0]["mail"]["automatic"] == "out_of_office")
        );
        assert!(cases(&lead, "open", 0).await.is_empty());
        // The person comes back and writes in the same thread: it is ours to do.
        let human = format!(
            "From: {jo}\nTo: {service}\nSubject: Re: order\nIn-Reply-To: \
                <a-{service}>\nMessage-ID: <h-{service}>\n\nI am back: where is my order?\n"
        );
        office.send(&jo, &[&service], &human).await;
        let open = cases(&lead, "open", 1).await.remove(0);
        assert_eq!(open["messages"].as_array().unwrap().len(), 2);
    }
);

story!(
    one_mail_in_two_mailboxes_is_one_message,
    |server: TestServer| async move {
        let Some(office) = PostOffice::open() else {
            return;
        };
        let (service, sales) = (
            office.address("service", "halvenne.test"),
            office.address("sales", "halvenne.test"),
        );
        connect(&server, &office, &service, 7).await;
        connect(&server, &office, &sales, 7).await;
        let lead = server.caller(Role::Lead).await;
        let mail = format!(
            "From: jo@mail.test\nTo: {service}, {sales}\nSubject: Both\nMessage-ID: \
                <b-{service}>\n\nHello both.\n"
        );
        office
            .send("jo@mail.test", &[&service, &sales], &mail)
            .await;
        // The same identifier on other words is another mail, and nothing of it is lost.
        let other = format!(
            "From: jo@mail.test\nTo: {service}\nSubject: Other\nMessage-ID: <b-{service}>\n\nOther \
                words.\n"
        );
        office.send("jo@mail.test", &[&service], &other).await;
        cases(&lead, "open", 2).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        cases(&lead, "open", 2).await;
    }
);

story!(
    what_was_there_is_history_and_the_folder_may_be_renumbered,
    |server: TestServer| async move {
        let Some(office) = PostOffice::open() else {
            return;
        };
        let service = office.address("service", "halvenne.test");
        let past = |number: usize| {
            format!(
                "From: c{number}@mail.test\nTo: x\nSubject: Old {number}\nMessage-ID: \
                    <o{number}@mail.test>\nDate: Mon, 6 Oct 2025 10:00:00 +0200\n\nWords {number}\n"
            )
        };
        office.lay(&service, "", (0..120).map(past));
        connect(&server, &office, &service, 0).await;
        let lead = server.caller(Role::Lead).await;
        let count = async |state: &str| {
            let today = server
                .instance
                .store
                .read()
                .await
                .unwrap()
                .tallies()
                .read()
                .await
                .unwrap();
            today.get(&format!("state:{state}"))
        };
        for _ in 0..200 {
            if count("closed").await == 120 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!((count("closed").await, count("open").await), (120, 0));
        office.hang_up(&service);
        // The server numbers its numberings by the second.
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        office.renumber(&service);
        office.hang_up(&service);
        let mail = format!(
            "From: jo@mail.test\nTo: {service}\nSubject: New\nMessage-ID: <new-{service}>\n\nNew \
                words.\n"
        );
        office.send("jo@mail.test", &[&service], &mail).await;
        cases(&lead, "open", 1).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(
            (count("closed").await, count("open").await),
            (120, 1),
            "nothing doubled, nothing re-opened"
        );
    }
);

story!(
    a_changed_password_is_told_and_mended,
    |server: TestServer| async move {
        let Some(office) = PostOffice::open() else {
            return;
        };
        let service = office.address("service", "halvenne.test");
        let administrator = connect(&server, &office, &service, 7).await;
        let source = async |caller: &Caller| {
            let all = caller.get("/api/v1/sources").await;
            all.as_array()
                .unwrap()
                .iter()
                .find(|it| it["kind"] == "mail")
                .unwrap()
                .clone()
        };
        let tested = administrator
            .act(
                "POST",
                &format!(
                    "/api/v1/sources/{}/test",
                    source(&administrator).await["id"].as_str().unwrap()
                ),
                json!({}),
            )
            .await;
        assert_eq!(tested["well"], true, "{tested}");
        assert!(
            !source(&administrator).await.to_string().contains("lookout"),
            "secrets never reach the browser"
        );

        office.password(&service, "changed");
        office.hang_up(&service);
        let mut told = Value::Null;
        for _ in 0..300 {
            told = source(&administrator).await["last_error"].clone();
            if told.as_str().is_some_and(|it| it.contains("refuses")) {
                break;
            }
            office.hang_up(&service);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert!(
            told.as_str().is_some_and(|it| it.contains("password")),
            "{told}"
        );

        let mut mailbox = office.settings(&service);
        mailbox["password"] = json!("changed");
        let path = format!(
            "/api/v1/sources/{}",
            source(&administrator).await["id"].as_str().unwrap()
        );
        administrator
            .act("PATCH", &path, json!({"mailbox": mailbox}))
            .await;
        let mail = format!(
            "From: jo@mail.test\nTo: {service}\nSubject: New\nMessage-ID: <new-{service}>\n\nNew \
                words.\n"
        );
        office.send("jo@mail.test", &[&service], &mail).await;
        cases(&administrator, "open", 1).await;
        assert!(source(&administrator).await["last_error"].is_null());
    }
);

story!(
    an_answer_sent_elsewhere_appears,
    |server: TestServer| async move {
        let Some(office) = PostOffice::open() else {
            return;
        };
        let service = office.address("service", "halvenne.test");
        connect(&server, &office, &service, 7).await;
        let lead = server.caller(Role::Lead).await;
        let mail = format!(
            "From: jo@mail.test\nTo: {service}\nSubject: Size\nMessage-ID: <s-{service}>\n\nWhich \
                size?\n"
        );
        office.send("jo@mail.test", &[&service], &mail).await;
        let case = cases(&lead, "open", 1).await.remove(0);
        let reply = format!(
            "From: {service}\nTo: jo@mail.test\nSubject: Re: Size\nMessage-ID: \
                <sr-{service}>\nIn-Reply-To: <s-{service}>\nDate: Tue, 17 Nov 2026 10:00:05 \
                +0100\n\nLarge.\n"
        );
        office.lay(&service, "Sent", std::iter::once(reply));
        office.hang_up(&service);
        let case = case_when(&lead, case["id"].as_str().unwrap(), |case| {
            case["messages"].as_array().unwrap().len() == 2
        })
        .await;
        assert_eq!(case["state"], "waiting_customer");
        assert_eq!(
            case["messages"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|it| it["emitter"] == "brand")
                .count(),
            1
        );
    }
);

/// A mail as the reader of a mailbox hands it to the door.
async fn arrives(server: &TestServer, source: vigie_model::SourceId, own: &str, raw: &str) {
    use vigie_listen::{Batch, BatchContext, IncomingItem, Intake as _, mail};
    let mailbox = mail::MailboxContext {
        own: vec![own.to_owned()],
        sent: false,
        ..Default::default()
    };
    let received = mail::incoming(raw.as_bytes(), &mailbox, server.now());
    let item = IncomingItem {
        external_id: Some(received.message.external_id.clone()),
        raw: String::new(),
        parsed: Ok(received.message),
    };
    server
        .instance
        .receive(Batch {
            source,
            items: vec![item],
            cursor: None,
            extras: BatchContext::default(),
        })
        .await
        .unwrap();
}

story!(
    a_mailbox_is_read_as_new_from_the_moment_it_is_added,
    |server: TestServer| async move {
        let administrator = server.caller(Role::Administrator).await;
        let nowhere = json!({"host": "127.0.0.1", "port": 9, "security": "plain"});
        for (open_days, since) in [(0, "2026-11-17"), (7, "2026-11-10")] {
            let mailbox = json!({
                "address": "care@halvenne.test",
                "password": "x",
                "imap": nowhere,
                "smtp": nowhere,
                "open_days": open_days,
            });
            let wanted = json!({"kind": "mail", "name": "care", "mailbox": mailbox});

            let made = administrator.act("POST", "/api/v1/sources", wanted).await;

            let id = made["source"]["id"].as_str().unwrap().parse().unwrap();
            let mut session = server.instance.store.read().await.unwrap();
            let cursor = session.sources().find(id).await.unwrap().cursor.unwrap();
            assert!(cursor.contains(&format!("\"since\":\"{since}")), "{cursor}");
        }
    }
);

story!(
    two_machines_and_us_stop_after_one_receipt_each,
    |server: TestServer| async move {
        let administrator = server.caller(Role::Administrator).await;
        let nowhere = json!({"host": "127.0.0.1", "port": 9, "security": "plain"});
        let mailbox = json!({
            "address": "care@halvenne.test",
            "password": "x",
            "imap": nowhere,
            "smtp": nowhere,
            "receipt": true,
        });
        let made = administrator
            .act(
                "POST",
                "/api/v1/sources",
                json!({"kind": "mail", "name": "care", "mailbox": mailbox}),
            )
            .await;
        let source = made["source"]["id"].as_str().unwrap().parse().unwrap();
        // One says what it is, the other answers everything with a new thread and says nothing.
        for minute in 0..60 {
            let polite = format!(
                "From: polite@a.test\nTo: care@halvenne.test\nSubject: Out of \
                    office\nAuto-Submitted: auto-replied\nMessage-ID: <p{minute}@a.test>\n\nI am \
                    away.\n"
            );
            let silent = format!(
                "From: silent@b.test\nTo: care@halvenne.test\nSubject: We got your mail \
                    {minute}\nMessage-ID: <s{minute}@b.test>\n\nYour request was received.\n"
            );
            arrives(&server, source, "care@halvenne.test", &polite).await;
            arrives(&server, source, "care@halvenne.test", &silent).await;
            server.pass(60);
        }
        let history = server.history().await;
        assert_eq!(
            history.matches("receipt.sent").count(),
            1,
            "one to the silent one, none to the polite one"
        );
        let open = cases(&administrator, "open", 60).await;
        let first = open
            .iter()
            .find(|it| it["messages"].as_array().unwrap().len() == 2)
            .unwrap();
        let receipt = first["messages"]
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["emitter"] == "brand")
            .unwrap();
        assert!(
            receipt["text"]
                .as_str()
                .unwrap()
                .contains(&format!("no. {}", first["number"])),
            "{receipt}"
        );
        assert!(
            !first["due_at"].is_null() && first["state"] == "open",
            "a receipt stops no clock"
        );
    }
);

story!(
    a_stranger_is_answered_by_a_colleague_who_has_no_account,
    |server: TestServer| async move {
        let Some(office) = PostOffice::open() else {
            return;
        };
        let (service, jo) = (
            office.address("service", "halvenne.test"),
            office.address("jo", "mail.test"),
        );
        let yann = office.address("yann", "company.test");
        connect(&server, &office, &service, 7).await;
        let agent = server.named(Role::Agent, "Claire Morvan").await;
        let mail = format!(
            "From: Jo <{jo}>\nTo: {service}\nSubject: Lamp\nMessage-ID: <l-{jo}>\n\nDoes the lamp \
                come with its bulb?\n"
        );
        office.send(&jo, &[&service], &mail).await;
        let case = cases(&agent, "open", 1).await.remove(0);
        let id = case["id"].as_str().unwrap();

        let question = json!({"email": yann, "name": "Yann Le Gallou", "text": "Is the bulb in the \
            box?", "lang": "en"});
        let made = agent
            .act("POST", &format!("/api/v1/cases/{id}/questions"), question)
            .await;
        assert_eq!(made["mailed"], true);
        server.turn_outbox().await;
        let asked = office.mails_of(&yann, 1).await.remove(0);
        assert_eq!(
            header(&asked, "List-Id"),
            "Halvenne <questions.halvenne.test>"
        );
        let asked = vigie_listen::mail::parse(asked.as_bytes());
        assert!(
            asked.automatic
                && asked.visible.contains("Is the bulb in the box?")
                && !asked.visible.contains(&jo)
        );
        let link = asked
            .visible
            .lines()
            .find_map(|it| it.strip_prefix("http://story.example"))
            .unwrap()
            .to_owned();
        let (status, _) = server
            .nobody()
            .form("POST", &link, &[("text", "Yes, an E27.")], None)
            .await;
        assert_eq!(status, 303);

        let case = agent.get(&format!("/api/v1/cases/{id}")).await;
        assert_eq!(case["draft"]["text"], "Yes, an E27.\n\n— Yann Le Gallou");
        answer(
            &server,
            &agent,
            &case,
            "Hello Jo,\nyes, an E27.\n\nClaire Morvan",
        )
        .await;
        let answered = office.mails_of(&jo, 1).await.remove(0);
        assert_eq!(header(&answered, "In-Reply-To"), format!("<l-{jo}>"));

        let ours = header(&answered, "Message-ID").to_owned();
        let thanks = format!(
            "From: Jo <{jo}>\nTo: {service}\nSubject: Re: Lamp\nMessage-ID: <t-{jo}>\nIn-Reply-To: \
                {ours}\n\nThank you so much, that helps!\n"
        );
        office.send(&jo, &[&service], &thanks).await;
        case_when(&agent, id, |it| !it["questions"][0]["thanked_at"].is_null()).await;
        server.turn_outbox().await;
        let thanked = office.mails_of(&yann, 2).await;
        assert!(thanked.iter().any(|mail| {
            vigie_listen::mail::parse(mail.as_bytes())
                .visible
                .contains("that helps!")
        }));
    }
);

story!(
    whoever_writes_our_address_into_from_answers_nobody,
    |server: TestServer| async move {
        let administrator = server.caller(Role::Administrator).await;
        let nowhere = json!({"host": "127.0.0.1", "port": 9, "security": "plain"});
        let mailbox = json!({
            "address": "care@halvenne.test",
            "password": "x",
            "imap": nowhere,
            "smtp": nowhere,
        });
        let made = administrator
            .act(
                "POST",
                "/api/v1/sources",
                json!({"kind": "mail", "name": "care", "mailbox": mailbox}),
            )
            .await;
        let source = made["source"]["id"].as_str().unwrap().parse().unwrap();
        let asked = "From: jo@mail.test\nTo: care@halvenne.test\nSubject: Q\nMessage-ID: \
            <q@mail.test>\n\nWhere is it?\n";
        arrives(&server, source, "care@halvenne.test", asked).await;
        let forged = "From: care@halvenne.test\nTo: care@halvenne.test\nSubject: Re: \
            Q\nMessage-ID: <f@evil.test>\nIn-Reply-To: <q@mail.test>\n\nDone.\n";
        arrives(&server, source, "care@halvenne.test", forged).await;
        let case = cases(&administrator, "open", 1).await.remove(0);
        assert_eq!(
            (case["messages"].as_array().unwrap().len(), &case["state"]),
            (2, &json!("open"))
        );
    }
);

story!(
    a_mail_with_nul_characters_stops_no_mailbox,
    |server: TestServer| async move {
        let Some(office) = PostOffice::open() else {
            return;
        };
        let (service, jo) = (
            office.address("service", "halvenne.test"),
            office.address("jo", "mail.test"),
        );
        let administrator = connect(&server, &office, &service, 7).await;
        let agent = server.named(Role::Agent, "Claire Morvan").await;
        let broken = format!(
            "From: =?utf-8?q?Jeanne=00_Roudaut?= <{jo}>\nTo: {service}\n\
             Subject: =?utf-8?q?My_kettle=00_broke?=\nMessage-ID: <nul-{jo}>\n\
             Date: Tue, 17 Nov 2026 09:30:00 +0100\nContent-Type: text/plain; \
             charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n\
             It leaks=00 since Monday.\n"
        );
        let next = format!(
            "From: Paul <paul-{jo}>\nTo: {service}\nSubject: My lamp\n\
             Message-ID: <next-{jo}>\nDate: Tue, 17 Nov 2026 09:31:00 +0100\n\nIt flickers.\n"
        );

        office.send(&jo, &[&service], &broken).await;
        office.send(&jo, &[&service], &next).await;
        let heard = cases(&agent, "open", 2).await;

        let kettle = heard.iter().find(|it| it["title"] == "My kettle broke");
        let kettle = kettle.unwrap_or_else(|| panic!("{heard:?}"));
        assert_eq!(kettle["messages"][0]["text"], "It leaks since Monday.");
        assert_eq!(kettle["messages"][0]["who"], "Jeanne Roudaut");
        let sources = administrator.get("/api/v1/sources").await;
        assert_eq!(sources["sources"][0]["failing"], Value::Null, "{sources}");
    }
);
