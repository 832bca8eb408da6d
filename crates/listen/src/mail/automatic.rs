//! Mail that no person wrote for us: absences, acknowledgements from systems, lists,
//! newsletters, bounces.

use std::sync::LazyLock;

use regex::RegexSet;
use serde::Serialize;

use super::pattern::any_of;
use super::{Mail, thread::Headers};

/// In what way a mail is automatic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Automatic {
    /// A mail of ours was returned.
    Bounce,
    /// The person is away.
    OutOfOffice,
    /// An automatic acknowledgement from another system.
    AutoReply,
    /// A mailing list.
    List,
    /// A newsletter or an advertisement.
    Bulk,
    /// The receiving server marked it as spam.
    Spam,
}

impl Automatic {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Bounce => "bounce",
            Self::OutOfOffice => "out_of_office",
            Self::AutoReply => "auto_reply",
            Self::List => "list",
            Self::Bulk => "bulk",
            Self::Spam => "spam",
        }
    }
}

static AWAY_SUBJECTS: LazyLock<RegexSet> = LazyLock::new(|| {
    any_of([
        r"(?i)^(r[ée]ponse automatique|automatic reply|auto(matique|matic)?[- ]?(reply|response|r[ée]ponse))\b",
        r"(?i)^(absence du bureau|message d['’]absence|absence\s*:|absent[e]? du bureau|en cong[ée]s?\s*:|out[- ]of[- ](the[- ])?office|ooo\s*:|on (annual |sick |parental )?leave\s*:|vacation (reply|message|response)|away from (the|my) (office|desk))",
    ])
});
static AWAY_WORDS: LazyLock<RegexSet> = LazyLock::new(|| {
    any_of([
        r"(?i)\b(absent|absente|absence|cong[ée]s?|de retour|mon retour|vacances|d[ée]placement)\b",
        r"(?i)\b(out of (the )?office|on (annual |sick |parental |maternity |paternity )?leave|on holiday|vacation|away (from|until)|be back|return(ing)? on|limited access)\b",
    ])
});
static RECEIPT_SUBJECTS: LazyLock<RegexSet> = LazyLock::new(|| {
    any_of([
        r"(?i)\b(accus[ée] de r[ée]ception|nous avons bien re[çc]u votre (demande|message|mail))",
        r"(?i)\b(we (have )?received your (request|message|e-?mail)|ticket (created|received)|request received)\b",
    ])
});

fn is(set: &LazyLock<RegexSet>, text: &str) -> bool {
    set.is_match(text)
}

/// In what way a mail is automatic; `None` when a person wrote it.
pub fn kind(headers: &Headers, mail: &Mail) -> Option<Automatic> {
    if mail.bounce.is_some() {
        return Some(Automatic::Bounce);
    }
    let subject = mail.subject.as_deref().unwrap_or_default();
    if answers_by_itself(headers) || is(&AWAY_SUBJECTS, subject) {
        let away =
            is(&AWAY_SUBJECTS, subject) || is(&AWAY_WORDS, subject) || is(&AWAY_WORDS, &mail.text);
        let receipt = is(&RECEIPT_SUBJECTS, subject);
        return Some(if away && !receipt {
            Automatic::OutOfOffice
        } else {
            Automatic::AutoReply
        });
    }
    let yes = |name| {
        headers
            .value(name)
            .is_some_and(|it| it.trim().to_lowercase().starts_with("yes"))
    };
    if yes("x-spam-flag") || yes("x-spam-status") {
        return Some(Automatic::Spam);
    }
    let precedence = headers
        .value("precedence")
        .unwrap_or_default()
        .trim()
        .to_lowercase();
    if headers.has("list-id") || headers.has("list-post") || precedence == "list" {
        let sold = headers.has("feedback-id")
            || headers.has("x-csa-complaints")
            || headers.has("x-campaign-id");
        return Some(
            if sold || precedence == "bulk" && !headers.has("list-post") {
                Automatic::Bulk
            } else {
                Automatic::List
            },
        );
    }
    let bulk = headers.has("list-unsubscribe") || matches!(precedence.as_str(), "bulk" | "junk");
    bulk.then_some(Automatic::Bulk)
}

/// How auto-responders identify themselves (RFC 3834, and earlier conventions).
fn answers_by_itself(headers: &Headers) -> bool {
    let auto_submitted = headers
        .value("auto-submitted")
        .map(|it| it.trim().to_lowercase());
    let precedence = headers
        .value("precedence")
        .unwrap_or_default()
        .trim()
        .to_lowercase();
    auto_submitted.is_some_and(|it| !it.is_empty() && !it.starts_with("no"))
        || headers.has("x-autoreply")
        || headers.has("x-autorespond")
        || headers.has("x-autoresponder")
        || headers.has("x-autoreply-from")
        || headers.has("x-mail-autoreply")
        || precedence == "auto_reply"
        || headers
            .value("return-path")
            .is_some_and(|it| it.trim() == "<>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        let patterns = [&AWAY_SUBJECTS, &AWAY_WORDS, &RECEIPT_SUBJECTS];
        assert!(patterns.iter().all(|set| !set.is_empty()));
    }

    #[test]
    fn absences_are_known_by_subject_alone() {
        for subject in [
            "Réponse automatique : colis",
            "Absence : retour lundi",
            "Automatic reply: order",
            "Out of office: Jo",
        ] {
            assert!(is(&AWAY_SUBJECTS, subject), "{subject}");
        }
        for subject in [
            "Absence de réponse depuis 3 semaines",
            "Mes vacances gâchées",
            "Out of stock",
        ] {
            assert!(!is(&AWAY_SUBJECTS, subject), "{subject}");
        }
    }
}
