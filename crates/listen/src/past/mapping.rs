//! Which column says what: `field=COLUMN`, a constant (`emitter='brand'`), a time with its format
//! (`at=created_at:%d/%m/%Y %H:%M`), a choice (`emitter=inbound?customer:brand`, `emitter=from=agent?brand:customer`).

use serde_json::{Map, Value};

use super::times;

/// The fields a message may be given, as in `POST /api/v1/messages`.
pub const FIELDS: [&str; 18] = [
    "external_id",
    "text",
    "html",
    "title",
    "url",
    "at",
    "author.handle",
    "author.name",
    "author.email",
    "author.phone",
    "author.customer_id",
    "in_reply_to",
    "conversation",
    "visibility",
    "emitter",
    "channel",
    "rating",
    "order",
];

/// Other names people give them, in French and English; lower case, `_` for blanks.
const ALSO: [(&str, &[&str]); 15] = [
    (
        "external_id",
        &["id", "message_id", "tweet_id", "ticket_id", "post_id", "identifiant", "numero", "number", "ref"],
    ),
    ("text", &["message", "body", "content", "comment", "texte", "contenu", "corps", "verbatim", "review", "avis"]),
    ("title", &["subject", "objet", "titre", "sujet"]),
    ("url", &["link", "lien", "permalink"]),
    ("at", &["date", "created_at", "time", "timestamp", "sent_at", "date_creation", "créé_le", "cree_le", "datetime"]),
    ("author.handle", &["author", "author_id", "handle", "user", "username", "auteur", "pseudo", "compte"]),
    ("author.name", &["name", "author_name", "nom", "nom_auteur", "full_name", "client", "customer"]),
    ("author.email", &["email", "e-mail", "mail", "courriel", "author_email", "from"]),
    ("author.phone", &["phone", "telephone", "téléphone", "tel", "mobile"]),
    ("author.customer_id", &["customer_id", "client_id", "id_client", "numero_client"]),
    ("in_reply_to", &["reply_to", "parent", "parent_id", "in_response_to", "in_response_to_tweet_id", "reponse_a"]),
    ("conversation", &["thread", "thread_id", "conversation_id", "fil"]),
    ("rating", &["stars", "note", "score", "etoiles"]),
    ("order", &["order_id", "order_number", "commande", "numero_commande"]),
    ("channel", &["canal", "medium"]),
];

/// Fields whose value is an identifier: `3.0`, as tables write whole numbers, is `3`.
const IDENTIFIERS: [&str; 6] =
    ["external_id", "in_reply_to", "conversation", "author.handle", "author.customer_id", "order"];

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    Column(String),
    Constant(String),
    Time { column: String, format: String },
    Choice { column: String, is: Option<String>, then: String, otherwise: String },
}

impl Rule {
    fn column(&self) -> Option<&str> {
        match self {
            Self::Constant(_) => None,
            Self::Column(column) | Self::Time { column, .. } | Self::Choice { column, .. } => Some(column),
        }
    }
}

/// Which column says what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    rules: Vec<(String, Rule)>,
    /// The brand the whole file is for, when it is said.
    pub brand: Option<String>,
}

impl Mapping {
    /// Reads rules, each alone or several by commas.
    ///
    /// # Errors
    /// A sentence that names the rule.
    pub fn parse(rules: &[String]) -> Result<Self, String> {
        let mut mapping = Self::default();
        for rule in rules.iter().flat_map(|it| one_by_one(it)) {
            let (field, said) = rule.split_once('=').ok_or_else(|| format!("{rule}: write field=COLUMN"))?;
            let (field, said) = (field.trim(), said.trim());
            if said.is_empty() {
                return Err(format!("{rule}: say which column"));
            }
            if field == "brand" {
                let constant = quoted(said).ok_or_else(|| format!("{rule}: write brand='name'"))?;
                mapping.brand = Some(constant.to_owned());
                continue;
            }
            let field = known(field).ok_or_else(|| {
                format!("{field} is no field of a message; the fields are brand, {}", FIELDS.join(", "))
            })?;
            mapping.rules.retain(|it| it.0 != field);
            mapping.rules.push((field.to_owned(), read_rule(field, said)));
        }
        Ok(mapping)
    }

