//! Reading holds on any text: scores are probabilities, weights add up, offsets are the text's own.

use proptest::prelude::*;
use vigie_analyse::{AnalysisInput, read};
use vigie_model::{Gate, Kind, Sentiment};

fn plain(text: &str) -> vigie_analyse::Analysis {
    read(AnalysisInput {
        text,
        ..AnalysisInput::default()
    })
}

#[test]
fn plain_cases_in_both_languages() {
    let complaint = plain(
        "Bonjour, ma commande n'est toujours pas arrivée depuis trois semaines, je suis très déçue \
            !",
    );
    assert_eq!(
        (complaint.kind, complaint.sentiment, complaint.lang.as_str()),
        (Kind::Complaint, Sentiment::Negative, "fr")
    );
    let complaint =
        plain("My parcel still hasn't arrived and nobody answers, this is the worst service ever");
    assert_eq!(
        (complaint.kind, complaint.lang.as_str()),
        (Kind::Complaint, "en")
    );
}

#[test]
fn gates_favour_recall_and_spare_everyday_words() {
    let (mut expected, mut missed, mut wrong) = (0, Vec::new(), Vec::new());
    for line in include_str!("fixtures/gates.jsonl").lines() {
        let fixture: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = fixture["text"].as_str().unwrap();
        let found = read(AnalysisInput {
            text,
            title: None,
            lang: fixture["lang"].as_str(),
            public: true,
        })
        .gates;
        let gold: Vec<Gate> = serde_json::from_value(fixture["gates"].clone()).unwrap();
        expected += gold.len();
        missed.extend(
            gold.iter()
                .filter(|gate| !found.contains(gate))
                .map(|gate| format!("{gate}: {text}")),
        );
        let extra = found
            .iter()
            .filter(|gate| !gold.contains(gate) && **gate != Gate::ExposedData);
        wrong.extend(extra.map(|gate| format!("{gate}: {text}")));
    }
    assert!(
        missed.len() * 20 <= expected,
        "of {expected} gates, missed {missed:#?}"
    );
    assert!(wrong.len() * 20 <= expected, "fired wrongly {wrong:#?}");
}

proptest! {
    #[test]
    fn any_text_is_read(text in "\\PC{0,300}", public in any::<bool>()) {
        let analysis = read(AnalysisInput { text: &text, title: None, lang: None, public });
        let kinds = analysis.kind_scores;
        let sum = kinds.complaint
            + kinds.question
            + kinds.praise
            + kinds.market
            + kinds.rumour
            + kinds.noise;
        prop_assert!((sum - 1.0).abs() < 1e-9);
        for line in &analysis.why {
            if let (Some(start), Some(end)) = (line.start, line.end) {
                prop_assert!(text.get(start..end).is_some(), "offsets of {line:?}");
            }
        }
        for found in &analysis.personal_data {
            prop_assert!(text.get(found.start..found.end).is_some());
        }
    }

    #[test]
    fn threatening_to_publish_changes_neither_kind_of_remedy(extra in "I will post this \
        everywhere!?") {
        // The clue is named; harm and gates, which weigh, stay as they were.
        let base = "my kettle arrived broken and support does not answer";
        let (calm, threatening) = (plain(base), plain(&format!("{base}. {extra}")));
        prop_assert_eq!((calm.harm, calm.gates), (threatening.harm, threatening.gates));
    }
}

#[test]
fn a_message_without_text_is_read_by_its_title_and_one_with_text_is_not() {
    let kind = |text, title| {
        let input = AnalysisInput {
            text,
            title,
            ..AnalysisInput::default()
        };
        read(input).kind
    };
    let title = Some("Colis jamais reçu, remboursez-moi");

    assert_eq!(kind("", title), vigie_model::Kind::Complaint);
    assert_eq!(kind("", None), vigie_model::Kind::Unknown);
    assert_eq!(
        kind("Merci, tout est parfait, bravo !", title),
        vigie_model::Kind::Praise
    );
}
