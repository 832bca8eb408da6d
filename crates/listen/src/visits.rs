//! Visits posted by a site, an application or a till: `{"id", "at", "place"?, "consent": true,
//! "visitor": {…}}`.

use serde_json::Value;
use vigie_model::{At, IncomingVisit};

use crate::{Refusal, fields::JsonFields};

/// Reads one visit. `now` is the latest time at which it can have taken place. Only visitors
/// who signed in and agreed to be remembered are accepted: a cookie identifies nobody.
pub fn read(value: &Value, now: At) -> Result<IncomingVisit, Refusal> {
    let Value::Object(fields) = value else {
        return Err(Refusal::new(
            "item_not_an_object",
            "each item must be a JSON object",
        ));
    };
    let fields = JsonFields { fields, place: "" };
    let missing = |name: &str| Refusal::new("field_missing", format!("{name} is missing or empty"));
    let id = fields
        .text("id", 200)?
        .map(|it| it.trim().to_owned())
        .filter(|it| !it.is_empty());
    let (at, _) = fields.past("at", now)?.ok_or_else(|| missing("at"))?;
    if fields.fields.get("consent") != Some(&Value::Bool(true)) {
        let words =
            "consent must be true: only visits of people who agreed to be remembered are kept";
        return Err(Refusal::new("consent_missing", words));
    }
    let visitor = fields.author("visitor")?;
    if [&visitor.customer_id, &visitor.email]
        .into_iter()
        .all(|it| it.as_deref().is_none_or(str::is_empty))
    {
        return Err(missing("visitor.customer_id or visitor.email"));
    }
    Ok(IncomingVisit {
        id: id.ok_or_else(|| missing("id"))?,
        at,
        place: fields.text("place", 200)?,
        visitor,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(json: &str) -> Result<IncomingVisit, Refusal> {
        read(
            &serde_json::from_str(json).unwrap(),
            At::from_millis(1_800_000_000_000),
        )
    }

    #[test]
    fn a_visit_is_read_and_a_wrong_one_names_the_place() {
        let good = r#"{"id":"v1","at":"2026-03-01T10:00:00Z","consent":true,"place":"shop.example","visitor":{"customer_id":"C7"}}"#;
        let good = visit(good).unwrap();
        assert_eq!(
            (good.id.as_str(), good.place.as_deref()),
            ("v1", Some("shop.example"))
        );
        let detail = |json: &str| visit(json).unwrap_err().detail;
        assert_eq!(detail("7"), "each item must be a JSON object");
        assert_eq!(detail(r#"{"id":"1"}"#), "at is missing or empty");
        let at = r#""at":"2026-03-01T10:00:00Z""#;
        assert!(
            detail(&format!(r#"{{"id":"1",{at},"consent":"true"}}"#))
                .starts_with("consent must be true")
        );
        assert!(
            detail(&format!(r#"{{"id":"1",{at},"consent":true}}"#))
                .starts_with("visitor.customer_id")
        );
        let who = r#""consent":true,"visitor":{"email":"jo@mail.example"}"#;
        assert_eq!(
            detail(&format!(r#"{{{at},{who}}}"#)),
            "id is missing or empty"
        );
    }
}
