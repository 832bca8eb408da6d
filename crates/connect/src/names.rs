//! Names that connectors bring along, in each language of the screens.

use serde::Serialize;
use vigie_model::Lang;
use vigie_wording::{Catalogue, catalogue};

/// A name in both languages of the screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Names {
    pub fr: &'static str,
    pub en: &'static str,
}

impl Names {
    /// The same words of both catalogues.
    pub fn of(words: impl Fn(&'static Catalogue) -> &'static str) -> Self {
        Self {
            fr: words(catalogue(Lang::Fr)),
            en: words(catalogue(Lang::En)),
        }
    }
}
