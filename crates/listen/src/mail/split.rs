//! What the author wrote, what they quoted, how they sign. Every line belongs to exactly one
//! of the three.

use serde::Serialize;

use super::{
    attribution::{QuotationStart, opening},
    html_text::{Zone, ZonedText},
    signature,
};

/// A text split into its three parts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Split {
    /// Newly written.
    pub visible: String,
    pub quoted: String,
    pub signature: String,
}

/// Splits plain text. `is_reply`: the headers identify it as a reply.
pub fn split(text: &str, is_reply: bool) -> Split {
    let lines: Vec<_> = text.lines().map(|it| (Zone::Written, it)).collect();
    Splitter::new(&lines, is_reply).done()
}

/// Splits the text of an HTML mail: its elements are already classified; sentences and
/// separators may add to that.
pub fn with_elements(parts: &ZonedText, is_reply: bool) -> Split {
    let lines: Vec<_> = parts.lines.iter().map(|it| (it.0, it.1.as_str())).collect();
    Splitter::new(&lines, is_reply).done()
}

struct Splitter<'a> {
    lines: Vec<&'a str>,
    zones: Vec<Zone>,
    forwarded: bool,
}

impl<'a> Splitter<'a> {
    fn new(lines: &[(Zone, &'a str)], is_reply: bool) -> Self {
        let zones = lines.iter().map(|it| it.0).collect();
        let mut splitting = Self {
            lines: lines.iter().map(|it| it.1).collect(),
            zones,
            forwarded: false,
        };
        splitting.find_quotations(is_reply);
        splitting.close_gaps();
        splitting.find_signatures();
        splitting
    }

    /// Scans the lines: a sentence starts a quotation of marked lines, a separator takes
    /// everything that follows.
    fn find_quotations(&mut self, is_reply: bool) {
        let marked = |it: &&str| it.trim_start().starts_with('>');
        let mut marks_count = is_reply || self.lines.iter().filter(|it| marked(it)).count() >= 2;
        let mut at = 0;
        while at < self.lines.len() {
            let rest = self.lines.get(at..).unwrap_or_default();
            let is_marked = rest.first().is_some_and(&marked);
            let known = self.zones.get(at).copied().unwrap_or(Zone::Written);
            match (known, opening(rest)) {
                (Zone::Quoted, Some(QuotationStart::Forwarded)) => {
                    self.forwarded |= self.nothing_written_before(at)
                }
                (Zone::Written, Some(QuotationStart::Sentence(lines))) if !is_marked => {
                    let next = rest.iter().skip(lines).position(|it| !it.trim().is_empty());
                    let next = next.map_or(self.lines.len(), |it| at + lines + it);
                    let goes_on = self.lines.get(next).is_some_and(&marked)
                        || self.zones.get(next).is_some_and(|it| *it == Zone::Quoted);
                    self.set(at, if goes_on { next } else { self.lines.len() });
                    marks_count = true;
                    at = next;
                    continue;
                }
                (Zone::Written, Some(opening)) if !is_marked => {
                    self.forwarded = opening == QuotationStart::Forwarded;
                    return self.set(at, self.lines.len());
                }
                (Zone::Written, _) if is_marked && marks_count => self.set(at, at + 1),
                _ => {}
            }
            at += 1;
        }
    }

    fn nothing_written_before(&self, at: usize) -> bool {
        let before = self.lines.iter().zip(&self.zones).take(at);
        before
            .into_iter()
            .all(|(line, zone)| *zone != Zone::Written || line.trim().is_empty())
    }

    fn set(&mut self, from: usize, to: usize) {
        for zone in self.zones.iter_mut().take(to).skip(from) {
            if *zone == Zone::Written {
                *zone = Zone::Quoted;
            }
        }
    }

    /// Marks a blank line between two quoted ones as quoted.
    fn close_gaps(&mut self) {
        let mut before = None;
        for at in 0..self.lines.len() {
            if self.lines.get(at).is_some_and(|it| it.trim().is_empty()) {
                continue;
            }
            let quoted = self.zones.get(at) == Some(&Zone::Quoted);
            if let (Some(start), true) = (before, quoted) {
                self.set(start, at);
            }
            before = quoted.then_some(at + 1);
        }
    }

    /// Looks for a signature at the end of each run of written lines.
    fn find_signatures(&mut self) {
        let mut start = 0;
        while start < self.zones.len() {
            let written = |it: &&Zone| **it == Zone::Written;
            let length = self.zones.iter().skip(start).take_while(written).count();
            let run = self.lines.get(start..start + length).unwrap_or_default();
            // A program that marks the signature may leave its delimiter outside.
            let marked = self.zones.get(start + length) == Some(&Zone::Signature);
            let delimiter = run
                .iter()
                .rposition(|it| !it.trim().is_empty())
                .filter(|it| marked && run.get(*it).is_some_and(|line| line.trim() == "--"));
            if let Some(place) = signature::begins(run).or(delimiter) {
                for zone in self
                    .zones
                    .iter_mut()
                    .take(start + length)
                    .skip(start + place)
                {
                    *zone = Zone::Signature;
                }
            }
            start += length.max(1);
        }
    }

    fn done(self) -> Split {
        let of = |wanted: Zone| self.gather(|zone| zone == wanted);
        let (visible, quoted) = (of(Zone::Written), of(Zone::Quoted));
        if visible.is_empty() && self.forwarded {
            // Somebody who only forwards a mail means its content.
            return Split {
                visible: self.gather(|it| it != Zone::Signature),
                quoted: String::new(),
                signature: of(Zone::Signature),
            };
        }
        Split {
            visible,
            quoted,
            signature: of(Zone::Signature),
        }
    }

    /// The lines of some zones; gaps between them, and consecutive blank lines, become one blank
    /// line.
    fn gather(&self, wanted: impl Fn(Zone) -> bool) -> String {
        let mut out: Vec<&str> = Vec::new();
        for (line, zone) in self.lines.iter().zip(&self.zones) {
            if wanted(*zone) {
                let blank = line.trim().is_empty();
                if !(blank && out.last().is_none_or(|it| it.trim().is_empty())) {
                    out.push(line.trim_end());
                }
            }
        }
        out.join("\n").trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_above_is_told_from_the_mail_below() {
        let text = "Merci !\n\nEnvoyé de mon iPhone\n\nLe lun. 2 mars 2026 à 10:14, Halvenne \
            <s@h.example> a écrit :\n\n> Bonjour,\n>\n> voici.\n";
        let split = split(text, true);
        assert_eq!(split.visible, "Merci !");
        assert_eq!(split.signature, "Envoyé de mon iPhone");
        assert!(split.quoted.starts_with("Le lun.") && split.quoted.ends_with("> voici."));
    }

    #[test]
    fn answers_between_the_lines_are_visible() {
        let text = "On Mon, 2 Mar 2026 at 10:14, H <s@h.example> wrote:\n> Which \
            size?\nLarge.\n\n> Which colour?\n\nBlue.\n";
        let split = split(text, true);
        assert_eq!(split.visible, "Large.\n\nBlue.");
        assert!(split.quoted.contains("> Which colour?"));
    }

    #[test]
    fn an_arrow_is_no_quotation() {
        let text = "Total :\n> 50 € de frais, pourquoi ?";
        assert_eq!(split(text, false).visible, text);
    }

    #[test]
    fn a_mail_only_passed_on_says_what_is_in_it() {
        let text = "---------- Forwarded message ---------\nDe : Colis\nObjet : retard\n\nVotre \
            colis est en retard.";
        let split = split(text, false);
        assert!(split.visible.contains("Votre colis est en retard.") && split.quoted.is_empty());
    }
}
