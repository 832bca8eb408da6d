//! A token by which a shop says who writes: a JSON Web Token (RFC 7519) signed with HMAC-SHA-256
//! (`HS256`, RFC 7515) and the secret of the source. `sub` is the shop's customer number; `email`,
//! `phone` and `name` are what it knows of them; `exp` ends it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;
use vigie_model::{At, IdentityProof, IncomingAuthor};

use crate::{Refusal, fields::JsonFields};

/// The longest token read, in bytes.
const LONGEST: usize = 4_096;
/// A token that is valid for longer would vouch for whoever finds it, seconds.
const LONGEST_VALIDITY: i64 = 86_400;

/// Reads who a token speaks of, if `secret` signed it and it is valid at `now`.
///
/// # Errors
/// `token_wrong` when it is no such token or somebody else signed it, `token_expired` when it is
/// over, `token_too_long_valid` when it ends more than a day from `now`, `token_empty` when it
/// names nobody.
pub fn read(token: &str, secret: &str, now: At) -> Result<IncomingAuthor, Refusal> {
    let claims = verified(token, secret).ok_or_else(|| {
        let detail =
            "the token is not an HS256 JSON Web Token signed with the secret of this source";
        Refusal::new("token_wrong", detail)
    })?;
    let claims = JsonFields {
        fields: &claims,
        place: "token",
    };
    check_validity(&claims, now)?;

    let author = IncomingAuthor {
        customer_id: claims.text("sub", 200)?,
        email: claims.text("email", 320)?,
        phone: claims.text("phone", 60)?,
        name: claims.text("name", 200)?,
        proof: IdentityProof::SignedToken,
        ..IncomingAuthor::default()
    };
    let names = [&author.customer_id, &author.email, &author.phone];
    let empty = |it: &&Option<String>| it.as_deref().is_none_or(|it| it.trim().is_empty());
    if names.iter().all(empty) {
        let detail = "the token holds neither sub nor email nor phone";
        return Err(Refusal::new("token_empty", detail));
    }
    Ok(author)
}

/// The claims of a token, if this secret signed them.
fn verified(token: &str, secret: &str) -> Option<serde_json::Map<String, Value>> {
    if token.len() > LONGEST || secret.is_empty() {
        return None;
    }
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let header: Value = decoded(header)?;
    // The algorithm is ours to say: "none" and keys of another kind are how such tokens are forged.
    // An extension that must be understood is not.
    if header.get("alg")? != "HS256" || header.get("crit").is_some() {
        return None;
    }

    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(signed.as_bytes());
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    mac.verify_slice(&signature).ok()?;
    match decoded(claims)? {
        Value::Object(claims) => Some(claims),
        _ => None,
    }
}

fn decoded(part: &str) -> Option<Value> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn check_validity(claims: &JsonFields<'_>, now: At) -> Result<(), Refusal> {
    let now = now.millis().div_euclid(1_000);
    let expires = claims.whole("exp")?.unwrap_or(0); // default: without an end it is over
    if expires <= now || claims.whole("nbf")?.is_some_and(|begins| begins > now) {
        let detail = "the token is over, not valid yet, or has no exp in whole seconds";
        return Err(Refusal::new("token_expired", detail));
    }
    if expires - now > LONGEST_VALIDITY {
        let detail = "the token is valid for more than a day: sign one for each visit";
        return Err(Refusal::new("token_too_long_valid", detail));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;
    const SECRET: &str = "whsec_c2VjcmV0";

    fn now() -> At {
        At::from_millis(NOW * 1_000)
    }

    fn signed(header: &str, claims: &str, secret: &[u8]) -> String {
        let [header, claims] = [header, claims].map(|it| URL_SAFE_NO_PAD.encode(it));
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
        let signed = format!("{header}.{claims}");
        mac.update(signed.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        format!("{signed}.{signature}")
    }

    fn token(claims: &str) -> String {
        signed(r#"{"alg":"HS256","typ":"JWT"}"#, claims, SECRET.as_bytes())
    }

    /// The example of RFC 7515, appendix A.1: its key, its signature.
    #[test]
    fn the_example_of_the_rfc_is_signed_by_its_key() {
        let key = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
        let key = URL_SAFE_NO_PAD.decode(key).unwrap();
        let ours = signed(
            "{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}",
            "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}",
            &key,
        );
        let theirs = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(ours.rsplit_once('.').unwrap().1, theirs);
    }

    #[test]
    fn the_shop_says_who_writes() {
        let claims = format!(
            r#"{{"sub":"C-77","email":"Jeanne@Mail.example","exp":{}}}"#,
            NOW + 600
        );
        let author = read(&token(&claims), SECRET, now()).unwrap();
        assert_eq!(author.customer_id.as_deref(), Some("C-77"));
        assert_eq!(author.email.as_deref(), Some("Jeanne@Mail.example"));
        assert_eq!(author.proof, IdentityProof::SignedToken);
    }

    #[test]
    fn what_the_shop_did_not_sign_vouches_for_nobody() {
        let claims = format!(r#"{{"sub":"C-77","exp":{}}}"#, NOW + 600);
        let good = token(&claims);
        let (signed_part, signature) = good.rsplit_once('.').unwrap();
        let other = token(&format!(r#"{{"sub":"C-78","exp":{}}}"#, NOW + 600));
        let other = other.rsplit_once('.').unwrap().0;
        let none = signed(r#"{"alg":"none"}"#, &claims, SECRET.as_bytes());
        let critical = r#"{"alg":"HS256","crit":["b64"],"b64":false}"#;

        for (what, wrong, secret) in [
            ("another secret", good.clone(), "whsec_b3RoZXI"),
            ("no secret", signed(r#"{"alg":"HS256"}"#, &claims, b""), ""),
            ("no signature", format!("{signed_part}."), SECRET),
            ("other claims", format!("{other}.{signature}"), SECRET),
            ("no algorithm", none, SECRET),
            (
                "an extension",
                signed(critical, &claims, SECRET.as_bytes()),
                SECRET,
            ),
            ("words", "not a token".to_owned(), SECRET),
            ("padding", format!("{good}="), SECRET),
            (
                "a long one",
                format!("{}{good}", "a".repeat(LONGEST)),
                SECRET,
            ),
        ] {
            let problem = read(&wrong, secret, now()).unwrap_err().problem;
            assert_eq!(problem, "token_wrong", "{what}");
        }
    }

    #[test]
    fn a_token_ends_soon() {
        for (claims, problem) in [
            (format!(r#"{{"sub":"C","exp":{NOW}}}"#), "token_expired"),
            (r#"{"sub":"C"}"#.to_owned(), "token_expired"),
            (
                format!(r#"{{"sub":"C","exp":{},"nbf":{}}}"#, NOW + 9, NOW + 1),
                "token_expired",
            ),
            (
                format!(r#"{{"sub":"C","exp":{}}}"#, NOW + 86_401),
                "token_too_long_valid",
            ),
            (format!(r#"{{"exp":{},"sub":" "}}"#, NOW + 9), "token_empty"),
            (
                format!(r#"{{"sub":"C","exp":"{}"}}"#, NOW + 9),
                "field_wrong",
            ),
        ] {
            let refusal = read(&token(&claims), SECRET, now()).unwrap_err();
            assert_eq!(refusal.problem, problem, "{claims}");
        }
        let last = format!(r#"{{"sub":"C","exp":{}}}"#, NOW + 86_400);
        assert!(read(&token(&last), SECRET, now()).is_ok());
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_a_token(text in "\\PC{0,80}(\\.\\PC{0,80}){0,4}") {
            assert!(read(&text, SECRET, now()).is_err());
        }
    }
}
