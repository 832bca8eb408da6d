//! Orders posted by a shop: `{"number", "at", "status", "total", "currency", "shop"?, "buyer":
//! {…}}`.

use serde_json::Value;
use vigie_model::{At, IncomingOrder, Money, OrderStatus};

use crate::{Refusal, fields::JsonFields};

/// Reads one order. `now` is the latest time at which it can have been placed.
pub fn read(value: &Value, now: At) -> Result<IncomingOrder, Refusal> {
    let Value::Object(fields) = value else {
        return Err(Refusal::new(
            "item_not_an_object",
            "each item must be a JSON object",
        ));
    };
    let fields = JsonFields { fields, place: "" };
    let missing = |name: &str| Refusal::new("field_missing", format!("{name} is missing or empty"));
    let number = fields
        .text("number", 100)?
        .map(|it| it.trim().to_owned())
        .filter(|it| !it.is_empty());
    let (placed_at, _) = fields.past("at", now)?.ok_or_else(|| missing("at"))?;
    let buyer = fields.author("buyer")?;
    if [&buyer.customer_id, &buyer.email, &buyer.phone]
        .into_iter()
        .all(|it| it.as_deref().is_none_or(str::is_empty))
    {
        return Err(missing("buyer.customer_id, buyer.email or buyer.phone"));
    }
    Ok(IncomingOrder {
        number: number.ok_or_else(|| missing("number"))?,
        placed_at,
        status: fields
            .code::<OrderStatus>("status")?
            .ok_or_else(|| missing("status"))?,
        total: total(&fields)?.ok_or_else(|| missing("total"))?,
        shop: fields.text("shop", 200)?,
        buyer,
    })
}

/// A string keeps its cents; a JSON number is read as it was written.
fn total(fields: &JsonFields<'_>) -> Result<Option<Money>, Refusal> {
    let currency = fields.text("currency", 3)?.unwrap_or_else(|| "EUR".into());
    let amount = match fields.fields.get("total") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Number(number)) => number.to_string(),
        Some(_) => fields.text("total", 30)?.unwrap_or_default(),
    };
    let read = Money::parse(&amount, &currency);
    read.map(Some)
        .map_err(|err| Refusal::new("field_wrong", format!("total: {err}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(json: &str) -> Result<IncomingOrder, Refusal> {
        read(
            &serde_json::from_str(json).unwrap(),
            At::from_millis(1_800_000_000_000),
        )
    }

    #[test]
    fn an_order_is_read_and_a_wrong_one_names_the_place() {
        let good = order(
            r#"{"number":"HV-1","at":"2026-03-01T10:00:00+01:00","status":"delivered","total":"129.90",
                "currency":"EUR","shop":"Lyon","buyer":{"email":"jo@mail.example"}}"#,
        )
        .unwrap();
        assert_eq!(
            (good.total.minor, good.status),
            (12_990, OrderStatus::Delivered)
        );
        let detail = |json: &str| order(json).unwrap_err().detail;
        assert_eq!(detail("[]"), "each item must be a JSON object");
        assert!(detail(r#"{"number":"1","at":"yesterday"}"#).starts_with("at: "));
        assert!(
            detail(r#"{"number":"1","at":"2026-03-01T10:00:00Z"}"#)
                .starts_with("buyer.customer_id")
        );
        let buyer = r#""at":"2026-03-01T10:00:00Z","buyer":{"email":"a@b.org"}"#;
        assert_eq!(
            detail(&format!(r#"{{{buyer}}}"#)),
            "number is missing or empty"
        );
        assert!(
            detail(&format!(r#"{{"number":"1",{buyer},"status":"lost"}}"#))
                .starts_with("status must be one of placed")
        );
        assert!(
            detail(&format!(
                r#"{{"number":"1",{buyer},"status":"paid","total":"1,20"}}"#
            ))
            .starts_with("total: an amount")
        );
    }
}
