//! Photos and files at intake: the type is detected from the bytes, never taken from the
//! sender; names are only labels.

use vigie_model::FileRef;

use crate::{Refusal, sha256_hex};

/// A file as received.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The name given by the sender.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// A checked file with its bytes.
#[derive(Debug, Clone)]
pub struct StoredFile {
    pub file: FileRef,
    pub bytes: Vec<u8>,
}

/// The largest file accepted, in bytes.
pub const LARGEST: usize = 8 * 1024 * 1024;

/// The largest attachment accepted in a mail, in bytes.
const LARGEST_OF_A_MAIL: usize = 40 * 1024 * 1024;

/// The media type of files that can only be downloaded.
pub const DOWNLOAD: &str = "application/octet-stream";

const KINDS: &[(&[u8], usize, &str, &[&str])] = &[
    (b"\x89PNG\r\n\x1a\n", 0, "image/png", &["png"]),
    (b"\xff\xd8\xff", 0, "image/jpeg", &["jpg", "jpeg"]),
    (b"GIF87a", 0, "image/gif", &["gif"]),
    (b"GIF89a", 0, "image/gif", &["gif"]),
    (b"WEBP", 8, "image/webp", &["webp"]),
    (b"ftypheic", 4, "image/heic", &["heic"]),
    (b"ftypheix", 4, "image/heic", &["heic"]),
    (b"ftypmif1", 4, "image/heic", &["heic", "heif"]),
    (b"%PDF-", 0, "application/pdf", &["pdf"]),
];

/// The media type detected from the first bytes, if it is an accepted one.
pub fn media_type(bytes: &[u8]) -> Option<&'static str> {
    kind(bytes).map(|(_, _, media, _)| *media)
}

fn kind(
    bytes: &[u8],
) -> Option<&'static (&'static [u8], usize, &'static str, &'static [&'static str])> {
    KINDS
        .iter()
        .find(|(magic, at, _, _)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(magic)))
}

/// A name safe to show and to save: no path, no control or direction mark, at most 80 letters.
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let hidden = |letter: char| {
        letter.is_control()
            || matches!(
                letter,
                '\u{200b}'..='\u{200f}'
                    | '\u{202a}'..='\u{202e}'
                    | '\u{2066}'..='\u{2069}'
                    | '\u{feff}'
            )
    };
    let clean: String = last.chars().filter(|it| !hidden(*it)).take(80).collect();
    let clean = clean
        .trim_matches(|it: char| it == '.' || it.is_whitespace())
        .to_owned();
    if clean.is_empty() {
        "file".into()
    } else {
        clean
    }
}

impl Upload {
    /// Checks size and type; a name whose extension contradicts the type is refused as a
    /// disguise.
    pub fn check(self) -> Result<StoredFile, Refusal> {
        let name = clean_name(&self.name);
        if self.bytes.is_empty() {
            return Err(Refusal::new(
                "attachment_empty",
                format!("attachment \"{name}\" is empty"),
            ));
        }
        if self.bytes.len() > LARGEST {
            return Err(Refusal::new(
                "attachment_too_large",
                format!("attachment \"{name}\" is over 8 MiB"),
            ));
        }
        let Some((_, _, media, endings)) = kind(&self.bytes) else {
            let detail = format!(
                "attachment \"{name}\" is neither a picture (PNG, JPEG, GIF, WebP, HEIC) nor a PDF"
            );
            return Err(Refusal::new("attachment_type", detail));
        };
        let ending = name
            .rsplit_once('.')
            .map(|(_, ending)| ending.to_lowercase());
        if ending.is_some_and(|ending| !endings.contains(&ending.as_str())) {
            let detail = format!(
                "attachment \"{name}\" has the ending of another type than its content ({media})"
            );
            return Err(Refusal::new("attachment_disguised", detail));
        }
        Ok(self.into_stored(name, media))
    }

    /// Keeps a file of any type, since a mail's attachment is part of what somebody sent.
    /// Anything but a picture or a PDF can only be downloaded. Refuses an empty file or one
    /// larger than any mail.
    pub fn keep(self) -> Result<StoredFile, Refusal> {
        let name = clean_name(&self.name);
        if self.bytes.is_empty() {
            return Err(Refusal::new(
                "attachment_empty",
                format!("attachment \"{name}\" is empty"),
            ));
        }
        if self.bytes.len() > LARGEST_OF_A_MAIL {
            return Err(Refusal::new(
                "attachment_too_large",
                format!("attachment \"{name}\" is over 40 MiB"),
            ));
        }
        let ending = name
            .rsplit_once('.')
            .map(|(_, ending)| ending.to_lowercase())
            .unwrap_or_default();
        let honest =
            kind(&self.bytes).filter(|it| it.3.contains(&ending.as_str()) || ending.is_empty());
        let media = honest.map_or(DOWNLOAD, |it| it.2);
        Ok(self.into_stored(name, media))
    }

    fn into_stored(self, name: String, media: &str) -> StoredFile {
        let size = i64::try_from(self.bytes.len()).unwrap_or(i64::MAX);
        let file = FileRef {
            sha256: sha256_hex(&self.bytes),
            name,
            media_type: media.into(),
            size,
        };
        StoredFile {
            file,
            bytes: self.bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upload(name: &str, bytes: &[u8]) -> Result<StoredFile, Refusal> {
        Upload {
            name: name.into(),
            bytes: bytes.to_vec(),
        }
        .check()
    }

    #[test]
    fn names_lose_their_paths_and_hidden_marks() {
        assert_eq!(clean_name("../../etc/passwd"), "passwd");
        assert_eq!(clean_name("C:\\photos\\sac.png"), "sac.png");
        assert_eq!(clean_name("gnp\u{202e}.exe"), "gnp.exe");
        assert_eq!(clean_name("..."), "file");
    }

    #[test]
    fn a_program_disguised_as_a_photo_is_refused() {
        assert_eq!(
            upload("photo.png", b"MZ\x90\x00").unwrap_err().problem,
            "attachment_type"
        );
        assert_eq!(
            upload("photo.jpg", b"\x89PNG\r\n\x1a\n....")
                .unwrap_err()
                .problem,
            "attachment_disguised"
        );
        assert_eq!(
            upload("photo.png", b"\x89PNG\r\n\x1a\n....")
                .unwrap()
                .file
                .media_type,
            "image/png"
        );
        assert_eq!(
            upload("page.svg", b"<svg onload=alert(1)>")
                .unwrap_err()
                .problem,
            "attachment_type"
        );
    }
}
