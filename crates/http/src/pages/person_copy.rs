//! What a person is given who asks what is kept about them: everything, as JSON for programs and as a page to read.

use serde_json::{Map, Value, json};
use vigie_model::Lang;
use vigie_store::exporting::{Copied, is_readable};

use crate::html::escape;

/// For programs: an array a noun, in the words of `vigie export`.
pub fn as_json(copied: &[Copied]) -> Value {
    let sheets: Map<String, Value> = copied.iter().map(|(sheet, rows)| (sheet.name.into(), json!(rows))).collect();
    Value::Object(sheets)
}

/// To be read, in a language; without what only ties things together.
pub fn as_page(copied: &[Copied], lang: Lang) -> String {
    let title = match lang {
        Lang::Fr => "Ce qui est gardé à votre sujet",
        Lang::En => "What is kept about you",
    };
    let mut body = format!("<h1>{title}</h1>");
    for (sheet, rows) in copied {
        body.push_str(&format!("<h2>{}</h2>", escape(heading(sheet.name, lang))));
        for row in rows.iter().filter_map(Value::as_object) {
            let told = row.iter().filter(|(name, _)| name.as_str() == "author" || is_readable(sheet, name));
            let told: String = told.map(|(name, value)| one(name, value, lang)).collect();
            body.push_str(&format!("<dl>{told}</dl>"));
        }
    }
    let code = lang.code();
    format!(
        "<!doctype html><html lang=\"{code}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"noindex\">\
         <title>{title}</title><link rel=\"stylesheet\" href=\"/pages.css\"></head><body><main>{body}</main></body></html>"
    )
}

fn one(name: &str, value: &Value, lang: Lang) -> String {
    let words = match value {
        Value::String(words) => words.clone(),
        Value::Object(parts) => {
            let parts = parts.iter().filter_map(|(name, it)| Some(format!("{name}: {}", it.as_str()?)));
            parts.collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    };
    // Line breaks are words too.
    format!("<dt>{}</dt><dd>{}</dd>", escape(label(name, lang)), escape(&words).replace('\n', "<br>"))
}

const HEADINGS: [(&str, &str, &str); 15] = [
    ("customers", "You", "Vous"),
    ("accounts", "Your accounts and addresses", "Vos comptes et adresses"),
    ("links", "Why we think they are yours", "Pourquoi nous pensons qu’ils sont à vous"),
    ("joins", "Records found to be one", "Fiches reconnues comme une seule"),
    ("cases", "Your cases", "Vos dossiers"),
    ("messages", "What you said, and what we answered", "Ce que vous avez dit, et ce que nous avons répondu"),
    ("revisions", "What you wrote otherwise", "Ce que vous avez récrit"),
    ("readings", "What our program read in it", "Ce que notre programme y a lu"),
    ("corrections", "What a person corrected in that reading", "Ce qu’une personne a corrigé dans cette lecture"),
    ("attachments", "Your files", "Vos fichiers"),
    ("orders", "Your orders", "Vos commandes"),
    ("promises", "What we promised you", "Ce que nous vous avons promis"),
    ("named_causes", "The causes we named", "Les causes que nous avons nommées"),
    ("closures", "How your cases ended", "Comment vos dossiers se sont terminés"),
    ("notes", "What we noted among ourselves", "Ce que nous avons noté entre nous"),
];

fn heading(name: &'static str, lang: Lang) -> &'static str {
    let found = HEADINGS.iter().find(|it| it.0 == name);
    found.map_or(name, |it| if lang == Lang::Fr { it.2 } else { it.1 })
}

const LABELS: [(&str, &str, &str); 40] = [
    ("account", "account", "compte"),
    ("answered_at", "answered", "répondu le"),
    ("at", "on", "le"),
    ("author", "who", "qui"),
    ("cause", "cause", "cause"),
    ("channel", "channel", "canal"),
    ("closed_at", "closed", "clos le"),
    ("created_at", "known since", "connu depuis"),
    ("currency", "currency", "devise"),
    ("customer_id", "customer number", "numéro de client"),
    ("data", "reading", "lecture"),
    ("due_at", "due", "échéance"),
    ("email", "mail address", "adresse de courriel"),
    ("emitter", "who speaks", "qui parle"),
    ("evidence", "evidence", "preuve"),
    ("followers", "followers", "abonnés"),
    ("handle", "account", "compte"),
    ("harm", "harm", "préjudice"),
    ("heard_at", "last heard", "dernier message"),
    ("how", "how it ended", "issue"),
    ("importance", "importance", "importance"),
    ("kind", "kind", "nature"),
    ("lang", "language", "langue"),
    ("made_at", "made on", "fait le"),
    ("made_by", "by", "par"),
    ("name", "name", "nom"),
    ("network", "network", "réseau"),
    ("number", "number", "numéro"),
    ("opened_at", "opened", "ouvert le"),
    ("phone", "telephone", "téléphone"),
    ("placed_at", "placed", "passée le"),
    ("queue", "queue", "file"),
    ("sentiment", "feeling of the message", "ressenti du message"),
    ("shop", "shop", "boutique"),
    ("size", "size, bytes", "taille, octets"),
    ("state", "state", "état"),
    ("status", "state", "état"),
    ("text", "words", "mots"),
    ("title", "subject", "objet"),
    ("urgency", "urgency", "urgence"),
];

fn label(name: &str, lang: Lang) -> &str {
    let found = LABELS.iter().find(|it| it.0 == name);
    found.map_or(name, |it| if lang == Lang::Fr { it.2 } else { it.1 })
}
