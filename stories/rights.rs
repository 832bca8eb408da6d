//! Every route with every role and with none: a route that is not classified fails here.

use serde_json::{Value, json};
use vigie_http::{Right, allows};
use vigie_model::Role;

use crate::test_server::{Caller, TestServer, client, story};

/// Every operation of the description: method, path with ids filled in, right.
async fn operations() -> Vec<(String, String, Option<Right>)> {
    let description: Value = serde_json::from_str(&vigie::openapi_text().await.unwrap()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let right = operation["x-vigie-right"].as_str();
            let right =
                right.and_then(|code| Right::ALL.iter().copied().find(|it| it.code() == code));
            let path = path
                .replace("{id}", "01939c2e-0000-7000-8000-000000000000")
                .replace("{token}", "none");
            operations.push((method.to_uppercase(), path, right));
        }
    }
    operations
}

fn skipped(path: &str) -> bool {
    // It never ends: its own stories read it.
    path == "/api/v1/live"
}

async fn status(caller: &Caller, method: &str, path: &str) -> (u16, Value) {
    let path = if path == "/api/v1/cases" {
        "/api/v1/cases?view=quick"
    } else {
        path
    };
    let body = (method != "GET").then(|| json!({}));
    caller.call(method, path, body).await
}

story!(
    every_route_with_every_role_and_with_none,
    |server: TestServer| async move {
        let operations = operations().await;
        assert!(operations.len() > 60, "{} operations", operations.len());
        let nobody = server.nobody();
        for (method, path, right) in operations.iter().filter(|it| !skipped(&it.1)) {
            let right = right.unwrap_or_else(|| panic!("{method} {path} is not classified"));
            let (found, answer) = status(&nobody, method, path).await;
            match right {
                Right::Anybody => assert!(
                    found != 401 && found != 403,
                    "{method} {path} for nobody: {found} {answer}"
                ),
                _ => assert_eq!(found, 401, "{method} {path} for nobody: {answer}"),
            }
        }
        for role in Role::ALL {
            for (method, path, right) in operations.iter().filter(|it| !skipped(&it.1)) {
                let right = right.unwrap();
                let fresh = server
                    .named(
                        *role,
                        &format!("{role} {method} {}", path.replace('/', "-")),
                    )
                    .await;
                let (found, answer) = status(&fresh, method, path).await;
                let kind = answer["type"].as_str().unwrap_or_default();
                match right {
                    Right::Program => assert_eq!(found, 401, "{method} {path} is for programs"),
                    _ if allows(*role, right) => {
                        assert!(
                            found != 401 && kind != "urn:vigie:problem:not_allowed",
                            "{role} {method} {path}: {found} {answer}"
                        );
                    }
                    _ => assert_eq!(
                        (found, kind),
                        (403, "urn:vigie:problem:not_allowed"),
                        "{role} {method} {path}: {answer}"
                    ),
                }
            }
        }
    }
);

story!(
    routes_outside_the_description_are_the_customers_own,
    |server: TestServer| async move {
        for (path, expected) in [
            ("/", 200),
            ("/inbox/open", 200),
            ("/f/none", 404),
            ("/p/none", 404),
            ("/pages.css", 200),
            ("/api/v1/none", 404),
        ] {
            let answer = client()
                .get(format!("{}{path}", server.address))
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status().as_u16(), expected, "{path}");
            let policy = answer.headers()["content-security-policy"]
                .to_str()
                .unwrap()
                .to_owned();
            assert!(
                policy.starts_with("default-src 'self'") && !policy.contains("unsafe"),
                "{path}: {policy}"
            );
            assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
            assert_eq!(
                policy.contains("frame-ancestors 'none'"),
                !path.starts_with("/f/"),
                "only the form may be embedded"
            );
        }
    }
);

story!(
    a_volunteer_sees_only_what_they_are_given,
    |server: TestServer| async move {
        let volunteer = server.named(Role::Volunteer, "Sophie Delannoy").await;
        let agent = server.named(Role::Agent, "Inès Carlier").await;
        let case = server
            .hears("1", "My oven caught fire, my child was burned")
            .await;
        let path = format!("/api/v1/cases/{case}");
        assert_eq!(volunteer.call("GET", &path, None).await.0, 403);
        assert_eq!(
            volunteer
                .call("GET", "/api/v1/cases?view=open", None)
                .await
                .0,
            403
        );
        assert_eq!(
            volunteer
                .call("POST", &format!("{path}/notes"), Some(json!({"text": "x"})))
                .await
                .0,
            403
        );
        agent
            .act(
                "PUT",
                &format!("{path}/assignment"),
                json!({"person": volunteer.id}),
            )
            .await;
        assert_eq!(
            volunteer.get(&path).await["owner"]["name"],
            "Sophie Delannoy"
        );
        volunteer
            .act(
                "POST",
                &format!("{path}/notes"),
                json!({"text": "I call them"}),
            )
            .await;
        assert_eq!(
            volunteer.get("/api/v1/cases?view=mine").await["cases"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
    }
);
