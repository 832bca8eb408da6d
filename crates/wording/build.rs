//! Makes one type of the catalogues, and a constant of each language.

use std::{collections::BTreeSet, error::Error, fmt::Write as _, fs, path::Path};

use toml::{Table, Value};

#[path = "src/typography.rs"]
mod typography;

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

const LANGUAGES: [&str; 2] = ["en", "fr"];

fn main() -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/src/i18n/languages");
    let mut catalogues = Vec::new();
    for language in LANGUAGES {
        let file = folder.join(format!("server.{language}.toml"));
        println!("cargo::rerun-if-changed={}", file.display());
        let catalogue: Table = fs::read_to_string(&file)?
            .parse()
            .map_err(|err| format!("{}: {err}", file.display()))?;
        catalogues.push((language, catalogue));
    }
    let [(_, english), (_, french)] = catalogues.as_slice() else {
        return Err("a catalogue is missing".into());
    };
    same(english, french, "")?;

    let mut code = String::new();
    types(english, &mut code)?;
    for (language, catalogue) in &catalogues {
        let value = subjects(catalogue, language)?;
        writeln!(
            code,
            "static {}: Catalogue = {value};",
            language.to_uppercase()
        )?;
    }
    let out = Path::new(&std::env::var("OUT_DIR")?).join("catalogues.rs");
    fs::write(out, code)?;
    Ok(())
}

/// Checks that both say the same things, with the same places.
fn same(english: &Table, french: &Table, path: &str) -> Result<()> {
    let (ours, theirs): (BTreeSet<_>, BTreeSet<_>) =
        (english.keys().collect(), french.keys().collect());
    if let Some(key) = ours.symmetric_difference(&theirs).next() {
        return Err(format!("one language lacks {path}{key}").into());
    }
    for (key, value) in english {
        let path = format!("{path}{key}");
        match (value, french.get(key)) {
            (Value::Table(one), Some(Value::Table(other))) => {
                same(one, other, &format!("{path}."))?
            }
            (Value::String(one), Some(Value::String(other))) => {
                if places(one, &path)? != places(other, &path)? {
                    return Err(format!("{path} has other places in French").into());
                }
            }
            (Value::Array(one), Some(Value::Array(other))) if one.len() == other.len() => {}
            _ => return Err(format!("{path} is something else in French").into()),
        }
    }
    Ok(())
}

/// The names between braces.
fn places(sentence: &str, path: &str) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for piece in sentence.split('{').skip(1) {
        let (place, _) = piece
            .split_once('}')
            .ok_or(format!("{path}: a brace is open"))?;
        found.insert(place.to_owned());
    }
    Ok(found)
}

fn types(catalogue: &Table, code: &mut String) -> Result<()> {
    let mut fields = String::new();
    for (subject, sentences) in catalogue {
        let Value::Table(sentences) = sentences else {
            return Err(format!("{subject} is not a table").into());
        };
        let name = type_name(subject);
        writeln!(fields, "    pub {subject}: {name},")?;
        subject_type(&name, sentences, code)?;
    }
    writeln!(
        code,
        "/// Every sentence in one language, by subject.\npub struct Catalogue {{\n{fields}}}\n"
    )?;
    Ok(())
}

fn subject_type(name: &str, sentences: &Table, code: &mut String) -> Result<()> {
    let (mut fields, mut methods) = (String::new(), String::new());
    for (key, value) in sentences {
        match value {
            Value::Table(_) => writeln!(fields, "    pub {key}: WordsByCode,")?,
            Value::Array(all) => writeln!(fields, "    pub {key}: [&'static str; {}],", all.len())?,
            Value::String(sentence) => {
                let places = places(sentence, key)?;
                if places.is_empty() {
                    writeln!(fields, "    pub {key}: &'static str,")?;
                    continue;
                }
                writeln!(fields, "    {key}: &'static str,")?;
                let parameters = places.iter().map(|it| format!("{it}: impl Display"));
                let values = places.iter().map(|it| format!("(\"{it}\", &{it})"));
                writeln!(
                    methods,
                    "    pub fn {key}(&self, {}) -> String {{\n        fill(self.{key}, &[{}])\n    }}",
                    parameters.collect::<Vec<_>>().join(", "),
                    values.collect::<Vec<_>>().join(", ")
                )?;
            }
            _ => return Err(format!("{key} is neither a sentence nor a table").into()),
        }
    }
    writeln!(code, "#[derive(Debug)]\npub struct {name} {{\n{fields}}}\n")?;
    if !methods.is_empty() {
        writeln!(code, "impl {name} {{\n{methods}}}\n")?;
    }
    Ok(())
}

fn subjects(catalogue: &Table, language: &str) -> Result<String> {
    let mut code = String::from("Catalogue {\n");
    for (subject, sentences) in catalogue {
        let Value::Table(sentences) = sentences else {
            continue;
        };
        writeln!(code, "    {subject}: {} {{", type_name(subject))?;
        for (key, value) in sentences {
            writeln!(code, "        {key}: {},", literal(value, language)?)?;
        }
        code.push_str("    },\n");
    }
    code.push('}');
    Ok(code)
}

fn literal(value: &Value, language: &str) -> Result<String> {
    let typeset = |sentence: &str| match language {
        "fr" => format!("{:?}", typography::french(sentence)),
        _ => format!("{sentence:?}"),
    };
    Ok(match value {
        Value::String(sentence) => typeset(sentence),
        Value::Array(all) => {
            let all = all.iter().filter_map(Value::as_str).map(typeset);
            format!("[{}]", all.collect::<Vec<_>>().join(", "))
        }
        Value::Table(words) => {
            let pairs = words.iter().map(|(code, words)| {
                let words = words.as_str().ok_or(format!("{code} is not a sentence"))?;
                Ok(format!("({code:?}, {})", typeset(words)))
            });
            let pairs = pairs.collect::<Result<Vec<_>>>()?;
            format!("WordsByCode(&[{}])", pairs.join(", "))
        }
        _ => return Err("a catalogue holds sentences, lists and tables".into()),
    })
}

/// `person_copy` becomes `PersonCopySentences`.
fn type_name(subject: &str) -> String {
    let mut name = String::new();
    for part in subject.split('_') {
        let mut letters = part.chars();
        name.extend(letters.next().map(|it| it.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name + "Sentences"
}
