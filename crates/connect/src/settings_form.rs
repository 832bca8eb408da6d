//! What a person fills in to add a source, as the settings page draws it: it knows no kind.

use serde_json::{Value, json};

use crate::Names;

/// The form of a kind of source.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SettingsForm {
    /// In the order of the page; none when there is nothing to fill in.
    pub sections: Vec<Section>,
    /// The field whose value names the source when nobody gave it a name.
    pub named_by: Option<&'static str>,
}

impl SettingsForm {
    /// A form of a few fields, one under the other.
    pub fn of(fields: Vec<Field>) -> Self {
        Self {
            sections: vec![Section::plain(fields)],
            named_by: None,
        }
    }

    /// Every field, in the order of the page.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.sections.iter().flat_map(|section| &section.fields)
    }
}

/// Fields that stand together.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// `None` for fields that need no heading.
    pub title: Option<Names>,
    /// Closed until somebody opens it.
    pub folded: bool,
    pub fields: Vec<Field>,
}

impl Section {
    /// Fields without a heading.
    pub fn plain(fields: Vec<Field>) -> Self {
        Self {
            title: None,
            folded: false,
            fields,
        }
    }

    /// Fields under a heading.
    pub fn titled(title: Names, fields: Vec<Field>) -> Self {
        Self {
            title: Some(title),
            ..Self::plain(fields)
        }
    }

    /// Fields that are seldom needed.
    pub fn folded(title: Names, fields: Vec<Field>) -> Self {
        Self {
            folded: true,
            ..Self::titled(title, fields)
        }
    }
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The name in the settings; a dot leads into an object: `imap.host`.
    pub name: &'static str,
    pub kind: FieldKind,
    pub label: Names,
    /// A sentence below the field.
    pub help: Option<Names>,
    pub required: bool,
    /// What it holds before anybody filled it in.
    pub initial: Value,
    /// It is asked for only when that field has that value.
    pub only_when: Option<(&'static str, &'static str)>,
    /// Once it is filled in, the connector may know the values of others.
    pub suggests: bool,
}

/// What a field takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    Text,
    Email,
    Url,
    /// Never shown again once it is stored; left empty, the stored one stays.
    Secret,
    Number {
        least: u32,
        most: u32,
    },
    /// Yes or no.
    Flag,
    /// Texts, parted by commas.
    List,
    /// One of these.
    Choice {
        choices: Vec<Choice>,
    },
}

/// One of several values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub code: &'static str,
    pub label: Names,
    /// What another field becomes when this is chosen.
    pub implies: Option<(&'static str, Value)>,
}

impl FieldKind {
    /// The code the settings page draws it by.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Email => "email",
            Self::Url => "url",
            Self::Secret => "secret",
            Self::Number { .. } => "number",
            Self::Flag => "flag",
            Self::List => "list",
            Self::Choice { .. } => "choice",
        }
    }
}

impl Choice {
    /// A value and what it is called.
    pub fn new(code: &'static str, label: Names) -> Self {
        Self {
            code,
            label,
            implies: None,
        }
    }

    /// Choosing it gives another field this value.
    #[must_use]
    pub fn implying(self, field: &'static str, value: impl Into<Value>) -> Self {
        Self {
            implies: Some((field, value.into())),
            ..self
        }
    }
}

impl Field {
    /// A field that may stay empty.
    pub fn new(name: &'static str, kind: FieldKind, label: Names) -> Self {
        let initial = match &kind {
            FieldKind::Number { least, .. } => json!(least),
            FieldKind::Flag => json!(false),
            FieldKind::List => json!([]),
            FieldKind::Choice { choices } => json!(choices.first().map(|choice| choice.code)),
            _ => json!(""),
        };
        Self {
            name,
            kind,
            label,
            help: None,
            required: false,
            initial,
            only_when: None,
            suggests: false,
        }
    }

    #[must_use]
    pub fn required(self) -> Self {
        Self {
            required: true,
            ..self
        }
    }

    /// With a sentence below it.
    #[must_use]
    pub fn help(self, help: Names) -> Self {
        Self {
            help: Some(help),
            ..self
        }
    }

    /// Holding this at first.
    #[must_use]
    pub fn initially(self, initial: impl Into<Value>) -> Self {
        Self {
            initial: initial.into(),
            ..self
        }
    }

    /// Asked for only when that field has that value.
    #[must_use]
    pub fn only_when(self, field: &'static str, value: &'static str) -> Self {
        Self {
            only_when: Some((field, value)),
            ..self
        }
    }

    /// One whose value tells those of others, by [`Connector::suggest`](crate::Connector::suggest).
    #[must_use]
    pub fn suggesting(self) -> Self {
        Self {
            suggests: true,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::built_in;

    #[test]
    fn every_form_refers_to_fields_it_has() {
        for connector in built_in() {
            let (kind, form) = (connector.kind(), connector.form());
            let mut names: Vec<_> = form.fields().map(|field| field.name).collect();
            let conditions = form.fields().filter_map(|field| field.only_when);
            let referred = conditions
                .map(|(name, _)| name)
                .chain(implications(&form).map(|(name, _)| *name))
                .chain(form.named_by);
            for name in referred {
                assert!(names.contains(&name), "{kind}: {name}");
            }

            let fields = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), fields, "{kind}: a field stands twice");
        }
    }

    fn implications(form: &SettingsForm) -> impl Iterator<Item = &(&'static str, Value)> {
        form.fields()
            .filter_map(|field| match &field.kind {
                FieldKind::Choice { choices } => Some(choices),
                _ => None,
            })
            .flatten()
            .filter_map(|choice| choice.implies.as_ref())
    }

    #[test]
    fn a_field_is_asked_for_when_a_choice_there_is_was_made() {
        for connector in built_in() {
            let form = connector.form();
            for (name, value) in form.fields().filter_map(|field| field.only_when) {
                let other = form.fields().find(|field| field.name == name).unwrap();
                let FieldKind::Choice { choices } = &other.kind else {
                    panic!("{name} is no choice");
                };
                assert!(choices.iter().any(|choice| choice.code == value), "{name}");
            }
        }
    }
}
