//! What mail servers found of who sent a mail: `Authentication-Results` (RFC 8601). Anybody can
//! write such a header, so only those of a server one names are worth anything.

use serde::Serialize;
use vigie_model::SenderCheck;

/// What one server found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AuthenticationResults {
    /// The server's name for itself, its `authserv-id`, in lower case.
    pub server: String,
    pub checks: Vec<AuthenticationCheck>,
}

/// The outcome of one method.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AuthenticationCheck {
    /// `dkim`, `spf`, `dmarc`…, in lower case.
    pub method: String,
    /// `pass`, `fail`, `none`…, in lower case.
    pub result: String,
    /// What was checked, such as `header.d` with its domain.
    pub properties: Vec<(String, String)>,
}

/// More methods than any server reports.
const MOST_CHECKS: usize = 100;

/// Reads one header. Some servers, those of Microsoft 365 among them, leave out their name, which
/// is then empty.
pub fn read(value: &str) -> AuthenticationResults {
    let letters = uncommented(value);
    let mut parts = letters
        .split(|letter| *letter == Letter::Plain(';'))
        .peekable();
    let names_itself = |part: &&[Letter]| !part.contains(&Letter::Plain('='));
    let server = parts.next_if(names_itself).map(server).unwrap_or_default(); // default: no name
    AuthenticationResults {
        server,
        checks: parts.filter_map(check).take(MOST_CHECKS).collect(),
    }
}

/// The name of the server, without the version that may follow it.
fn server(part: &[Letter]) -> String {
    let mut words = part.split(|letter| letter.is_space()).map(text);
    // default: a header that says nothing names nobody
    words.find(|word| !word.is_empty()).unwrap_or_default()
}

/// What our own server found of the address in From: whether it vouches for its domain.
///
/// DMARC (RFC 7489) says so itself. Without it, a DKIM signature by the domain of the address or
/// one above it counts, or SPF for that very domain. Two failures, or that of DMARC, are a failure.
pub fn sender_check(found: &AuthenticationResults, from: &str) -> SenderCheck {
    let Some((_, domain)) = from.rsplit_once('@') else {
        return SenderCheck::Unknown;
    };
    let domain = domain.to_lowercase();
    if let Some(dmarc) = found.checks.iter().find(|it| it.method == "dmarc") {
        match dmarc.result.as_str() {
            "pass" if dmarc.names("header.from", |it| is_above(it, &domain)) => {
                return SenderCheck::Passed;
            }
            "fail" => return SenderCheck::Failed,
            _ => {}
        }
    }
    let passed = found.checks.iter().any(|it| it.vouches_for(&domain));
    let failed = |method: &str| {
        let mut of_method = found.checks.iter().filter(|it| it.method == method);
        of_method.any(|it| it.result == "fail")
    };
    match (passed, failed("dkim") && failed("spf")) {
        (true, _) => SenderCheck::Passed,
        (false, true) => SenderCheck::Failed,
        (false, false) => SenderCheck::Unknown,
    }
}

impl AuthenticationCheck {
    fn vouches_for(&self, domain: &str) -> bool {
        if self.result != "pass" {
            return false;
        }
        match self.method.as_str() {
            "dkim" => {
                let signer = |it: &str| is_above(it.trim_start_matches('@'), domain);
                self.has("header.d", signer) || self.has("header.i", |it| signer(domain_of(it)))
            }
            "spf" => self.has("smtp.mailfrom", |it| domain_of(it) == domain),
            _ => false,
        }
    }

    /// Whether this property is reported, and so.
    fn has(&self, name: &str, holds: impl Fn(&str) -> bool) -> bool {
        let mut named = self.properties.iter().filter(|it| it.0 == name);
        named.any(|(_, value)| holds(value))
    }

    /// The same, or not reported at all.
    fn names(&self, name: &str, holds: impl Fn(&str) -> bool) -> bool {
        let reported = self.properties.iter().any(|it| it.0 == name);
        !reported || self.has(name, holds)
    }
}

fn domain_of(address: &str) -> &str {
    address
        .rsplit_once('@')
        .map_or(address, |(_, domain)| domain)
}

/// Whether a domain is the other, or one above it; `fr` alone is above nothing.
fn is_above(domain: &str, other: &str) -> bool {
    let below = other.strip_suffix(domain);
    domain == other || domain.contains('.') && below.is_some_and(|it| it.ends_with('.'))
}

fn check(part: &[Letter]) -> Option<AuthenticationCheck> {
    let mut pairs = pairs(part).into_iter();
    let (method, result) = pairs.next()?;
    // `dkim/1` gives the version of the method.
    let method = method.split('/').next().map(str::to_owned)?;
    let properties = pairs.filter(|(name, _)| name != "reason");
    Some(AuthenticationCheck {
        method,
        result,
        properties: properties.collect(),
    })
}

/// The `name=value` of one part, in lower case. A name may have spaces in it, as `header . d`; a
/// value goes on to the next space, with any `=` in it.
fn pairs(part: &[Letter]) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut letters = part.iter().copied().peekable();
    loop {
        let name: Vec<_> = letters
            .by_ref()
            .take_while(|it| *it != Letter::Plain('='))
            .collect();
        while letters.next_if(Letter::is_space).is_some() {}
        let mut value = Vec::new();
        while let Some(letter) = letters.next_if(|it| !it.is_space()) {
            value.push(letter);
        }
        if value.is_empty() {
            return pairs;
        }
        pairs.push((text(&name), text(&value)));
    }
}

/// A letter of a header that is in no comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Letter {
    Plain(char),
    /// Between quotes, or after a backslash: it separates nothing.
    Quoted(char),
}

