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

use crate::{Problem, body::declared_length};

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

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        match Self::as_far_as_readable(request).await {
            (sent, None) => Ok(sent),
            (_, Some(problem)) => Err(problem),
        }
    }
}

impl MultipartForm {
    /// What could be read, and why the rest could not: what somebody typed must not be lost with a
    /// file that is refused.
    pub async fn as_far_as_readable(request: Request) -> (Self, Option<Problem>) {
        let mut sent = Self::default();
        if declared_length(&request) > Some(LARGEST_FORM as u64) {
            return (sent, Some(too_large_or(StatusCode::PAYLOAD_TOO_LARGE)));
        }
        let problem = match Multipart::from_request(request, &()).await {
            Ok(parts) => sent.read(parts).await.err(),
            Err(_) => Some(Problem::bad_request(
                "not_a_form",
                "the form cannot be read: send multipart/form-data",
            )),
        };
        (sent, problem)
    }

    /// Reads every part; the first problem is told at the end, so that fields after a refused file
    /// are kept too.
    async fn read(&mut self, mut parts: Multipart) -> Result<(), Problem> {
        let broken = |err: axum::extract::multipart::MultipartError| too_large_or(err.status());
        let mut first_problem = None;
        while let Some(part) = parts.next_field().await.map_err(broken)? {
            // default: a part without a name is no field of ours
            let name = part.name().unwrap_or_default().to_owned();
            let file = part.file_name().map(str::to_owned);
            let bytes = part.bytes().await.map_err(broken)?;
            let added = match file {
                Some(file) => self.add_file(file, &bytes),
                None => self.add_field(name, &bytes),
            };
            first_problem = first_problem.or(added.err());
        }
        first_problem.map_or(Ok(()), Err)
    }

    fn add_file(&mut self, name: String, bytes: &[u8]) -> Result<(), Problem> {
        // A browser sends an empty part when no file was chosen.
        if name.is_empty() && bytes.is_empty() {
            return Ok(());
        }
        if self.files.len() >= MOST_FILES {
            return Err(Problem::unprocessable(
                "too_many_files",
                "send at most six photos",
            ));
        }
        let upload = Upload {
            name,
            bytes: bytes.to_vec(),
        };
        self.files.push(upload.check()?);
        Ok(())
    }

    fn add_field(&mut self, name: String, bytes: &[u8]) -> Result<(), Problem> {
        let text = String::from_utf8(bytes.to_vec()).map_err(|_| {
            let name = vigie_listen::clean_name(&name);
            Problem::bad_request("not_utf8", format!("the field {name} is not UTF-8"))
        })?;
        // Kept all the same, so that its writer can shorten it.
        self.fields.insert(name, text);
        match bytes.len() > LONGEST_FIELD {
            true => Err(Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "text_too_long",
                "a field is over 512 KiB: shorten it",
            )),
            false => Ok(()),
        }
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
