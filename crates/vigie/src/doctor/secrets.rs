//! Whether the secrets are kept as they should be.

use std::os::unix::fs::PermissionsExt as _;

use vigie_store::{Result, SealedSecrets};

use super::{Finding, finding};
use crate::Instance;

/// Whether every secret is sealed and opens, and its key is where nobody else finds it.
pub async fn examine(instance: &Instance) -> Result<Finding> {
    let kept = match instance.store.read().await?.sealed_secrets().await {
        Ok(kept) => kept,
        Err(vigie_store::Error::Sealed(error)) => {
            let detail = format!("{error}: put the key file back, or give the passwords again");
            return Ok(finding("secrets", false, detail));
        }
        Err(error) => return Err(error),
    };
    Ok(match key_file_at_fault(instance) {
        Some(wrong) => finding("secrets", false, wrong),
        None => judged(kept),
    })
}

fn judged(kept: SealedSecrets) -> Finding {
    let SealedSecrets {
        current,
        older,
        plain,
    } = kept;
    match (plain, older) {
        (0, 0) => finding("secrets", true, format!("{current} are sealed, and open")),
        (0, _) => {
            let detail = format!("{older} are sealed with an older key: vigie secrets rotate");
            finding("secrets", false, detail)
        }
        _ => {
            let detail = format!("{plain} are not sealed: serve the instance once");
            finding("secrets", false, detail)
        }
    }
}

/// What is wrong with where the key file is, or with who may read it.
fn key_file_at_fault(instance: &Instance) -> Option<String> {
    let file = instance.key_source.file()?;
    let shown = file.display();
    if file.starts_with(&instance.folder) {
        return Some(format!(
            "the key file {shown} is in the data folder, and in every copy of it: move it out"
        ));
    }
    match std::fs::metadata(file) {
        Err(_) => Some(format!("the key file {shown} cannot be read")),
        Ok(metadata) if metadata.permissions().mode() & 0o077 != 0 => {
            Some(format!("others can read the key file: chmod 600 {shown}"))
        }
        Ok(_) => None,
    }
}
