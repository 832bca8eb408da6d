//! The address a mail is from is a claim, until one's own mail server says who sent it.

use serde_json::{Value, json};
use vigie_model::Role;

use crate::{
    claims::{case_saying, known, opens, order},
    mail::{case_when, cases},
    post_office::PostOffice,
    test_server::{TestServer, story},
};

/// A mail with what the server that received it found of its sender.
fn checked(from: &str, to: &str, id: &str, checks: &str, text: &str) -> String {
    format!(
        "Authentication-Results: {checks}\nFrom: {from}\nTo: {to}\nSubject: {text}\n\
         Message-ID: <{id}>\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
    )
}

story!(
    a_mail_is_its_sender_s_when_our_own_server_says_so,
    |server: TestServer| async move {
        let Some(office) = PostOffice::open() else {
            return;
        };
        let (service, jeanne) = (
            office.address("service", "halvenne.test"),
            office.address("jeanne", "mail.test"),
        );
        let administrator = server.caller(Role::Administrator).await;
        let mut mailbox = office.settings(&service);
        mailbox["open_days"] = json!(7);
        mailbox["authserv_id"] = json!("mx.halvenne.test");
        let source = json!({"kind": "mail", "name": service, "mailbox": mailbox});
        administrator.act("POST", "/api/v1/sources", source).await;
        server.post("/api/v1/orders", &order("HV-1", &jeanne)).await;
        let agent = server.named(Role::Agent, "Claire Morvan").await;
        let customer = known(&agent, "jeanne").await;

        let pass = "mx.halvenne.test; dkim=pass header.d=mail.test";
        let mails = [
            ("vouched", pass),
            (
                "failed",
                "mx.halvenne.test; dmarc=fail header.from=mail.test",
            ),
            ("silent", "mx.halvenne.test; none"),
            (
                "self-made",
                "mx.attacker.test; dkim=pass header.d=mail.test",
            ),
        ];
        for (words, checks) in mails {
            let id = format!("{words}-{jeanne}");
            let mail = checked(&jeanne, &service, &id, checks, words);
            office.send(&jeanne, &[&service], &mail).await;
        }
        cases(&agent, "open", 4).await;

        let vouched = case_saying(&agent, "vouched").await;
        assert_eq!(vouched["customer"]["id"], customer["id"]);
        for words in ["failed", "silent", "self-made"] {
            let case = case_saying(&agent, words).await;
            assert_eq!(opens(&case), (false, vec![]), "{words}");
            assert_eq!(
                case["claim"]["proposed"][0]["id"], customer["id"],
                "{words}"
            );
        }

        // A thread that began with a claim is hers as soon as her own server speaks.
        let first = format!("failed-{jeanne}");
        let mail = checked(&jeanne, &service, &format!("2-{jeanne}"), pass, "It is me");
        let mail = format!("In-Reply-To: <{first}>\n{mail}");
        office.send(&jeanne, &[&service], &mail).await;
        let mut case = Value::Null;
        for _ in 0..200 {
            let page = agent.get("/api/v1/cases?view=open").await;
            let rows = page["cases"].as_array().unwrap();
            if rows.iter().any(|row| row["words"] == "It is me") {
                case = case_saying(&agent, "It is me").await;
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        assert_eq!(case["customer"]["id"], customer["id"]);
        assert_eq!(case["messages"].as_array().unwrap().len(), 2);
        assert_eq!(case["recipients"][0]["newcomer"], false);

        // Whoever writes under her name in her thread is not put under it.
        let id = format!("3-{jeanne}");
        let mail = checked(&jeanne, &service, &id, mails[1].1, "Send it elsewhere");
        let mail = format!("In-Reply-To: <vouched-{jeanne}>\n{mail}");
        office.send(&jeanne, &[&service], &mail).await;
        let id = vouched["id"].as_str().unwrap();
        let case = case_when(&agent, id, |case| {
            case["messages"].as_array().unwrap().len() == 2
        })
        .await;
        assert_ne!(case["messages"][0]["author"], case["messages"][1]["author"]);
        assert_eq!(case["messages"][1]["mail"]["sender"], "failed");
        assert_eq!(case["recipients"][0]["id"], case["messages"][0]["author"]);
    }
);
