//! The company's own directory: a CSV with a header, `,` or `;`, French or English column names in
//! any order.

use crate::Refusal;

/// A colleague as listed in the directory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DirectoryEntry {
    /// Address, lower case.
    pub email: String,
    pub name: String,
    /// Shop or team.
    pub shop: String,
    /// What they know, each topic one or a few words.
    pub topics: Vec<String>,
    /// Language codes, such as `fr`.
    pub langs: Vec<String>,
    /// When they can be asked, as free text.
    pub hours: String,
}

/// What was read: colleagues, and the lines that could not be read.
pub type Directory = (Vec<DirectoryEntry>, Vec<(u64, Refusal)>);

const COLUMNS: [(&str, &[&str]); 6] = [
    (
        "email",
        &["email", "e-mail", "mail", "courriel", "adresse", "address"],
    ),
    ("name", &["name", "nom", "full name", "nom complet"]),
    (
        "shop",
        &[
            "shop", "boutique", "magasin", "team", "équipe", "equipe", "site", "service",
        ],
    ),
    (
        "topics",
        &[
            "topics",
            "sujets",
            "compétences",
            "competences",
            "knows",
            "connaît",
            "connait",
            "skills",
        ],
    ),
    (
        "langs",
        &["languages", "langues", "langs", "lang", "langue"],
    ),
    (
        "hours",
        &["hours", "horaires", "disponibilité", "availability"],
    ),
];

/// Reads a directory.
pub fn read(bytes: &[u8]) -> Result<Directory, Refusal> {
    let text = crate::mail::decode(bytes);
    let head = text.lines().next().unwrap_or_default();
    let delimiter = if head.matches(';').count() > head.matches(',').count() {
        b';'
    } else {
        b','
    };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_reader(text.as_bytes());
    let unreadable = |_| {
        Refusal::new(
            "directory_unreadable",
            "the file cannot be read as CSV: save it as CSV in UTF-8",
        )
    };
    let header = reader.headers().map_err(unreadable)?.clone();
    let place = |wanted: &str| {
        let names = COLUMNS
            .iter()
            .find(|it| it.0 == wanted)
            .map_or(&[][..], |it| it.1);
        header
            .iter()
            .position(|it| names.contains(&it.trim().to_lowercase().as_str()))
    };
    let places = COLUMNS.map(|it| place(it.0));
    if places.first().copied().flatten().is_none() {
        let found: Vec<_> = header.iter().take(10).collect();
        let detail = format!(
            "no column of addresses: name one \"email\"; the file has {}",
            found.join(", ")
        );
        return Err(Refusal::new("email_column_missing", detail));
    }
    let (mut colleagues, mut refused) = (Vec::new(), Vec::new());
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                match one(&record, places) {
                    Ok(Some(colleague)) => colleagues.push(colleague),
                    Ok(None) => {}
                    Err(error) => refused.push((line, error)),
                }
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                refused.push((
                    line,
                    Refusal::new("line_unreadable", "this line cannot be read"),
                ));
            }
        }
    }
    Ok((colleagues, refused))
}

fn one(
    record: &csv::StringRecord,
    places: [Option<usize>; 6],
) -> Result<Option<DirectoryEntry>, Refusal> {
    let [email, name, shop, topics, langs, hours] = places.map(|place| {
        place
            .and_then(|it| record.get(it))
            .unwrap_or_default()
            .trim()
            .to_owned()
    });
    if record.iter().all(|it| it.trim().is_empty()) {
        return Ok(None);
    }
    let email = email.to_lowercase();
    let sound = email
        .split_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'));
    if !sound || email.contains(char::is_whitespace) || email.len() > 254 {
        return Err(Refusal::new(
            "address_wrong",
            "the address is no mail address",
        ));
    }
    let name = if name.is_empty() {
        email.split('@').next().unwrap_or_default().to_owned()
    } else {
        name
    };
    Ok(Some(DirectoryEntry {
        email,
        name,
        shop,
        topics: words(&topics),
        langs: words(&langs),
        hours,
    }))
}

/// The items of a typed list, separated by commas or similar, in lower case, at most thirty.
pub fn words(text: &str) -> Vec<String> {
    let parts = text
        .split([',', ';', '|', '/'])
        .map(|it| it.trim().to_lowercase())
        .filter(|it| !it.is_empty());
    parts
        .map(|it| it.chars().take(60).collect())
        .take(30)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_in_french_with_semicolons_is_read() {
        let text = "Nom;Courriel;Boutique;Sujets;Langues\nYann Le \
            Gallou;Yann@Company.test;Rennes;\"lampes, ampoules\";fr|en\n;pas une adresse;;;\n\n";
        let (colleagues, refused) = read(text.as_bytes()).unwrap();
        let yann = colleagues.first().unwrap();
        assert_eq!(
            (yann.email.as_str(), yann.shop.as_str()),
            ("yann@company.test", "Rennes")
        );
        assert_eq!(yann.topics, ["lampes", "ampoules"]);
        assert_eq!(yann.langs, ["fr", "en"]);
        assert_eq!(refused.first().map(|it| it.0), Some(3));
    }

    #[test]
    fn a_file_without_addresses_says_what_it_has() {
        let why = read(b"Nom,Prenom\nA,B\n").unwrap_err();
        assert!(why.detail.contains("Nom, Prenom"), "{}", why.detail);
    }
}
