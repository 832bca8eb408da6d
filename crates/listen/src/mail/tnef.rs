//! TNEF (`winmail.dat`, [MS-OXTNEF]): the wrapper in which Outlook puts files and text when it
//! assumes the recipient uses Outlook too. Unpacked as far as it can be read; a broken end
//! loses nothing that came before.

use super::{MailAttachment, body, rtf};

/// What was inside the wrapper.
#[derive(Debug, Default)]
pub struct TnefContent {
    pub text: Option<String>,
    pub html: Option<String>,
    pub files: Vec<MailAttachment>,
    /// Whether it was read to the end: the wrapper itself holds nothing more.
    pub whole: bool,
}

const SIGNATURE: u32 = 0x223E_9F78;
const NESTED_AT_MOST: usize = 4;

// Attributes, by their full id.
const CODE_PAGE: u32 = 0x0006_9007;
const BODY: u32 = 0x0002_800C;
const MESSAGE_PROPERTIES: u32 = 0x0006_9003;
const FILE_BEGINS: u32 = 0x0006_9002;
const FILE_TITLE: u32 = 0x0001_8010;
const FILE_DATA: u32 = 0x0006_800F;
const FILE_PROPERTIES: u32 = 0x0006_9005;

// Properties ([MS-OXPROPS]).
const PR_BODY: u16 = 0x1000;
const PR_RTF_COMPRESSED: u16 = 0x1009;
const PR_HTML: u16 = 0x1013;
const PR_DISPLAY_NAME: u16 = 0x3001;
const PR_ATTACH_DATA: u16 = 0x3701;
const PR_ATTACH_FILENAME: u16 = 0x3704;
const PR_ATTACH_LONG_FILENAME: u16 = 0x3707;
const PR_ATTACH_MIME_TAG: u16 = 0x370E;

/// Unpacks a wrapper; `None` when the bytes are not one.
pub fn open(bytes: &[u8]) -> Option<TnefContent> {
    open_nested(bytes, 0)
}

fn open_nested(bytes: &[u8], depth: usize) -> Option<TnefContent> {
    let mut bytes = ByteReader(bytes);
    if bytes.u32()? != SIGNATURE || depth > NESTED_AT_MOST {
        return None;
    }
    bytes.u16()?;
    let mut reading = TnefReader {
        depth,
        code_page: 1252,
        opened: TnefContent::default(),
        file: None,
    };
    while !bytes.0.is_empty() {
        let Some((id, data)) = attribute(&mut bytes) else {
            break;
        };
        reading.take(id, data);
        reading.opened.whole = bytes.0.is_empty();
    }
    reading.close_file();
    Some(reading.opened)
}

/// Reads one attribute: level, id, length, data, checksum.
fn attribute<'a>(bytes: &mut ByteReader<'a>) -> Option<(u32, &'a [u8])> {
    bytes.take(1)?;
    let id = bytes.u32()?;
    let length = bytes.u32()?;
    let data = bytes.take(length as usize)?;
    bytes.u16()?;
    Some((id, data))
}

struct TnefReader {
    depth: usize,
    code_page: u32,
    opened: TnefContent,
    file: Option<TnefAttachment>,
}

#[derive(Default)]
struct TnefAttachment {
    title: String,
    long_name: String,
    media_type: String,
    bytes: Vec<u8>,
    message: Option<TnefContent>,
}

impl TnefReader {
    fn take(&mut self, id: u32, data: &[u8]) {
        match id {
            CODE_PAGE => self.code_page = ByteReader(data).u32().unwrap_or(1252),
            BODY => self.opened.text = Some(self.text(data)),
            MESSAGE_PROPERTIES => self.message_properties(data),
            FILE_BEGINS => {
                self.close_file();
                self.file = Some(TnefAttachment::default());
            }
            FILE_TITLE => {
                let title = self.text(data);
                self.file.get_or_insert_default().title = title;
            }
            FILE_DATA => self.file.get_or_insert_default().bytes = data.to_vec(),
            FILE_PROPERTIES => self.file_properties(data),
            _ => {}
        }
    }

    fn message_properties(&mut self, data: &[u8]) {
        for property in properties(data) {
            let value = property.data;
            match property.id {
                PR_BODY => self.opened.text = Some(self.string(&property)),
                PR_HTML => self.opened.html = Some(self.string(&property)),
                PR_RTF_COMPRESSED if self.opened.text.is_none() => {
                    self.opened.text = rich(value).filter(|it| !it.trim().is_empty());
                }
                _ => {}
            }
        }
    }

    fn file_properties(&mut self, data: &[u8]) {
        for property in properties(data) {
            let words = || self.string(&property);
            match property.id {
                PR_ATTACH_LONG_FILENAME => {
                    let name = words();
                    self.file.get_or_insert_default().long_name = name;
                }
                PR_ATTACH_FILENAME | PR_DISPLAY_NAME => {
                    let name = words();
                    let file = self.file.get_or_insert_default();
                    if file.title.is_empty() {
                        file.title = name;
                    }
                }
                PR_ATTACH_MIME_TAG => {
                    let kind = words();
                    self.file.get_or_insert_default().media_type = kind.to_lowercase();
                }
                // An object is preceded by the sixteen bytes of its interface; a message is
                // itself a wrapper.
                PR_ATTACH_DATA => {
                    let object = property
                        .data
                        .get(16..)
                        .and_then(|it| open_nested(it, self.depth + 1));
                    let file = self.file.get_or_insert_default();
                    match object {
                        Some(message) => file.message = Some(message),
                        None if file.bytes.is_empty() => file.bytes = property.data.to_vec(),
                        None => {}
                    }
                }
                _ => {}
            }
        }
    }

