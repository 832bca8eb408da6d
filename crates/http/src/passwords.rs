//! Passwords by argon2id; tokens by SHA-256, which is enough for 32 random bytes.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use crate::Problem;

/// The shortest password accepted, in characters.
pub const SHORTEST: usize = 12;
/// The longest, in bytes: hashing takes a time that grows with it.
const LONGEST: usize = 1_024;

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

/// How long the last check took, in milliseconds: as long as it takes for an account that is not
/// there, so that nobody learns who has one.
static LAST_CHECK: AtomicU64 = AtomicU64::new(50);

/// Whether the password matches the hash; takes the same time, and no work, when there is no such
/// account.
pub async fn check(password: String, hash: Option<String>) -> Result<bool, Problem> {
    let Some(hash) = hash.filter(|_| password.len() <= LONGEST) else {
        let usual = Duration::from_millis(LAST_CHECK.load(Ordering::Relaxed));
        tokio::time::sleep(usual).await;
        return Ok(false);
    };
    let began = Instant::now();
    let checked = tokio::task::spawn_blocking(move || verify(&password, &hash)).await;
    LAST_CHECK.store(began.elapsed().as_millis() as u64, Ordering::Relaxed);
    checked.map_err(|_| stopped())
}

/// Hashes a chosen password, off the async runtime; `words` are its owner's name and address, which
/// it must not be made of.
pub async fn hash_chosen(password: String, words: &[&str]) -> Result<String, Problem> {
    check_strength(&password, words)?;
    tokio::task::spawn_blocking(move || hash(&password))
        .await
        .map_err(|_| stopped())?
        .map_err(|_| stopped())
}

/// Refuses what is short, and what is guessed first: the commonest passwords, words, names and
/// keys in a row.
///
/// # Errors
/// `password_too_short`, `password_too_long` or `password_too_common`.
pub fn check_strength(password: &str, words: &[&str]) -> Result<(), Problem> {
    let refused = |kind, detail: String| Err(Problem::unprocessable(kind, detail));
    if password.chars().count() < SHORTEST {
        let detail = format!("choose a password of at least {SHORTEST} characters");
        return refused("password_too_short", detail);
    }
    if password.len() > LONGEST {
        let detail = format!("choose a password of at most {LONGEST} bytes");
        return refused("password_too_long", detail);
    }
    // What follows changes nothing of how soon it is guessed, and takes longer to look at.
    let beginning: String = password.chars().take(100).collect();
    let parts: Vec<String> = words.iter().flat_map(|words| parts(words)).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    if zxcvbn::zxcvbn(&beginning, &parts).score() < zxcvbn::Score::Three {
        let detail = "this password is among the first to be guessed: choose several words";
        return refused("password_too_common", detail.to_owned());
    }
    Ok(())
}

/// A name or an address, each of its words, and all of them in a row.
fn parts(words: &str) -> Vec<String> {
    let each = words.split(|letter: char| !letter.is_alphanumeric());
    let each: Vec<&str> = each.filter(|word| !word.is_empty()).collect();
    let mut parts = vec![words.to_owned(), each.concat()];
    parts.extend(each.into_iter().map(str::to_owned));
    parts
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
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        let words = ["Anne Le Gall", "anne.legall@halvenne.example"];
        for (password, expected) in [
            ("short words", Some("password_too_short")),
            ("password1234", Some("password_too_common")),
            ("azertyuiop12", Some("password_too_common")),
            ("aaaaaaaaaaaaaaaa", Some("password_too_common")),
            ("anne.legall@halvenne.example", Some("password_too_common")),
            ("AnneLeGall2026", Some("password_too_common")),
            ("un phare dans la brume", None),
            ("vigie-demo-2026", None),
            ("a long enough password", None),
        ] {
            let refused = check_strength(password, &words).err();
            assert_eq!(refused.as_ref().map(Problem::kind), expected, "{password}");
        }
        assert!(check_strength(&"word ".repeat(300), &[]).is_err());
    }

    #[tokio::test]
    async fn an_account_that_is_not_there_takes_as_long() {
        let hashed = hash("correct horse battery").unwrap();
        assert!(
            check("correct horse battery".into(), Some(hashed))
                .await
                .unwrap()
        );
        let usual = LAST_CHECK.load(Ordering::Relaxed);

        let began = Instant::now();
        assert!(!check("correct horse battery".into(), None).await.unwrap());

        assert!(began.elapsed().as_millis() as u64 >= usual);
    }
}
