//! What somebody says of themselves is not taken for granted: until their own mail server, the link
//! sent to their address, the shop's token or a person vouches for it, it opens nothing.

use serde_json::{Value, json};
use vigie_journey::erasure;
use vigie_model::{Actor, Role};

use crate::{
    post_office::PostOffice,
    test_server::{Caller, TestServer, client, story},
};

/// An order of somebody the shop knows.
pub fn order(number: &str, email: &str) -> Value {
    json!({
        "number": number,
        "at": "2026-11-01T10:00:00Z",
        "total": "129.90",
        "currency": "EUR",
        "status": "paid",
        "buyer": {"customer_id": format!("C-{number}"), "email": email, "name": "Jeanne Roudaut"},
    })
}

/// The customer the shop knows by this name.
pub async fn known(agent: &Caller, name: &str) -> Value {
    let found = agent.get(&format!("/api/v1/customers?search={name}")).await;
    let all = found["customers"].as_array().unwrap().iter();
    let proved: Vec<_> = all.filter(|it| it["claimed"] == false).collect();
    assert_eq!(proved.len(), 1, "{found}");
    proved[0].clone()
}

/// What a case shows of who wrote it: whether they are recognised, and the numbers of the orders
/// it opens as theirs.
pub fn opens(case: &Value) -> (bool, Vec<&str>) {
    let orders = case["orders"].as_array().unwrap().iter();
    let theirs = orders.filter(|order| order["theirs"] == true);
    let numbers = theirs.map(|order| order["number"].as_str().unwrap());
    (case["customer"] != Value::Null, numbers.collect())
}

/// The line of triage about who the customer is.
fn customer_reason(case: &Value) -> &Value {
    let reasons = case["why"]["reasons"].as_array().unwrap();
    let line = reasons.iter().find(|line| line["factor"] == "customer");
    line.unwrap_or(&Value::Null)
}

/// The case whose last words are these.
pub async fn case_saying(agent: &Caller, words: &str) -> Value {
    let page = agent.get("/api/v1/cases?view=open&limit=100").await;
    let rows = page["cases"].as_array().unwrap();
    let row = rows.iter().find(|row| row["words"] == words);
    let id = row.unwrap_or_else(|| panic!("{words}: {page}"))["id"].clone();
    agent
        .get(&format!("/api/v1/cases/{}", id.as_str().unwrap()))
        .await
}

/// Fills in the form; returns the path of the private page.
pub async fn fill_in(server: &TestServer, fields: &[(&str, &str)]) -> String {
    let nobody = server.nobody();
    let (status, page) = nobody
        .form("POST", "/f/story-form?lang=en", fields, None)
        .await;
    let page = page.as_str().unwrap();
    assert_eq!(status, 200, "{page}");
    let (_, link) = page.split_once("href=\"http://story.example/p/").unwrap();
    format!("/p/{}", link.split(['?', '"']).next().unwrap())
}

/// The path of the link in a mail that asks whose an address is.
fn link_in(mail: &str) -> String {
    let plain = mail
        .replace("=\r\n", "")
        .replace("=\n", "")
        .replace("=3D", "=");
    let (_, link) = plain.split_once("http://story.example/a/").unwrap();
    format!("/a/{}", link.split(char::is_whitespace).next().unwrap())
}

