//! What is indexed: text in three forms with positions, and the fields used as filters.

use vigie_model::PersonKey;
use vigie_store::{CaseFacets, IndexDocument};

use tantivy::{
    Index, TantivyDocument,
    schema::{
        FAST, Field, INDEXED, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions,
    },
    tokenizer::{
        AsciiFoldingFilter, Language, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer,
        TextAnalyzer, TokenStream,
    },
};

/// In bytes; longer words are identifiers or noise.
const LONGEST_WORD: usize = 80;

/// What the index says of a case that nobody is in charge of: no key is 0.
pub(crate) const NO_OWNER: i64 = 0;

/// The fields of the index.
#[derive(Debug, Clone, Copy)]
pub struct IndexFields {
    pub noun: Field,
    /// Of the message, the case or the customer.
    pub key: Field,
    /// Of messages and cases: the case key. Documents are deleted by it before they are indexed
    /// again.
    pub case: Field,
    /// Only customers have it.
    pub customer: Field,
    pub at: Field,
    /// Without case and accents.
    pub folded: Field,
    /// Without case.
    pub exact: Field,
    /// French stems of French text.
    pub stem_fr: Field,
    /// English stems of all other text.
    pub stem_en: Field,
    pub author: Field,
    pub brand: Field,
    pub source: Field,
    pub channel: Field,
    pub kind: Field,
    pub feeling: Field,
    pub state: Field,
    pub tag: Field,
    pub owner: Field,
    pub by: Field,
    pub lang: Field,
    pub has: Field,
}

impl IndexFields {
    /// The schema and its fields.
    pub fn build_schema() -> (Schema, Self) {
        let mut schema = Schema::builder();
        let mut words = |name: &str, tokenizer: &str| {
            let indexing = TextFieldIndexing::default()
                .set_tokenizer(tokenizer)
                .set_index_option(IndexRecordOption::WithFreqsAndPositions);
            schema.add_text_field(name, TextOptions::default().set_indexing_options(indexing))
        };
        let (folded, exact) = (words("folded", "folded"), words("exact", "exact"));
        let (stem_fr, stem_en) = (words("stem_fr", "stem_fr"), words("stem_en", "stem_en"));
        let author = words("author", "folded");
        let mut code = |name: &str| schema.add_text_field(name, STRING | FAST);
        let (channel, kind, feeling) = (code("channel"), code("kind"), code("feeling"));
        let (state, tag) = (code("state"), code("tag"));
        let (by, lang, has) = (code("by"), code("lang"), code("has"));
        let fields = Self {
            noun: schema.add_i64_field("noun", INDEXED | FAST),
            key: schema.add_i64_field("key", FAST),
            case: schema.add_i64_field("case", INDEXED),
            customer: schema.add_i64_field("customer", INDEXED),
            at: schema.add_i64_field("at", INDEXED | FAST),
            folded,
            exact,
            stem_fr,
            stem_en,
            author,
            brand: schema.add_i64_field("brand", INDEXED | FAST),
            source: schema.add_i64_field("source", INDEXED | FAST),
            channel,
            kind,
            feeling,
            state,
            tag,
            owner: schema.add_i64_field("owner", INDEXED | FAST),
            by,
            lang,
            has,
        };
        (schema.build(), fields)
    }

    /// The document of a message, a case or a customer.
    pub fn document(&self, it: &IndexDocument) -> TantivyDocument {
        let mut document = TantivyDocument::default();
        document.add_i64(self.noun, it.noun.number());
        document.add_i64(self.key, it.key);
        document.add_i64(self.at, it.at);
        let stems = if it.lang == "fr" {
            self.stem_fr
        } else {
            self.stem_en
        };
        for words in it.words.iter().filter(|it| !it.is_empty()) {
            for field in [self.folded, self.exact, stems] {
                document.add_text(field, words);
            }
        }
        document.add_text(self.author, &it.author);
        match &it.case {
            Some(case) => {
                document.add_text(self.lang, &it.lang);
                self.narrowing(case, &mut document);
            }
            None => document.add_i64(self.customer, it.key),
        }
        document
    }

    fn narrowing(&self, it: &CaseFacets, document: &mut TantivyDocument) {
        document.add_i64(self.case, it.key.number());
        document.add_i64(self.brand, it.brand.number());
        document.add_i64(self.source, it.source.number());
        document.add_i64(self.owner, it.owner.map_or(NO_OWNER, PersonKey::number));
        let codes = [
            (self.channel, &it.channel),
            (self.kind, &it.kind),
            (self.feeling, &it.feeling),
            (self.state, &it.state),
        ];
        for (field, value) in codes {
            document.add_text(field, value);
        }
        for tag in &it.tags {
            document.add_text(self.tag, tag.number().to_string());
        }
        if let Some(by) = it.by {
            document.add_text(self.by, by);
        }
        if it.attachment {
            document.add_text(self.has, "attachment");
        }
    }
}

/// Registers the tokenizer of each form, by name.
pub fn register(index: &Index) {
    for name in ["folded", "exact", "stem_fr", "stem_en"] {
        index.tokenizers().register(name, analyzer(name));
    }
}

fn analyzer(name: &str) -> TextAnalyzer {
    let words = TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(LONGEST_WORD))
        .filter(LowerCaser)
        .dynamic();
    match name {
        "exact" => words.build(),
        "stem_fr" => words
            .filter_dynamic(Stemmer::new(Language::French))
            .filter_dynamic(AsciiFoldingFilter)
            .build(),
        "stem_en" => words
            .filter_dynamic(Stemmer::new(Language::English))
            .filter_dynamic(AsciiFoldingFilter)
            .build(),
        _ => words.filter_dynamic(AsciiFoldingFilter).build(),
    }
}

/// The words of a name in comparable form: without case and accents, whatever their length.
pub fn folded_name(name: &str) -> Vec<String> {
    let words = TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter);
    let (mut analyzer, mut found) = (words.build(), Vec::new());
    let mut words = analyzer.token_stream(name);
    while words.advance() {
        found.push(words.token().text.clone());
    }
    found
}

/// A word as indexed, and its UTF-8 byte offsets `[start, end)` in the text.
pub type StreamToken = (String, usize, usize);

/// The words of a text as one form indexes them.
pub fn tokens(stream: &str, text: &str) -> Vec<StreamToken> {
    let (mut analyzer, mut tokens) = (analyzer(stream), Vec::new());
    let mut words = analyzer.token_stream(text);
    while words.advance() {
        let token = words.token();
        tokens.push((token.text.clone(), token.offset_from, token.offset_to));
    }
    tokens
}
