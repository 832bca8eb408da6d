//! Creates a brand with what its people need on the first day, and adds sources.

use vigie_model::{Act, Actor, SourceKind, TopCause};
use vigie_store::{Brand, BrandSettings, Error, FactDraft, NewSource, Source, Write};

use crate::Instance;

/// The six top-level causes, in both languages.
const CAUSES: [(TopCause, &str, &str); 6] = [
    (TopCause::Quality, "Qualité", "Quality"),
    (TopCause::Availability, "Disponibilité", "Availability"),
    (TopCause::Price, "Prix", "Price"),
    (
        TopCause::Production,
        "Conditions de production",
        "Production conditions",
    ),
    (TopCause::Relationship, "Relation", "Relationship"),
    (TopCause::Misunderstanding, "Malentendu", "Misunderstanding"),
];

/// Creates a brand with what its people need on the first day, and adds sources.
pub async fn create_brand(
    instance: &Instance,
    code: &str,
    name: &str,
    settings: &BrandSettings,
) -> Result<Brand, Error> {
    let mut write = instance.store.write(Actor::System).await?;
    let brand = write.brands().insert(code, name, settings).await?;
    write.fact(FactDraft::new(Act::SettingChanged).on("brand", brand.id.0));
    for (top, fr, en) in CAUSES {
        write.causes().insert(brand.key, top, "", fr, en).await?;
    }
    for (kind, name) in [
        (SourceKind::REPORT, "Remontées"),
        (SourceKind::SEEN_ELSEWHERE, "Vu ailleurs"),
    ] {
        add_source(
            &mut write,
            &brand,
            kind,
            name,
            &format!("{code}-{}", kind.code().replace('_', "-")),
        )
        .await?;
    }
    write.commit().await?;
    Ok(brand)
}

/// Adds a source with a secret of its own.
pub async fn add_source(
    write: &mut Write,
    brand: &Brand,
    kind: SourceKind,
    name: &str,
    code: &str,
) -> Result<Source, Error> {
    let secret = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, write.secret());
    let source = NewSource {
        brand_key: brand.key,
        kind,
        name: name.to_owned(),
        code: code.to_owned(),
        settings: serde_json::json!({}),
        secret: format!("whsec_{secret}"),
        cursor: None,
    };
    let source = write.sources().insert(source).await?;
    write.fact(
        FactDraft::new(Act::SourceChanged)
            .on("source", source.id.0)
            .source_kind(kind),
    );
    Ok(source)
}