story!(
    the_address_in_a_form_is_a_claim_until_its_owner_confirms_it,
    |server: TestServer| async move {
        let Some(office) = PostOffice::open() else {
            return;
        };
        let (service, jeanne) = (
            office.address("service", "halvenne.test"),
            office.address("jeanne", "mail.test"),
        );
        crate::mail::connect(&server, &office, &service, 7).await;
        server.post("/api/v1/orders", &order("HV-1", &jeanne)).await;
        let agent = server.named(Role::Agent, "Claire Morvan").await;
        let customer = known(&agent, "jeanne").await;

        let fields = [
            ("text", "Where is my lamp?"),
            ("name", "J. Roudaut"),
            ("email", jeanne.as_str()),
            ("order", "HV-1"),
        ];
        let private = fill_in(&server, &fields).await;

        let case = case_saying(&agent, "Where is my lamp?").await;
        let row = &agent.get("/api/v1/cases?view=open").await["cases"][0];
        assert_eq!(opens(&case), (false, vec![]));
        assert_eq!(
            (&row["customer"], &row["claimed"], &row["who"]),
            (&json!(false), &json!(true), &json!("J. Roudaut"))
        );
        assert_eq!(customer_reason(&case)["evidence"]["claimed"], true);
        assert_eq!(case["claim"]["proposed"][0]["id"], customer["id"]);
        let path = format!("/api/v1/customers/{}", customer["id"].as_str().unwrap());
        let page = agent.get(&path).await;
        assert_eq!(page["cases"], json!([]), "nothing is put on her page");

        // Whoever wrote asks for the mail; her mailbox alone gets it, without a word of theirs.
        let nobody = server.nobody();
        let (status, shown) = nobody.page(&format!("{private}?lang=en")).await;
        assert!(status == 200 && shown.contains("Confirm your email address"));
        let press = format!("{private}/address?lang=en");
        let (status, _, to) = nobody.press(&press, &[]).await;
        assert_eq!((status, to.ends_with("asked=now")), (303, true), "{to}");
        let (_, _, to) = nobody.press(&press, &[]).await;
        assert!(to.ends_with("asked=today"), "one mail a day: {to}");
        server.turn_outbox().await;
        let mail = office.mails_of(&jeanne, 1).await.remove(0);
        assert!(
            !mail.contains("lamp") && !mail.contains("Roudaut"),
            "{mail}"
        );
        let (_, page) = nobody.page(&format!("{private}?lang=en")).await;
        assert!(!page.contains("/a/"), "the link is in the mail alone");

        // Opening the link answers nothing, as programs open links too; its owner does.
        let link = link_in(&mail);
        let (status, page) = nobody.page(&link).await;
        assert!(status == 200 && page.contains("It was not me"), "{page}");
        let answer = client().get(format!("{}{link}", server.address)).send();
        let answer = answer.await.unwrap();
        assert_eq!(answer.headers()["referrer-policy"], "no-referrer");
        let id = case["id"].as_str().unwrap();
        let case = agent.get(&format!("/api/v1/cases/{id}")).await;
        assert_eq!(opens(&case), (false, vec![]));
        let (status, page, _) = nobody.press(&link, &[("theirs", "true")]).await;
        assert!(status == 200 && page.contains("confirmed"), "{page}");
        let case = agent.get(&format!("/api/v1/cases/{id}")).await;
        assert_eq!(opens(&case), (true, vec!["HV-1"]));
        assert_eq!(case["customer"]["id"], customer["id"]);
        assert_eq!(case["claim"], Value::Null);
        assert_eq!(nobody.press(&link, &[("theirs", "false")]).await.0, 404);

        // It was true of those words. Whoever gives the address next claims it again.
        let fields = [("text", "Send me another"), ("email", jeanne.as_str())];
        let private = fill_in(&server, &fields).await;
        let case = case_saying(&agent, "Send me another").await;
        assert_eq!(opens(&case), (false, vec![]));
        server.pass(25 * 3_600);
        let press = format!("{private}/address?lang=en");
        nobody.press(&press, &[]).await;
        server.turn_outbox().await;
        let links = office.mails_of(&jeanne, 2).await.into_iter();
        let links: Vec<_> = links.map(|mail| link_in(&mail)).collect();
        let new = links.iter().find(|other| **other != link).unwrap();
        nobody.press(new, &[("theirs", "false")]).await;
        let case = case_saying(&agent, "Send me another").await;
        assert_eq!(case["claim"]["theirs"], false);
        let told = server.history().await;
        assert!(told.contains("address.denied") && told.contains("address.confirmed"));
    }
);