impl Letter {
    fn is_space(&self) -> bool {
        matches!(self, Self::Plain(it) if it.is_whitespace())
    }
}

/// Without spaces, in lower case.
fn text(letters: &[Letter]) -> String {
    let letters = letters.iter().filter(|letter| !letter.is_space());
    let letters = letters.flat_map(|letter| match letter {
        Letter::Plain(it) | Letter::Quoted(it) => it.to_lowercase(),
    });
    letters.collect()
}

/// The letters of a header without its comments, each of which reads as a space.
fn uncommented(value: &str) -> Vec<Letter> {
    let mut found = Vec::new();
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '(' => {
                skip_comment(&mut letters);
                found.push(Letter::Plain(' '));
            }
            '"' => found.extend(quoted(&mut letters).chars().map(Letter::Quoted)),
            _ => found.push(Letter::Plain(letter)),
        }
    }
    found
}

/// Comments stand in parentheses, one in another.
fn skip_comment(letters: &mut impl Iterator<Item = char>) {
    let mut depth = 1;
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => drop(letters.next()),
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return;
        }
    }
}

fn quoted(letters: &mut impl Iterator<Item = char>) -> String {
    let mut text = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => break,
            '\\' => text.extend(letters.next()),
            _ => text.push(letter),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checks(value: &str) -> Vec<(String, String)> {
        let found = read(value).checks.into_iter();
        found.map(|it| (it.method, it.result)).collect()
    }

    #[test]
    fn the_examples_of_the_standard_are_read() {
        // RFC 8601, appendix B.
        for (value, server, expected) in [
            ("example.org 1; none", "example.org", &[][..]),
            (
                "example.com; spf=pass smtp.mailfrom=example.net",
                "example.com",
                &[("spf", "pass")],
            ),
            (
                "example.com; auth=pass (cram-md5) smtp.auth=sender@example.net; \
                 spf=pass smtp.mailfrom=example.net",
                "example.com",
                &[("auth", "pass"), ("spf", "pass")],
            ),
            (
                "foo.example.net (foobar) 1 (baz); dkim (Because I like it) / 1 (One yay) = \
                 (wait for it) fail policy (A dot can go here) . (like that) expired \
                 (this surprised me) = (as I wasn't expecting it) 1362471462",
                "foo.example.net",
                &[("dkim", "fail")],
            ),
            (
                "Example.COM; dkim=pass reason=\"good; signature\" header.d=Example.com",
                "example.com",
                &[("dkim", "pass")],
            ),
            // As Microsoft 365 writes it.
            (
                "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=a.example; dmarc=pass \
                 action=none header.from=a.example",
                "",
                &[("spf", "pass"), ("dmarc", "pass")],
            ),
        ] {
            let found = read(value);
            let expected = expected.iter();
            let expected: Vec<_> = expected
                .map(|it| (it.0.to_owned(), it.1.to_owned()))
                .collect();

            assert_eq!(found.server, server, "{value}");
            assert_eq!(checks(value), expected, "{value}");
        }
        assert_eq!(read(""), AuthenticationResults::default());
    }

    #[test]
    fn a_server_vouches_for_the_domain_of_the_address() {
        use SenderCheck::{Failed, Passed, Unknown};
        for (checks, expected) in [
            ("dmarc=pass header.from=mail.example", Passed),
            (
                "dmarc=pass (p=NONE) header.from=mail.example; spf=fail",
                Passed,
            ),
            ("dmarc=pass header.from=evil.example", Unknown),
            (
                "dmarc=fail header.from=mail.example; dkim=pass header.d=mail.example",
                Failed,
            ),
            ("dmarc=none; dkim=pass header.d=mail.example", Passed),
            ("dkim=pass header.i=@mail.example", Passed),
            ("dkim=pass header.i=jeanne@mail.example", Passed),
            ("dkim=pass header.d=evil.example", Unknown),
            ("dkim=pass header.d=example", Unknown),
            ("dkim=pass header.d=il.example", Unknown),
            (
                "dkim=fail header.d=evil.example; dkim=pass header.d=mail.example",
                Passed,
            ),
            ("spf=pass smtp.mailfrom=bounces@mail.example", Passed),
            ("spf=pass smtp.mailfrom=mail.example", Passed),
            ("spf=pass smtp.mailfrom=bounces@evil.example", Unknown),
            ("spf=pass smtp.helo=mail.example", Unknown),
            (
                "spf=softfail smtp.mailfrom=mail.example; dkim=none",
                Unknown,
            ),
            ("spf=fail smtp.mailfrom=mail.example; dkim=fail", Failed),
            ("arc=pass header.d=mail.example", Unknown),
            // What a sender chooses separates nothing.
            (
                "spf=pass smtp.mailfrom=\"a; dkim=pass header.d=mail.example\"@evil.example",
                Unknown,
            ),
            (
                "dkim=pass header.i=header.d=mail.example@evil.example",
                Unknown,
            ),
            ("spf=pass (dkim=pass header.d=mail.example)", Unknown),
            ("none", Unknown),
        ] {
            let found = read(&format!("mx.halvenne.test; {checks}"));

            assert_eq!(
                sender_check(&found, "Jeanne@Mail.Example"),
                expected,
                "{checks}"
            );
        }
        let found = read("mx.halvenne.test; dkim=pass header.d=example.org");
        assert_eq!(sender_check(&found, "jo@news.example.org"), Passed);
        assert_eq!(sender_check(&found, "jo@badexample.org"), Unknown);
        assert_eq!(sender_check(&found, "no address"), Unknown);
    }
}
