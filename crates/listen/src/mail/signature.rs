//! Finds where a signature begins: the Usenet delimiter, or the line a telephone adds.

use std::sync::LazyLock;

use regex::RegexSet;

use super::pattern::any_of;
/// A signature longer than this is the mail itself, below a dash used as a list marker.
const MOST_LINES: usize = 30;

static DEVICES: LazyLock<RegexSet> = LazyLock::new(|| {
    let devices = [
        "iphone|ipad|mobile|android|samsung|galaxy|windows|huawei|xiaomi|redmi|oppo|blackberry",
        "smartphone|t[ée]l[ée]phone|phone|tablette|tablet|pixel",
    ];
    let services = "outlook|yahoo|proton|mail|orange|courrier|free|sfr|bouygues|la poste|aol|zoho";
    let things = format!("{}|{services}", devices.join("|"));
    let french = "envoy[ée]e? (de|d['’]|depuis|à partir|avec|par|via)";
    let english = "sent (from|with|via|by|using)";

    any_of([
        format!(r"(?i)^({french}|{english})\b.{{0,80}}({things})"),
        r"(?i)^(get|t[ée]l[ée]charger|obtenir|obtenez) outlook (for|pour|sur)\b".to_owned(),
        r"(?i)^provenance\s*: courrier".to_owned(),
        r"(?i)^(gesendet mit|verzonden (vanaf|met)|inviato da|enviado desde)\b".to_owned(),
        r"(?i)^yahoo mail\s*:".to_owned(),
    ])
});

/// The index at which the signature begins, in lines that end with the written part.
pub fn begins(lines: &[&str]) -> Option<usize> {
    let words = |lines: &[&str]| lines.iter().filter(|it| !it.trim().is_empty()).count();
    let device = (0..lines.len())
        .rev()
        .filter(|place| lines.get(*place).is_some_and(|it| is_device(it)));
    let device = device
        .take(3)
        .filter(|place| lines.get(place + 1..).is_some_and(|rest| words(rest) <= 2))
        .last();
    let delimiter = lines
        .iter()
        .position(|it| it.trim_end() == "--" && it.starts_with("--"));
    let delimiter = delimiter.filter(|place| {
        lines
            .get(place + 1..)
            .is_some_and(|rest| (1..=MOST_LINES).contains(&words(rest)))
    });
    match (device, delimiter) {
        (Some(device), Some(delimiter)) => Some(device.min(delimiter)),
        (one, other) => one.or(other),
    }
}

fn is_device(line: &str) -> bool {
    let line = line.trim().trim_start_matches(['_', '*', '<', '[']);
    line.len() <= 160 && DEVICES.is_match(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephones_line_is_a_signature_and_a_parcels_is_not() {
        assert!(!DEVICES.is_empty());
        for line in [
            "Envoyé de mon iPhone",
            "Envoyé à partir d’Outlook pour Android",
            "Télécharger Outlook pour iOS<https://aka.ms/x>",
            "Sent from my Galaxy",
            "Sent with Proton Mail secure email.",
            "Provenance : Courrier pour Windows",
        ] {
            assert_eq!(begins(&["Bonjour", "", line]), Some(2), "{line}");
        }
        assert_eq!(begins(&["Envoyé par Colissimo lundi, rien reçu."]), None);
        assert_eq!(begins(&["Points :", "-- ", "Jeanne"]), Some(1));
        assert_eq!(begins(&["-- le premier point", "-- le second"]), None);
    }
}