    /// What is not said is guessed from the names of the columns.
    pub fn completed(mut self, header: &[String]) -> Self {
        for field in FIELDS {
            if self.rules.iter().any(|it| it.0 == field) {
                continue;
            }
            let names = ALSO.iter().find(|it| it.0 == field).map_or(&[][..], |it| it.1);
            let column = std::iter::once(&field).chain(names).find_map(|name| {
                let used = |column: &str| self.rules.iter().any(|it| it.1.column() == Some(column));
                header.iter().find(|it| plain(it) == *name && !used(it))
            });
            if let Some(column) = column {
                self.rules.push((field.to_owned(), Rule::Column(column.clone())));
            }
        }
        self
    }

    /// Finds the columns.
    ///
    /// # Errors
    /// A sentence that names the column that is not there, or the field without which nothing can be read.
    pub fn bind(&self, header: &[String]) -> Result<Bound, String> {
        let mut places = Vec::with_capacity(self.rules.len());
        for (field, rule) in &self.rules {
            let place =
                match rule.column() {
                    None => None,
                    Some(column) => Some(header.iter().position(|it| it.trim() == column).ok_or_else(|| {
                        format!("there is no column {column}; the columns are {}", header.join(", "))
                    })?),
                };
            places.push((field.clone(), rule.clone(), place));
        }
        for field in ["external_id", "text"] {
            if !places.iter().any(|it| it.0 == field || (field == "text" && it.0 == "html")) {
                return Err(format!(
                    "say which column is {field}: --map {field}=COLUMN; the columns are {}",
                    header.join(", ")
                ));
            }
        }
        Ok(Bound { places })
    }

    /// The rules as they can be written again, for people to see and change.
    pub fn written(&self) -> Vec<String> {
        let rule = |(field, rule): &(String, Rule)| match rule {
            Rule::Column(column) => format!("{field}={column}"),
            Rule::Constant(constant) => format!("{field}='{constant}'"),
            Rule::Time { column, format } => format!("{field}={column}:{format}"),
            Rule::Choice { column, is: None, then, otherwise } => format!("{field}={column}?{then}:{otherwise}"),
            Rule::Choice { column, is: Some(is), then, otherwise } => {
                format!("{field}={column}={is}?{then}:{otherwise}")
            }
        };
        self.brand.iter().map(|it| format!("brand='{it}'")).chain(self.rules.iter().map(rule)).collect()
    }
}

/// Rules whose columns were found.
#[derive(Debug, Clone)]
pub struct Bound {
    places: Vec<(String, Rule, Option<usize>)>,
}

impl Bound {
    /// A message in the shape of the API. `cells` are those of the header's columns.
    ///
    /// # Errors
    /// A sentence that names the column.
    pub fn object(&self, cells: &[&str]) -> Result<Value, String> {
        let (mut message, mut author) = (Map::new(), Map::new());
        for (field, rule, place) in &self.places {
            let cell = place.and_then(|it| cells.get(it)).copied().unwrap_or_default();
            let said = match rule {
                Rule::Constant(constant) => constant.clone(),
                Rule::Column(_) if field == "at" && !cell.trim().is_empty() => times::guessed(cell)?,
                Rule::Time { format, .. } if !cell.trim().is_empty() => times::read(cell, format)?,
                Rule::Column(_) | Rule::Time { .. } => cell.to_owned(),
                Rule::Choice { is, then, otherwise, .. } => {
                    let holds = is.as_ref().map_or_else(|| truthy(cell), |is| is.eq_ignore_ascii_case(cell.trim()));
                    (if holds { then } else { otherwise }).clone()
                }
            };
            if said.trim().is_empty() {
                continue;
            }
            let said = if IDENTIFIERS.contains(&field.as_str()) { identifier(&said) } else { said };
            let value = match said.trim().parse::<f64>() {
                Ok(number) if field == "rating" => serde_json::json!(number),
                _ => Value::String(said),
            };
            match field.strip_prefix("author.") {
                Some(part) => author.insert(part.to_owned(), value),
                None => message.insert(field.clone(), value),
            };
        }
        if !author.is_empty() {
            message.insert("author".into(), Value::Object(author));
        }
        Ok(Value::Object(message))
    }
}

/// Commas separate rules when a field and its sign follow; formats may hold commas of their own.
fn one_by_one(rules: &str) -> Vec<String> {
    let begins = |it: &str| {
        let name: String =
            it.trim_start().chars().take_while(|it| it.is_alphanumeric() || matches!(it, '_' | '.')).collect();
        !name.is_empty() && it.trim_start().get(name.len()..).is_some_and(|it| it.starts_with('='))
    };
    let mut all: Vec<String> = Vec::new();
    for piece in rules.split(',') {
        match all.last_mut() {
            Some(last) if !begins(piece) => {
                last.push(',');
                last.push_str(piece);
            }
            _ => all.push(piece.trim().to_owned()),
        }
    }
    all.retain(|it| !it.is_empty());
    all
}

