//! Who joins a conversation by naming it only is another person: shown as such, given neither the
//! customer's identity nor the answers, unless somebody chooses to.

use serde_json::{Value, json};
use vigie_model::Role;

use crate::{
    mail::{answer, case_when, cases, connect, header},
    post_office::PostOffice,
    test_server::{Caller, TestServer, story},
};

/// A mail as a program writes it; `answers` is the id of the mail it names.
fn mail(from: &str, to: &str, id: &str, answers: Option<&str>, text: &str) -> String {
    let thread = answers.map(|id| format!("In-Reply-To: <{id}>\nReferences: <{id}>\n"));
    format!(
        "From: {from}\nTo: {to}\nSubject: My kettle\nMessage-ID: <{id}>\n{}\
         Content-Type: text/plain; charset=utf-8\n\n{text}\n",
        thread.unwrap_or_default(),
    )
}

async fn heard(agent: &Caller, id: &str, count: usize) -> Value {
    case_when(agent, id, |case| {
        case["messages"].as_array().unwrap().len() == count
    })
    .await
}

/// The addresses an answer can go to, and whether each is another person's.
fn recipients(case: &Value) -> Vec<(String, bool)> {
    let all = case["recipients"].as_array().unwrap().iter();
    all.map(|recipient| {
        let email = recipient["email"].as_str().unwrap().to_owned();
        (email, recipient["newcomer"].as_bool().unwrap())
    })
    .collect()
}

story!(
    a_stranger_who_names_a_mail_redirects_no_answer,
    |server: TestServer| async move {
        let Some(office) = PostOffice::open() else {
            return;
        };
        let (service, jo, mallory) = (
            office.address("service", "halvenne.test"),
            office.address("jo", "mail.test"),
            office.address("mallory", "mail.test"),
        );
        connect(&server, &office, &service, 7).await;
        let agent = server.named(Role::Agent, "Claire Morvan").await;
        let first = format!("first-{jo}");
        let from = format!("Jeanne Roudaut <{jo}>");
        let words = mail(&from, &service, &first, None, "My kettle leaks.");
        office.send(&jo, &[&service], &words).await;
        let case = cases(&agent, "open", 1).await.remove(0);
        let (id, customer) = (case["id"].as_str().unwrap(), case["customer"].clone());

        // The customer's own name before a stranger's address.
        let from = format!("Jeanne Roudaut <{mallory}>");
        let words = "Send the refund to this address.";
        let words = mail(&from, &service, &format!("m-{jo}"), Some(&first), words);
        office.send(&mallory, &[&service], &words).await;
        let case = heard(&agent, id, 2).await;

        assert_eq!(case["state"], "open", "what they say is heard");
        assert_eq!(case["customer"], customer, "and changes nobody's identity");
        let to = [(jo.clone(), false), (mallory.clone(), true)];
        assert_eq!(recipients(&case), to);
        let stranger = &case["recipients"][1]["id"];
        assert_eq!(&case["messages"][1]["author"], stranger);

        answer(&server, &agent, &case, "We replace it.\n\nClaire Morvan").await;
        let received = office.mails_of(&jo, 1).await.remove(0);
        assert_eq!(header(&received, "In-Reply-To"), format!("<{first}>"));
        assert!(!received.contains("refund"), "nor is it quoted to them");
        assert!(
            office.mails(&mallory).is_empty(),
            "the stranger got nothing"
        );

        let path = format!("/api/v1/cases/{id}/answers");
        let case = agent.get(&format!("/api/v1/cases/{id}")).await;
        let answer = |to: &Value| {
            json!({"text": "Who are you?\n\nClaire Morvan", "visibility": "private",
                "seen": case["stamp"], "to": to})
        };
        let nobody = json!("01939c2e-0000-7000-8000-000000000000");
        let refused = agent.refused("POST", &path, answer(&nobody)).await;
        assert_eq!(refused, "recipient_missing");

        agent.act("POST", &path, answer(stranger)).await;
        server.pass(11);
        server.turn_outbox().await;
        let received = office.mails_of(&mallory, 1).await.remove(0);
        assert_eq!(header(&received, "In-Reply-To"), format!("<m-{jo}>"));
        assert!(
            !received.contains("kettle leaks"),
            "nor the customer's words"
        );
        assert_eq!(office.mails(&jo).len(), 1);
    }
);