story!(
    a_program_claims_unless_the_shop_signs,
    |server: TestServer| async move {
        let batch = json!([order("HV-1", "jeanne@mail.example")]);
        server.post("/api/v1/orders", &batch).await;
        let agent = server.named(Role::Agent, "Claire Morvan").await;
        let customer = known(&agent, "jeanne").await;
        let says = |id: &str, author: Value| json!({"external_id": id, "text": id, "order": "HV-1", "author": author});

        let claim = json!({"email": "jeanne@mail.example", "customer_id": "C-HV-1"});
        let signed = server.token(&server.api.secret, json!({"sub": "C-HV-1"}));
        let forged = server.token("whsec_another", json!({"sub": "C-HV-1"}));
        // What is not signed is left out, beside what is.
        let borrowed = json!({"token": signed, "email": "mallory@mail.example"});
        let batch = json!([
            says("claimed", claim.clone()),
            says("signed", json!({"token": signed})),
            says("forged", json!({"token": forged})),
            says("borrowed", borrowed),
            says(
                "no token",
                json!({"token": 7, "email": "jeanne@mail.example"})
            ),
        ]);
        let (_, answer) = server.post_messages(&batch).await;
        let results = answer["results"].as_array().unwrap().iter();
        let results: Vec<_> = results.map(|it| it["status"].as_str().unwrap()).collect();
        let expected = ["created", "created", "refused", "created", "refused"];
        assert_eq!(results, expected, "{answer}");
        let problem = &answer["results"][2]["problem"]["type"];
        assert_eq!(problem, "urn:vigie:problem:token_wrong");

        let claimed = case_saying(&agent, "claimed").await;
        assert_eq!(opens(&claimed), (false, vec![]));
        for words in ["signed", "borrowed"] {
            let case = case_saying(&agent, words).await;
            assert_eq!(opens(&case), (true, vec!["HV-1"]), "{words}");
            assert_eq!(customer_reason(&case)["evidence"]["claimed"], Value::Null);
        }
        let found = agent.get("/api/v1/customers?search=mallory").await;
        assert_eq!(found["customers"], json!([]));

        // A person vouches for one author, and takes it back.
        let id = claimed["id"].as_str().unwrap();
        let author = claimed["author"]["id"].as_str().unwrap();
        let path = format!("/api/v1/authors/{author}/confirmation");
        let reader = server.caller(Role::Reader).await;
        assert_eq!(reader.refused("PUT", &path, json!({})).await, "not_allowed");
        agent.act("PUT", &path, json!({})).await;
        let case = agent.get(&format!("/api/v1/cases/{id}")).await;
        assert_eq!(opens(&case), (true, vec!["HV-1"]));
        assert_eq!(case["customer"]["id"], customer["id"]);
        assert_eq!(
            agent.refused("PUT", &path, json!({})).await,
            "nothing_claimed"
        );
        agent.act("DELETE", &path, json!({})).await;
        let case = agent.get(&format!("/api/v1/cases/{id}")).await;
        assert_eq!(opens(&case), (false, vec![]));
        assert_eq!(case["claim"]["proposed"][0]["id"], customer["id"]);

        // Placed with the customer by hand and back again, they only claim again.
        let place = format!("/api/v1/authors/{author}/customer");
        let back = &case["claim"]["customer"]["id"];
        for (customer, opened) in [(&customer["id"], true), (back, false)] {
            agent
                .act("PUT", &place, json!({"customer": customer}))
                .await;
            let case = agent.get(&format!("/api/v1/cases/{id}")).await;
            assert_eq!(opens(&case).0, opened);
        }
        // Separated from whom they were placed with, nothing proves them either.
        for customer in [&customer["id"], &Value::Null] {
            agent
                .act("PUT", &place, json!({"customer": customer}))
                .await;
        }
        let case = agent.get(&format!("/api/v1/cases/{id}")).await;
        assert_eq!(opens(&case), (false, vec![]));
        // Whom more than a person vouches for is not turned into a claim.
        let signed = case_saying(&agent, "signed").await;
        let theirs = signed["author"]["id"].as_str().unwrap();
        let path = format!("/api/v1/authors/{theirs}/confirmation");
        let refused = agent.refused("DELETE", &path, json!({})).await;
        assert_eq!(refused, "nothing_claimed");
        assert_eq!(
            opens(&case_saying(&agent, "signed").await),
            (true, vec!["HV-1"])
        );

        // Nobody is there to confirm an address the shop does not know: a person may.
        let stranger = json!({"email": "sam@mail.example", "name": "Sam"});
        server.post_messages(&says("a stranger", stranger)).await;
        let case = case_saying(&agent, "a stranger").await;
        assert_eq!(case["claim"]["proposed"], json!([]));
        let author = case["author"]["id"].as_str().unwrap();
        let path = format!("/api/v1/authors/{author}/confirmation");
        agent.act("PUT", &path, json!({})).await;
        let case = case_saying(&agent, "a stranger").await;
        assert_eq!(
            opens(&case),
            (true, vec![]),
            "and somebody else's order stays closed"
        );
    }
);