fn known(field: &str) -> Option<&'static str> {
    let direct = FIELDS.iter().find(|it| **it == field);
    let also = || ALSO.iter().find(|it| it.1.contains(&field)).map(|it| it.0);
    direct.copied().or_else(also)
}

fn read_rule(field: &str, said: &str) -> Rule {
    if let Some(constant) = quoted(said) {
        return Rule::Constant(constant.to_owned());
    }
    if let Some((column, (then, otherwise))) = said.split_once('?').and_then(|(a, b)| Some((a, b.split_once(':')?))) {
        let (column, is) = match column.split_once('=') {
            Some((column, is)) => (column, Some(is.trim().to_owned())),
            None => (column, None),
        };
        let (then, otherwise) = (then.trim().to_owned(), otherwise.trim().to_owned());
        return Rule::Choice { column: column.trim().to_owned(), is, then, otherwise };
    }
    match said.split_once(':') {
        Some((column, format)) if field == "at" && format.contains('%') => {
            Rule::Time { column: column.trim().to_owned(), format: format.to_owned() }
        }
        _ => Rule::Column(said.to_owned()),
    }
}

fn quoted(said: &str) -> Option<&str> {
    ['\'', '"'].iter().find_map(|mark| said.strip_prefix(*mark)?.strip_suffix(*mark))
}

fn plain(name: &str) -> String {
    name.trim().trim_start_matches('\u{feff}').to_lowercase().replace([' ', '-'], "_")
}

fn truthy(cell: &str) -> bool {
    ["true", "1", "yes", "y", "oui", "vrai", "o", "t", "x"].contains(&cell.trim().to_lowercase().as_str())
}

fn identifier(cell: &str) -> String {
    let cell = cell.trim();
    match cell.strip_suffix(".0") {
        Some(whole) if !whole.is_empty() && whole.bytes().all(|it| it.is_ascii_digit()) => whole.to_owned(),
        _ => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &str) -> Vec<String> {
        names.split(',').map(str::to_owned).collect()
    }

    #[test]
    fn rules_of_every_kind_are_read_and_written_again() {
        let said = [
            "external_id=tweet_id,author=author_id".to_owned(),
            "emitter=inbound?customer:brand".into(),
            "at=created_at:%a %b %d %H:%M:%S %z %Y, brand='Acme'".into(),
            "visibility='public'".into(),
        ];
        let mapping = Mapping::parse(&said).unwrap();
        assert_eq!(mapping.brand.as_deref(), Some("Acme"));
        assert_eq!(Mapping::parse(&mapping.written()).unwrap(), mapping);
        let columns = header("tweet_id,author_id,inbound,created_at,text,in_response_to_tweet_id");
        let bound = mapping.completed(&columns).bind(&columns).unwrap();
        let row = ["1", "sprintcare", "False", "Tue Oct 31 22:10:47 +0000 2017", "@115712 I understand.", "3.0"];
        let object = bound.object(&row).unwrap();
        assert_eq!(
            object,
            serde_json::json!({"external_id": "1", "author": {"handle": "sprintcare"}, "emitter": "brand",
                "at": "2017-10-31T22:10:47+00:00", "text": "@115712 I understand.", "in_reply_to": "3", "visibility": "public"})
        );
    }

    #[test]
    fn columns_are_guessed_in_french() {
        let columns = header("Numero,Date,Nom,Courriel,Objet,Message,Note");
        let bound = Mapping::default().completed(&columns).bind(&columns).unwrap();
        let object = bound.object(&["7", "2024-03-01 10:00", "Anne", "a@b.fr", "Colis", "Perdu", "2"]).unwrap();
        assert_eq!(object["author"], serde_json::json!({"name": "Anne", "email": "a@b.fr"}));
        assert_eq!((&object["at"], &object["rating"]), (&"2024-03-01T10:00:00+00:00".into(), &serde_json::json!(2.0)));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let wrong = |rule: &str| Mapping::parse(&[rule.to_owned()]).unwrap_err();
        assert!(wrong("colour=x").contains("no field of a message"));
        assert!(wrong("text").contains("field=COLUMN"));
        let missing = Mapping::parse(&["text=Words".into()]).unwrap().bind(&header("id,words")).unwrap_err();
        assert_eq!(missing, "there is no column Words; the columns are id, words");
        let none = Mapping::default().completed(&header("a,b")).bind(&header("a,b")).unwrap_err();
        assert!(none.starts_with("say which column is external_id"));
    }
}