story!(
    a_reply_token_known_to_a_stranger_redirects_no_answer,
    |server: TestServer| async move {
        let Some(office) = PostOffice::open() else {
            return;
        };
        let (service, jo, mallory) = (
            office.address("service", "halvenne.test"),
            office.address("jo", "mail.test"),
            office.address("mallory", "mail.test"),
        );
        connect(&server, &office, &service, 7).await;
        let agent = server.named(Role::Agent, "Claire Morvan").await;
        let words = mail(&jo, &service, &format!("first-{jo}"), None, "It leaks.");
        office.send(&jo, &[&service], &words).await;
        let case = cases(&agent, "open", 1).await.remove(0);
        let id = case["id"].as_str().unwrap();
        answer(&server, &agent, &case, "A photo, please?\n\nClaire").await;
        let received = office.mails_of(&jo, 1).await.remove(0);
        let reply_to = header(&received, "Reply-To").rsplit_once('<').unwrap().1;
        let reply_to = reply_to.trim_end_matches('>').to_owned();

        let words = mail(&mallory, &reply_to, &format!("m-{jo}"), None, "Here I am.");
        office.send(&mallory, &[&reply_to], &words).await;
        let case = heard(&agent, id, 3).await;

        assert_eq!(recipients(&case), [(jo, false), (mallory, true)]);
    }
);

story!(
    whom_the_customer_brings_in_and_their_other_addresses_keep_working,
    |server: TestServer| async move {
        let Some(office) = PostOffice::open() else {
            return;
        };
        let (service, jo, sam, work) = (
            office.address("service", "halvenne.test"),
            office.address("jo", "mail.test"),
            office.address("sam", "mail.test"),
            office.address("jo-work", "company.test"),
        );
        connect(&server, &office, &service, 7).await;
        let agent = server.named(Role::Agent, "Claire Morvan").await;
        let first = format!("first-{jo}");
        let to = format!("{service}\nCc: Sam <{sam}>");
        let words = mail(&jo, &to, &first, None, "Our kettle leaks.");
        office.send(&jo, &[&service], &words).await;
        let case = cases(&agent, "open", 1).await.remove(0);
        let id = case["id"].as_str().unwrap();

        let words = mail(&sam, &service, &format!("s-{jo}"), Some(&first), "It does.");
        office.send(&sam, &[&service], &words).await;
        let case = heard(&agent, id, 2).await;
        assert_eq!(
            recipients(&case),
            [(jo.clone(), false), (sam.clone(), false)]
        );
        assert_eq!(case["recipients"][0]["known"], true);
        assert_eq!(
            case["recipients"][1]["known"], false,
            "it is not Jo's address"
        );

        let words = mail(
            &work,
            &service,
            &format!("w-{jo}"),
            Some(&first),
            "Me again.",
        );
        office.send(&work, &[&service], &words).await;
        let case = heard(&agent, id, 3).await;
        assert_eq!(recipients(&case).last().unwrap(), &(work.clone(), true));

        // A colleague says that both addresses are one person's.
        let theirs = case["recipients"][2]["id"].as_str().unwrap();
        let path = format!("/api/v1/authors/{theirs}/customer");
        let customer = json!({"customer": case["claim"]["customer"]["id"]});
        agent.act("PUT", &path, customer).await;
        let case = agent.get(&format!("/api/v1/cases/{id}")).await;
        let last = &case["recipients"][0];
        assert_eq!(
            (&last["email"], &last["newcomer"]),
            (&json!(work), &json!(false))
        );
    }
);