    fn close_file(&mut self) {
        let Some(file) = self.file.take() else { return };
        let named = if file.long_name.is_empty() {
            file.title
        } else {
            file.long_name
        };
        let name = crate::clean_name(&named);
        let media_type = if file.media_type.contains('/') {
            file.media_type
        } else {
            "application/octet-stream".into()
        };
        let mut keep = |name: String, media_type: String, bytes: Vec<u8>| {
            self.opened.files.push(MailAttachment {
                name,
                media_type,
                size: bytes.len(),
                bytes,
            });
        };
        match file.message {
            Some(message) => {
                let words = message
                    .html
                    .map(|it| (it, "text/html"))
                    .or(message.text.map(|it| (it, "text/plain")));
                if let Some((words, kind)) = words {
                    keep(name, kind.into(), words.into_bytes());
                }
                self.opened.files.extend(message.files);
            }
            None if file.bytes.is_empty() && name.is_empty() => {}
            None => keep(name, media_type, file.bytes),
        }
    }

    /// Text in the wrapper's code page, without its final zero byte.
    fn text(&self, data: &[u8]) -> String {
        let end = data.iter().rposition(|it| *it != 0).map_or(0, |it| it + 1);
        let page = match self.code_page {
            28_591 => "iso-8859-1".to_owned(),
            65_001 => "utf-8".to_owned(),
            932 => "shift_jis".to_owned(),
            page => format!("windows-{page}"),
        };
        body::decode(data.get(..end).unwrap_or_default(), Some(&page)).replace("\r\n", "\n")
    }

    fn string(&self, property: &MapiProperty<'_>) -> String {
        if property.kind != UNICODE {
            return self.text(property.data);
        }
        let units = property.data.chunks_exact(2).map(|pair| {
            u16::from_le_bytes([
                pair.first().copied().unwrap_or(0),
                pair.get(1).copied().unwrap_or(0),
            ])
        });
        let text: String = char::decode_utf16(units)
            .map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect();
        text.trim_end_matches('\0').replace("\r\n", "\n")
    }
}

/// Text in compressed RTF. The library trusts the declared size, so it is bounded here: a pair
/// of bytes yields at most seventeen.
fn rich(compressed: &[u8]) -> Option<String> {
    let mut head = ByteReader(compressed);
    let (_, raw, kind, _) = (head.u32()?, head.u32()? as usize, head.u32()?, head.u32()?);
    let at_most = if kind == RTF_UNCOMPRESSED {
        head.0.len()
    } else {
        head.0.len() * 9
    };
    if raw > at_most {
        return None;
    }
    compressed_rtf::decompress_rtf(compressed)
        .ok()
        .map(|it| rtf::text(&it))
}

const RTF_UNCOMPRESSED: u32 = 0x414C_454D;

struct MapiProperty<'a> {
    id: u16,
    kind: u16,
    data: &'a [u8],
}

const UNICODE: u16 = 0x001F;
const MULTIPLE: u16 = 0x1000;

/// The readable properties, in order; only the first value of multi-valued ones.
fn properties(data: &[u8]) -> Vec<MapiProperty<'_>> {
    let mut bytes = ByteReader(data);
    let mut all = Vec::new();
    for _ in 0..bytes.u32().unwrap_or(0) {
        match property(&mut bytes) {
            Some(property) => all.push(property),
            None => break,
        }
    }
    all
}

fn property<'a>(bytes: &mut ByteReader<'a>) -> Option<MapiProperty<'a>> {
    let (kind, id) = (bytes.u16()?, bytes.u16()?);
    if id >= 0x8000 {
        named(bytes)?;
    }
    let single = kind & !MULTIPLE;
    let fixed = match single {
        0x0002 | 0x0003 | 0x0004 | 0x000A | 0x000B => Some(4),
        0x0005 | 0x0006 | 0x0007 | 0x0014 | 0x0040 => Some(8),
        0x0048 => Some(16),
        0x000D | 0x001E | UNICODE | 0x0102 => None,
        _ => return None,
    };
    let values = if kind & MULTIPLE != 0 || fixed.is_none() {
        bytes.u32()?
    } else {
        1
    };
    let mut first: Option<&[u8]> = None;
    for _ in 0..values {
        let data = match fixed {
            Some(size) => bytes.take(size)?,
            None => {
                let length = bytes.u32()? as usize;
                bytes.padded(length)?
            }
        };
        first.get_or_insert(data);
    }
    Some(MapiProperty {
        id,
        kind: single,
        data: first.unwrap_or_default(),
    })
}

/// Skips the name of a named property: a set, then a number or a string.
fn named(bytes: &mut ByteReader<'_>) -> Option<()> {
    bytes.take(16)?;
    if bytes.u32()? == 0 {
        bytes.u32()?;
    } else {
        let length = bytes.u32()? as usize;
        bytes.padded(length)?;
    }
    Some(())
}

struct ByteReader<'a>(&'a [u8]);

impl<'a> ByteReader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// Takes a value padded to four bytes; the last one of a broken wrapper may not be padded.
    fn padded(&mut self, count: usize) -> Option<&'a [u8]> {
        let taken = self.take(count)?;
        let padding = (4 - count % 4) % 4;
        self.take(padding.min(self.0.len()))?;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }
}