story!(
    the_shop_s_own_pages_open_the_form_for_who_is_signed_in_there,
    |server: TestServer| async move {
        let batch = json!([order("HV-1", "jeanne@mail.example")]);
        server.post("/api/v1/orders", &batch).await;
        let agent = server.named(Role::Agent, "Claire Morvan").await;
        let form = {
            let mut session = server.instance.store.read().await.unwrap();
            session.sources().by_code("story-form").await.unwrap()
        };
        let claims = json!({"sub": "C-HV-1", "name": "Jeanne Roudaut"});
        let token = server.token(&form.secret, claims);

        let nobody = server.nobody();
        let (_, page) = nobody
            .page(&format!("/f/story-form?lang=en&token={token}"))
            .await;
        assert!(page.contains("Jeanne Roudaut") && !page.contains("name=\"email\""));
        let fields = [("text", "signed"), ("order", "HV-1"), ("token", &token)];
        fill_in(&server, &fields).await;
        let case = case_saying(&agent, "signed").await;
        assert_eq!(opens(&case), (true, vec!["HV-1"]));

        // Her time at the shop is over: her words are still there, and she is asked who she is.
        server.pass(3_600);
        let fields = [("text", "too late"), ("token", &token)];
        let sent = nobody.form("POST", "/f/story-form?lang=en", &fields, None);
        let (status, page) = sent.await;
        let page = page.as_str().unwrap();
        assert_eq!(status, 422);
        assert!(
            page.contains("too late") && page.contains("name=\"email\""),
            "{page}"
        );
        assert!(page.contains("has run out"), "{page}");
    }
);

story!(
    whoever_is_erased_is_erased_with_what_was_claimed_in_their_name,
    |server: TestServer| async move {
        let batch = json!([order("HV-1", "jeanne@mail.example")]);
        server.post("/api/v1/orders", &batch).await;
        let says = |id: &str, email: &str, phone: &str| {
            let author = json!({"email": email, "phone": phone, "name": id});
            json!({"external_id": id, "text": format!("words of {id}"), "author": author})
        };
        let batch = json!([
            says("one", "jeanne@mail.example", ""),
            says("two", "leo@mail.example", "06 12 34 56 78"),
            says("three", "jeanne@mail.example", "06 12 34 56 78"),
        ]);
        server.post_messages(&batch).await;
        let agent = server.named(Role::Agent, "Claire Morvan").await;
        let customer = known(&agent, "jeanne").await;
        let path = format!("/api/v1/customers/{}", customer["id"].as_str().unwrap());
        assert_eq!(agent.get(&path).await["alike"][0]["claimed"], true);

        let known = erasure::traces_of(&server.instance, "jeanne@mail.example")
            .await
            .unwrap();
        erasure::erase(&server.instance, Actor::System, &known)
            .await
            .unwrap();

        let page = agent.get("/api/v1/cases?view=open").await;
        let rows = page["cases"].as_array().unwrap();
        let words: Vec<_> = rows
            .iter()
            .map(|row| row["words"].as_str().unwrap())
            .collect();
        assert_eq!(
            words,
            ["words of two"],
            "who only shares a claim is not erased"
        );
        let page = agent.get("/api/v1/customers").await;
        let names = page["customers"].as_array().unwrap().len();
        assert_eq!(names, 1, "{page}");
    }
);
