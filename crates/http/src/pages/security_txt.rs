//! Where somebody who found a fault writes to: `/.well-known/security.txt` (RFC 9116).

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use vigie_model::At;

use crate::AppState;

/// For how long the page counts as up to date, days; the RFC advises less than a year.
const DAYS: i64 = 180;

/// The page, once whoever runs this instance said where to write to.
pub async fn show(State(app): State<AppState>) -> Response {
    let Some(contact) = &app.config.security_contact else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let text = text(contact, &app.config.public_address, app.store.now());
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

fn text(contact: &str, site: &str, now: At) -> String {
    let expires = now.plus_days(DAYS);
    format!(
        "Contact: {contact}\nExpires: {expires}\nPreferred-Languages: fr, en\n\
         Canonical: {site}/.well-known/security.txt\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_a_field_of_the_rfc() {
        let now = "2026-11-17T09:00:00Z".parse().unwrap();
        let text = text("mailto:security@halvenne.example", "https://v.example", now);
        assert_eq!(
            text,
            "Contact: mailto:security@halvenne.example\n\
             Expires: 2027-05-16T09:00:00.000Z\n\
             Preferred-Languages: fr, en\n\
             Canonical: https://v.example/.well-known/security.txt\n"
        );
    }
}
