//! The customer base: who the customers are and what they bought, read from tables and JSON
//! Lines.

use serde_json::Value;
use vigie_model::{At, IncomingAuthor, IncomingOrder, OrderStatus};

use crate::{Refusal, fields::JsonFields, orders};

/// Reads a customer: `{"customer_id"?, "email"?, "phone"?, "name"? | "first_name"?,
/// "last_name"?}`.
pub fn customer(value: &Value) -> Result<IncomingAuthor, Refusal> {
    let Value::Object(fields) = value else {
        return Err(Refusal::new(
            "item_not_an_object",
            "each item must be a JSON object",
        ));
    };
    let fields = JsonFields { fields, place: "" };
    let text = |name: &str, longest| {
        Ok::<_, Refusal>(
            fields
                .text(name, longest)?
                .map(|it| it.trim().to_owned())
                .filter(|it| !it.is_empty()),
        )
    };
    let parts: Vec<String> = [text("first_name", 100)?, text("last_name", 100)?]
        .into_iter()
        .flatten()
        .collect();
    let whole = Some(parts.join(" ")).filter(|it| !it.is_empty());
    let said = IncomingAuthor {
        name: text("name", 200)?.or(whole),
        email: text("email", 320)?,
        phone: text("phone", 60)?,
        customer_id: text("customer_id", 200)?,
        ..IncomingAuthor::default()
    };
    if said.customer_id.is_none() && said.email.is_none() && said.phone.is_none() {
        return Err(Refusal::new(
            "field_missing",
            "customer_id, email and phone are all missing or empty",
        ));
    }
    Ok(said)
}

/// Reads an order from a table like a posted one, with amount and state in the terms shops
/// use.
pub fn order(mut value: Value, now: At) -> Result<IncomingOrder, Refusal> {
    if let Value::Object(fields) = &mut value {
        if let Some(Value::String(total)) = fields.get_mut("total") {
            *total = amount(total);
        }
        if let Some(Value::String(status)) = fields.get_mut("status")
            && let Some(known) = status_of(status)
        {
            known.code().clone_into(status);
        }
        if let Some(Value::String(currency)) = fields.get_mut("currency") {
            *currency = currency.trim().to_uppercase();
        }
    }
    orders::read(&value, now)
}

/// Reads `1 299,90 €`, `€1,299.90` and `1299.900000` as one amount. When both separators
/// occur, the last one separates the cents; one that occurs twice separates thousands, and so
/// does a single comma before three digits. A single point never does: an ambiguous amount is
/// refused rather than guessed.
fn amount(written: &str) -> String {
    let kept: String = written
        .chars()
        .filter(|it| it.is_ascii_digit() || matches!(it, '.' | ',' | '-'))
        .collect();
    if kept.is_empty() {
        return written.to_owned();
    }
    let Some(last) = kept.rfind(['.', ',']) else {
        return kept;
    };
    let (whole, part) = kept.split_at(last);
    let (mark, part) = part.split_at(1);
    let (alone, both) = (!whole.contains(mark), whole.contains(['.', ',']));
    let thousands = !both && alone && mark == "," && part.len() == 3;
    let digits: String = whole
        .chars()
        .filter(|it| !matches!(it, '.' | ','))
        .collect();
    if thousands || !alone {
        return format!("{digits}{part}");
    }
    if part.is_empty() {
        digits
    } else {
        format!("{digits}.{part}")
    }
}

/// The terms shops use for the states of an order, in lower case.
const STATES: [(OrderStatus, &[&str]); 7] = [
    (
        OrderStatus::Placed,
        &[
            "pending",
            "on-hold",
            "on hold",
            "new",
            "awaiting payment",
            "en attente",
            "passée",
        ],
    ),
    (
        OrderStatus::Paid,
        &[
            "processing",
            "payment accepted",
            "paiement accepté",
            "payée",
            "payé",
            "en cours de préparation",
        ],
    ),
    (
        OrderStatus::Shipped,
        &[
            "fulfilled",
            "sent",
            "in transit",
            "expédiée",
            "expédié",
            "en cours de livraison",
        ],
    ),
    (
        OrderStatus::Delivered,
        &[
            "completed",
            "complete",
            "livrée",
            "livré",
            "terminée",
            "terminé",
        ],
    ),
    (OrderStatus::Returned, &["retournée", "retourné", "return"]),
    (
        OrderStatus::Refunded,
        &[
            "remboursée",
            "remboursé",
            "partially refunded",
            "partially_refunded",
        ],
    ),
    (
        OrderStatus::Cancelled,
        &[
            "canceled", "voided", "failed", "annulée", "annulé", "expired",
        ],
    ),
];

fn status_of(word: &str) -> Option<OrderStatus> {
    let word = word.trim().to_lowercase();
    let word = word.strip_prefix("wc-").unwrap_or(&word);
    word.parse()
        .ok()
        .or_else(|| STATES.iter().find(|it| it.1.contains(&word)).map(|it| it.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (written, read) in [
            ("129.90", "129.90"),
            ("1\u{202f}299,90\u{a0}€", "1299.90"),
            ("€1,299.90", "1299.90"),
            ("1.299,90", "1299.90"),
            ("1,299", "1299"),
            ("1,299,000", "1299000"),
            ("129.900000", "129.900000"),
            ("0,5", "0.5"),
            ("1.299", "1.299"),
            ("-5", "-5"),
            ("12,5", "12.5"),
            ("free", "free"),
        ] {
            assert_eq!(amount(written), read, "{written}");
        }
    }

    #[test]
    fn an_order_of_a_table_is_read_in_french() {
        let row = serde_json::json!({
            "number": "7",
            "at": "2024-03-01T10:00:00+00:00",
            "status": "Livrée",
            "total": "1 299,90 €",
            "currency": "eur",
            "buyer": {"email": "a@b.fr"},
        });
        let order = order(row, At::from_millis(1_800_000_000_000)).unwrap();
        assert_eq!(
            (order.total.minor, order.total.currency.as_str()),
            (129_990, "EUR")
        );
        assert_eq!(order.status, OrderStatus::Delivered);
    }

    #[test]
    fn a_customer_needs_something_that_tells_who() {
        let named = customer(
            &serde_json::json!({"first_name": "Anne", "last_name": "Le Gall", "email": " a@b.fr "}),
        )
        .unwrap();
        assert_eq!(
            (named.name.as_deref(), named.email.as_deref()),
            (Some("Anne Le Gall"), Some("a@b.fr"))
        );
        let why = customer(&serde_json::json!({"name": "Anne"})).unwrap_err();
        assert!(why.detail.contains("customer_id"), "{}", why.detail);
    }
}
