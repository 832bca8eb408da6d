//! The texts of a person's copy, in both languages: headings, fields, and the meaning of
//! codes. A flat catalogue.

use vigie_model::Lang;

/// The heading of a sheet; `None` when it means nothing to a person.
pub fn heading(sheet: &str, lang: Lang) -> Option<&'static str> {
    HEADINGS
        .iter()
        .find(|it| it.0 == sheet)
        .map(|it| if lang == Lang::Fr { it.2 } else { it.1 })
}

/// The label of a field; `None` when only programs need it.
pub fn label(field: &str, lang: Lang) -> Option<&'static str> {
    LABELS
        .iter()
        .find(|it| it.0 == field)
        .map(|it| if lang == Lang::Fr { it.2 } else { it.1 })
}

/// The meaning of a code in that field; `None` when it is not a code.
pub fn meaning(field: &str, code: &str, lang: Lang) -> Option<&'static str> {
    CODES
        .iter()
        .find(|it| it.0 == field && it.1 == code)
        .map(|it| if lang == Lang::Fr { it.3 } else { it.2 })
}

/// The sheets a person reads: name, English, French.
const HEADINGS: &[(&str, &str, &str)] = &[
    ("customers", "You", "Vous"),
    (
        "accounts",
        "Your accounts and addresses",
        "Vos comptes et adresses",
    ),
    (
        "links",
        "Why we think they are yours",
        "Pourquoi nous pensons qu’ils sont à vous",
    ),
    (
        "joins",
        "Records found to be one",
        "Fiches reconnues comme une seule",
    ),
    (
        "preferences",
        "How you want to be written to",
        "Comment vous voulez qu’on vous écrive",
    ),
    (
        "rules",
        "What we settled about your messages",
        "Ce que nous avons réglé pour vos messages",
    ),
    ("cases", "Your cases", "Vos dossiers"),
    (
        "messages",
        "What you said, and what we answered",
        "Ce que vous avez dit, et ce que nous avons répondu",
    ),
    (
        "revisions",
        "What you wrote otherwise",
        "Ce que vous avez récrit",
    ),
    (
        "readings",
        "What our program read in it",
        "Ce que notre programme y a lu",
    ),
    (
        "corrections",
        "What a person corrected in that reading",
        "Ce qu’une personne a corrigé dans cette lecture",
    ),
    ("attachments", "Your files", "Vos fichiers"),
    ("orders", "Your orders", "Vos commandes"),
    ("visits", "Your visits", "Vos visites"),
    (
        "promises",
        "What we promised you",
        "Ce que nous vous avons promis",
    ),
    (
        "tagged",
        "How we marked your cases",
        "Comment nous avons marqué vos dossiers",
    ),
    (
        "closures",
        "How your cases ended",
        "Comment vos dossiers se sont terminés",
    ),
    (
        "notes",
        "What we noted among ourselves",
        "Ce que nous avons noté entre nous",
    ),
];

/// The fields that are meaningful to a person; ids, hashes and versions are for programs.
const LABELS: &[(&str, &str, &str)] = &[
    ("answered_at", "answered", "répondu le"),
    ("at", "on", "le"),
    ("channel", "channel", "canal"),
    ("closed_at", "closed", "clos le"),
    ("created_at", "known since", "connu depuis"),
    ("customer_id", "customer number", "numéro de client"),
    ("due_at", "due", "échéance"),
    ("email", "mail address", "adresse de courriel"),
    ("emitter", "who speaks", "qui parle"),
    ("evidence", "evidence", "preuve"),
    ("evidence.kind", "because of", "à cause de"),
    ("handle", "account", "compte"),
    ("harm", "harm", "préjudice"),
    ("heard_at", "last heard", "dernier message"),
    ("how", "how it ended", "issue"),
    ("importance", "importance", "importance"),
    ("kind", "kind", "nature"),
    ("lang", "language", "langue"),
    ("made_at", "made on", "fait le"),
    ("name", "name", "nom"),
    ("network", "network", "réseau"),
    ("number", "number", "numéro"),
    ("opened_at", "opened", "ouvert le"),
    ("phone", "telephone", "téléphone"),
    ("placed_at", "placed", "passée le"),
    ("queue", "queue", "file"),
    ("sentiment", "feeling of the message", "ressenti du message"),
    ("silent", "write only in answer", "n’écrire qu’en réponse"),
    ("query", "about", "à propos de"),
    ("shop", "shop", "boutique"),
    ("size", "size, bytes", "taille, octets"),
    ("state", "state", "état"),
    ("status", "state", "état"),
    ("text", "words", "mots"),
    ("reference", "reference", "référence"),
    ("replaced_at", "until", "jusqu’au"),
    ("title", "subject", "objet"),
    ("total", "total", "total"),
    ("undone_at", "taken back on", "annulé le"),
    ("urgency", "urgency", "urgence"),
];

