//! Passwords by argon2id; tokens by SHA-256, which is enough for 32 random bytes.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use crate::Problem;

/// The shortest password accepted, in characters.
pub const SHORTEST: usize = 10;

/// Hashes a password. Slow on purpose: call it off the async runtime.
pub fn hash(password: &str) -> Result<String, String> {
    let hashed: PasswordHash = Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(|err| err.to_string())?;
    Ok(hashed.to_string())
}

fn verify(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}

/// A hash that no password has: checking against it takes as long as against a real one.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5$YQDzHcKzsYh5ZWNUQxHZdBQHzRcVdlJFX0p7r1yqY1E";

/// Whether the password matches the hash; takes the same time when there is no such account.
pub async fn check(password: String, hash: Option<String>) -> Result<bool, Problem> {
    let work = move || verify(&password, hash.as_deref().unwrap_or(NOBODY)) && hash.is_some();
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| stopped())
}

/// Hashes a chosen password, off the async runtime.
pub async fn hash_chosen(password: String) -> Result<String, Problem> {
    if password.chars().count() < SHORTEST {
        let detail = format!("choose a password of at least {SHORTEST} characters");
        return Err(Problem::unprocessable("password_too_short", detail));
    }
    tokio::task::spawn_blocking(move || hash(&password))
        .await
        .map_err(|_| stopped())?
        .map_err(|_| stopped())
}

fn stopped() -> Problem {
    Problem::new(
        axum::http::StatusCode::INTERNAL_SERVER_ERROR,
        "our_fault",
        "the password could not be checked: try again",
    )
}

/// Letters of a token.
pub const TOKEN_LENGTH: usize = 43;

/// A token made from 32 random bytes.
pub fn token(secret: [u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(secret)
}

/// The stored form of a token.
pub fn hash_token(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_by_its_hash_only() {
        let hashed = hash("correct horse battery").unwrap();
        assert!(hashed.starts_with("$argon2id$"));
        assert!(
            verify("correct horse battery", &hashed) && !verify("Correct horse battery", &hashed)
        );
        assert!(PasswordHash::new(NOBODY).is_ok());
    }
}
