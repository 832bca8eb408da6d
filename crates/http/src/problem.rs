//! Errors as `application/problem+json`: a stable type that the UI translates, and a sentence
//! that says what to do next.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

/// A problem (RFC 9457).
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    kind: &'static str,
    detail: String,
    extra: Map<String, Value>,
    retry_after: Option<u32>,
}

impl Problem {
    /// A problem with this status and stable kind.
    pub fn new(status: StatusCode, kind: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            detail: detail.into(),
            extra: Map::new(),
            retry_after: None,
        }
    }

    /// 400: a malformed request.
    pub fn bad_request(kind: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, kind, detail)
    }

    /// 422: understood, and refused by a rule.
    pub fn unprocessable(kind: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, kind, detail)
    }

    /// 409: a conflict with the current state.
    pub fn conflict(kind: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, kind, detail)
    }

    /// 502: a service we called on behalf of the caller failed.
    pub fn bad_gateway(kind: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_GATEWAY, kind, detail)
    }

    /// 401: not signed in, or no valid key.
    pub fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "not_signed_in", "sign in first")
    }

    /// 403: the right is missing.
    pub fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "not_allowed",
            "your role does not allow this: ask an administrator",
        )
    }

    /// 404: no such thing.
    pub fn not_found(what: &'static str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            format!("no such {what}"),
        )
    }

    /// 429: too many requests; retry after `seconds`.
    pub fn too_many_requests(seconds: u32) -> Self {
        let mut problem = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many",
            format!("try again in {seconds} s"),
        );
        problem.retry_after = Some(seconds);
        problem
    }

    /// Adds a field.
    pub fn with_field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(name.to_owned(), value.into());
        self
    }

    /// The HTTP status.
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The stable kind.
    pub const fn kind(&self) -> &'static str {
        self.kind
    }

    /// The sentence.
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "type": format!("urn:vigie:problem:{}", self.kind),
            "title": self.status.canonical_reason().unwrap_or("Problem"),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if let Value::Object(fields) = &mut body {
            fields.extend(self.extra);
        }
        let mut answer = (self.status, body.to_string()).into_response();
        answer.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = self.retry_after {
            answer
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        answer
    }
}

/// How SQLite, the operating system and PostgreSQL report that the disk is full.
const FULL: [&str; 3] = [
    "database or disk is full",
    "No space left on device",
    "could not extend file",
];

impl Problem {
    /// An internal error: the log contains the cause, the caller only learns that it is not their
    /// fault.
    pub fn internal(error: &dyn std::error::Error) -> Self {
        let mut chain = error.to_string();
        let mut source = error.source();
        while let Some(inner) = source {
            chain.push_str(": ");
            chain.push_str(&inner.to_string());
            source = inner.source();
        }
        tracing::error!(error = chain, "an act failed");
        if FULL.iter().any(|it| chain.contains(it)) {
            return Self::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "disk_full",
                "the server's disk is full: nothing of this was kept; make room there, then send it \
                again",
            );
        }
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "our_fault",
            "something failed on our side; nothing was lost, try again",
        )
    }
}

impl From<vigie_store::Error> for Problem {
    fn from(error: vigie_store::Error) -> Self {
        match error {
            vigie_store::Error::Missing(what) => Self::not_found(what),
            vigie_store::Error::Unstorable => {
                Self::unprocessable("text_unreadable", error.to_string())
            }
            other => Self::internal(&other),
        }
    }
}

impl From<vigie_respond::Error> for Problem {
    fn from(error: vigie_respond::Error) -> Self {
        use vigie_respond::Error as E;
        let detail = error.to_string();
        match error {
            E::Store(inner) => inner.into(),
            E::Stale { last_message_fact } => {
                Self::conflict("stale", detail).with_field("stamp", last_message_fact)
            }
            E::Empty => Self::unprocessable("words_missing", detail),
            E::NotAhead => Self::unprocessable("date_not_ahead", detail),
            E::AlreadyLeft => Self::conflict("already_left", detail),
            E::Blocked => Self::unprocessable("personal_data_in_public", detail),
            E::NoWayBack(_) => Self::unprocessable("no_way_back", detail),
            E::NoSuchRecipient => Self::unprocessable("recipient_missing", detail),
            E::ProofMissing => Self::unprocessable("proof_missing", detail),
        }
    }
}

impl From<vigie_desk::Error> for Problem {
    fn from(error: vigie_desk::Error) -> Self {
        use vigie_desk::Error as E;
        let detail = error.to_string();
        match error {
            E::Store(inner) => inner.into(),
            E::Unavailable => Self::unprocessable("person_unavailable", detail),
            E::WrongState(state) => {
                Self::conflict("wrong_state", detail).with_field("state", state.code())
            }
            E::Empty => Self::unprocessable("words_missing", detail),
            E::NotAhead => Self::unprocessable("date_not_ahead", detail),
            E::CannotMove(_) => Self::unprocessable("cannot_move", detail),
            E::CannotUndo(_) => Self::conflict("cannot_undo", detail),
            E::NotAllowed => Self::forbidden(),
            E::TooManyCases => Self::unprocessable("cases_too_many", detail),
            E::EvidenceOfEach => Self::unprocessable("evidence_missing", detail),
            E::NotWaiting => Self::bad_request("state_wrong", detail),
            E::UndoneAlready => Self::conflict("undone_already", detail),
            E::ActedSince => Self::conflict("acted_since", detail),
            E::Busy => Self::conflict("colleague_busy", detail),
            E::LinkOver => Self::conflict("link_over", detail),
            E::NothingClaimed => Self::conflict("nothing_claimed", detail),
            E::NoMailbox => Self::conflict("no_mailbox", detail),
            E::AskedToday => Self::conflict("asked_today", detail),
            E::RuleWithoutEffect => Self::unprocessable("rule_without_effect", detail),
            E::TooManyRules => Self::unprocessable("rules_too_many", detail),
            E::TagName => Self::unprocessable("tag_name_wrong", detail),
            E::TagExists => Self::conflict("tag_exists", detail),
            E::TeamName => Self::unprocessable("team_name_wrong", detail),
            E::TeamExists => Self::conflict("team_exists", detail),
            E::TeamAway => Self::unprocessable("team_away", detail),
            E::EvidenceMissing => Self::unprocessable("evidence_missing", detail),
            E::PromiseIncomplete => Self::unprocessable("promise_incomplete", detail),
            E::OtherBrand => Self::unprocessable("other_brand", detail),
        }
    }
}

impl From<vigie_connect::InvalidSettings> for Problem {
    fn from(error: vigie_connect::InvalidSettings) -> Self {
        Self::unprocessable(error.problem, error.detail)
    }
}

impl From<vigie_listen::Refusal> for Problem {
    fn from(error: vigie_listen::Refusal) -> Self {
        Self::unprocessable(error.problem, error.detail)
    }
}

impl From<vigie_listen::IntakeError> for Problem {
    fn from(error: vigie_listen::IntakeError) -> Self {
        match error {
            vigie_listen::IntakeError::NoSource => Self::not_found("source"),
            vigie_listen::IntakeError::Paused => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "source_paused",
                "this source is paused: try again later",
            ),
            other => Self::internal(&other),
        }
    }
}