/// Field, code, English, French; "you" is the person.
const CODES: &[(&str, &str, &str, &str)] = &[
    ("kind", "complaint", "complaint", "réclamation"),
    ("kind", "question", "question", "question"),
    ("kind", "praise", "praise", "compliment"),
    ("kind", "market", "market", "écho du marché"),
    ("kind", "rumour", "to check", "à vérifier"),
    ("kind", "noise", "not for us", "hors sujet"),
    ("kind", "unknown", "to read", "à lire"),
    ("sentiment", "negative", "unhappy", "mécontent"),
    ("sentiment", "neutral", "neutral", "neutre"),
    ("sentiment", "positive", "happy", "content"),
    ("sentiment", "unsure", "unsure", "incertain"),
    ("harm", "none", "none", "aucun"),
    ("harm", "annoyance", "annoyance", "désagrément"),
    ("harm", "small_money", "a small sum", "petite somme"),
    ("harm", "large_money", "a large sum", "grosse somme"),
    (
        "harm",
        "loss_of_service",
        "without service",
        "privé de service",
    ),
    (
        "harm",
        "safety_or_law",
        "safety or law",
        "sécurité ou droit",
    ),
    ("harm", "unknown", "unknown", "inconnu"),
    ("state", "open", "open", "à traiter"),
    (
        "state",
        "waiting_customer",
        "waiting for you",
        "en attente de vous",
    ),
    (
        "state",
        "waiting_colleague",
        "waiting for a colleague",
        "en attente d’un collègue",
    ),
    ("state", "snoozed", "snoozed", "reporté"),
    ("state", "aside", "laid aside", "mis de côté"),
    ("state", "closed", "closed", "clos"),
    ("how", "solved", "solved", "résolu"),
    ("how", "answered", "answered", "répondu"),
    ("how", "nothing_to_do", "nothing to do", "sans suite"),
    ("queue", "now", "Now", "Maintenant"),
    ("queue", "quick", "Quick", "Rapide"),
    ("queue", "plan", "Plan", "À planifier"),
    ("queue", "later", "Later", "Ensuite"),
    ("status", "placed", "placed", "passée"),
    ("status", "paid", "paid", "payée"),
    ("status", "shipped", "shipped", "expédiée"),
    ("status", "delivered", "delivered", "livrée"),
    ("status", "returned", "returned", "retournée"),
    ("status", "refunded", "refunded", "remboursée"),
    ("status", "cancelled", "cancelled", "annulée"),
    ("emitter", "customer", "you", "vous"),
    ("emitter", "brand", "us", "nous"),
    ("emitter", "employee", "an employee", "un employé"),
    ("emitter", "ambassador", "an ambassador", "un ambassadeur"),
    ("emitter", "press", "the press", "la presse"),
    ("emitter", "retailer", "a retailer", "un revendeur"),
    ("emitter", "paid", "paid words", "des mots payés"),
    ("emitter", "unknown", "unknown", "inconnu"),
    ("channel", "site", "site", "site"),
    ("channel", "form", "form", "formulaire"),
    ("channel", "mail", "mail", "courriel"),
    ("channel", "shop", "shop", "boutique"),
    ("channel", "phone", "telephone", "téléphone"),
    (
        "channel",
        "after_sales",
        "after-sales",
        "service après-vente",
    ),
    ("channel", "network", "network", "réseau"),
    ("evidence", "refund", "refund", "remboursement"),
    ("evidence", "shipment", "shipment", "envoi"),
    ("evidence", "replacement", "replacement", "échange"),
    ("evidence", "repair", "repair", "réparation"),
    (
        "evidence",
        "customer_yes",
        "you said yes",
        "vous avez dit oui",
    ),
    ("evidence", "photo", "photo", "photo"),
    ("evidence", "link", "link", "lien"),
    (
        "evidence.kind",
        "shop_id",
        "the same customer number",
        "même numéro de client",
    ),
    ("evidence.kind", "email", "the same address", "même adresse"),
    (
        "evidence.kind",
        "phone",
        "the same telephone",
        "même téléphone",
    ),
    (
        "evidence.kind",
        "handle",
        "the same account and an order",
        "même compte et une commande",
    ),
    (
        "evidence.kind",
        "person",
        "a colleague said so",
        "un collègue l’a dit",
    ),
    (
        "evidence.kind",
        "separated",
        "a colleague separated them",
        "un collègue les a séparés",
    ),
];

#[cfg(test)]
mod tests {
    use vigie_model::{
        CaseState, Channel, Emitter, EvidenceKind, Harm, HowEnded, Kind, OrderStatus, Queue,
        Sentiment,
    };

    use super::*;

    #[test]
    fn every_code_a_person_may_read_has_its_words() {
        let missing = |field: &str, codes: Vec<&str>| -> Vec<String> {
            let lacks = |it: &&str| meaning(field, it, Lang::Fr).is_none();
            codes
                .into_iter()
                .filter(lacks)
                .map(|it| format!("{field}: {it}"))
                .collect()
        };
        let all = [
            missing("kind", Kind::ALL.iter().map(|it| it.code()).collect()),
            missing(
                "sentiment",
                Sentiment::ALL.iter().map(|it| it.code()).collect(),
            ),
            missing("harm", Harm::ALL.iter().map(|it| it.code()).collect()),
            missing("state", CaseState::ALL.iter().map(|it| it.code()).collect()),
            missing("how", HowEnded::ALL.iter().map(|it| it.code()).collect()),
            missing("queue", Queue::ALL.iter().map(|it| it.code()).collect()),
            missing(
                "status",
                OrderStatus::ALL.iter().map(|it| it.code()).collect(),
            ),
            missing("emitter", Emitter::ALL.iter().map(|it| it.code()).collect()),
            missing("channel", Channel::ALL.iter().map(|it| it.code()).collect()),
            missing(
                "evidence",
                EvidenceKind::ALL.iter().map(|it| it.code()).collect(),
            ),
        ];
        assert_eq!(all.concat(), Vec::<String>::new());
    }
}
