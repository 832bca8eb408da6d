//! Forms with files: fields and checked photos, within limits; the bytes are durable before
//! anything names them.

use std::collections::HashMap;

use axum::{
    extract::{FromRequest, Multipart, Request},
    http::StatusCode,
};
use vigie_listen::{StoredFile, Upload};
use vigie_model::FileRef;
use vigie_store::Store;

use crate::Problem;

/// The most files one form can carry.
const MOST_FILES: usize = 6;
/// The largest form, files included, in bytes.
pub const LARGEST_FORM: usize = 24 * 1024 * 1024;
const LONGEST_FIELD: usize = 512 * 1024;

/// A form as submitted.
#[derive(Debug, Default)]
pub struct MultipartForm {
    fields: HashMap<String, String>,
    pub files: Vec<StoredFile>,
}

impl MultipartForm {
    /// A form with these fields.
    #[cfg(test)]
    pub fn of(fields: &[(&str, &str)]) -> Self {
        let fields = fields.iter();
        Self {
            fields: fields
                .map(|(name, value)| ((*name).into(), (*value).into()))
                .collect(),
            files: Vec::new(),
        }
    }

    /// A field, empty when absent.
    pub fn field(&self, name: &str) -> String {
        self.fields.get(name).cloned().unwrap_or_default()
    }

    /// A field that is not empty.
    pub fn optional_field(&self, name: &str) -> Option<String> {
        self.fields
            .get(name)
            .map(|it| it.trim().to_owned())
            .filter(|it| !it.is_empty())
    }

    /// Stores the files' bytes, synced to the disk.
    pub fn keep_files(&self, store: &Store) -> Result<Vec<FileRef>, Problem> {
        for stored in &self.files {
            store.files().keep(&stored.file.sha256, &stored.bytes)?;
        }
        Ok(self
            .files
            .iter()
            .map(|stored| stored.file.clone())
            .collect())
    }
}

impl<S: Send + Sync> FromRequest<S> for MultipartForm {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let unreadable = |_| {
            Problem::bad_request(
                "not_a_form",
                "the form cannot be read: send multipart/form-data",
            )
        };
        let mut parts = Multipart::from_request(request, state)
            .await
            .map_err(|_| unreadable(()))?;
        let mut sent = Self::default();
        while let Some(part) = parts
            .next_field()
            .await
            .map_err(|err| too_large_or(err.status()))?
        {
            let name = part.name().unwrap_or_default().to_owned();
            let file = part.file_name().map(str::to_owned);
            let bytes = part
                .bytes()
                .await
                .map_err(|err| too_large_or(err.status()))?;
            match file {
                // A browser sends an empty part when no file was chosen.
                Some(file) if file.is_empty() && bytes.is_empty() => {}
                Some(_) if sent.files.len() >= MOST_FILES => {
                    return Err(Problem::unprocessable(
                        "too_many_files",
                        "send at most six photos",
                    ));
                }
                Some(file) => sent.files.push(
                    Upload {
                        name: file,
                        bytes: bytes.to_vec(),
                    }
                    .check()?,
                ),
                None if bytes.len() > LONGEST_FIELD => {
                    return Err(Problem::new(
                        StatusCode::PAYLOAD_TOO_LARGE,
                        "body_too_large",
                        "a field is over 512 KiB",
                    ));
                }
                None => {
                    let text = String::from_utf8(bytes.to_vec()).map_err(|_| {
                        Problem::bad_request(
                            "not_utf8",
                            format!("the field {} is not UTF-8", vigie_listen::clean_name(&name)),
                        )
                    })?;
                    sent.fields.insert(name, text);
                }
            }
        }
        Ok(sent)
    }
}

fn too_large_or(status: StatusCode) -> Problem {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::new(
            status,
            "body_too_large",
            "the form is over 24 MiB: send fewer or smaller photos",
        );
    }
    Problem::bad_request("not_a_form", "the form breaks off: send it again")
}
