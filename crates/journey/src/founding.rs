//! Creates a brand with what its people need on the first day, and adds sources.

use vigie_model::{Act, Actor, Lang, SourceKind, TopCause};
use vigie_store::{Brand, BrandSettings, Error, FactDraft, NewSource, Source, Write};

use vigie_wording::{Catalogue, catalogue};

use crate::Instance;

/// The name of a top-level cause.
const fn cause_name(cause: TopCause, words: &Catalogue) -> &'static str {
    let causes = &words.causes;
    match cause {
        TopCause::Quality => causes.quality,
        TopCause::Availability => causes.availability,
        TopCause::Price => causes.price,
        TopCause::Production => causes.production,
        TopCause::Relationship => causes.relationship,
        TopCause::Misunderstanding => causes.misunderstanding,
    }
}

/// Prepares a new instance: one brand, its six causes, and the sources for what staff hear and
/// see. An instance that has a brand is left as it is.
pub async fn prepare(instance: &Instance) -> Result<(), Error> {
    let brands = instance.store.read().await?.brands().list().await?;
    if brands.is_empty() {
        create_brand(instance, "main", "Vigie", &BrandSettings::default()).await?;
    }
    Ok(())
}

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
    let (fr, en) = (catalogue(Lang::Fr), catalogue(Lang::En));
    for top in TopCause::ALL.iter().copied() {
        let (name_fr, name_en) = (cause_name(top, fr), cause_name(top, en));
        let causes = write.causes();
        causes.insert(brand.key, top, "", name_fr, name_en).await?;
    }
    for (kind, name) in [
        (SourceKind::REPORT, fr.sources.reports_title),
        (SourceKind::SEEN_ELSEWHERE, fr.sources.seen_elsewhere_title),
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
