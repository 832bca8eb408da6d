//! Backups that only the holder of a key can read, in the format of age (age-encryption.org/v1).

use std::{
    fs::File,
    io::{BufReader, Read, Seek as _},
    path::Path,
};

use age::{Decryptor, Encryptor, IdentityFile, stream::StreamWriter, x25519::Recipient};
use anyhow::Context as _;

/// What an encrypted file begins with.
const MARK: &[u8] = b"age-encryption.org/";

/// Reads a public key.
pub fn recipient(text: &str) -> anyhow::Result<Recipient> {
    text.trim().parse().map_err(|error| {
        anyhow::anyhow!("this is no age recipient ({error}): make a key with `age-keygen`, give its public half, age1…")
    })
}

/// Encrypts what is written for the recipient.
pub fn encrypt(out: File, recipient: &Recipient) -> anyhow::Result<StreamWriter<File>> {
    let recipients = std::iter::once(recipient as &dyn age::Recipient);
    let encryptor = Encryptor::with_recipients(recipients)?;
    Ok(encryptor.wrap_output(out)?)
}

/// Opens a backup for reading, whether or not it is encrypted.
pub fn open(from: &Path, identities: Option<&Path>) -> anyhow::Result<Box<dyn Read>> {
    let unreadable = || format!("cannot read {}", from.display());
    let mut file = File::open(from).with_context(unreadable)?;
    let mut head = Vec::new();
    let mut start = (&mut file).take(MARK.len() as u64);
    start.read_to_end(&mut head).with_context(unreadable)?;
    file.rewind().with_context(unreadable)?;
    if head != MARK {
        return Ok(Box::new(file));
    }
    let missing = "this backup is encrypted: give the file of its secret key with --identity";
    Ok(Box::new(decrypt(file, identities.context(missing)?)?))
}

fn decrypt(file: File, identities: &Path) -> anyhow::Result<impl Read + use<>> {
    let name = identities.display().to_string();
    let unreadable = || format!("cannot read the keys in {name}");
    let keys = IdentityFile::from_file(name.clone()).with_context(unreadable)?;
    let keys = keys.into_identities().with_context(unreadable)?;
    let decryptor = Decryptor::new(BufReader::new(file)).context("this backup is damaged")?;
    let keys = keys.iter().map(|key| key.as_ref() as &dyn age::Identity);
    decryptor
        .decrypt(keys)
        .context("none of these keys opens this backup")
}
