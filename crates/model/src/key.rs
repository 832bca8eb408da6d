//! Keys of rows: compact integers inside one database, one type per noun, so that two of them
//! cannot change places unseen. Outside the database a noun goes by its public id.
//!
//! ```
//! # use vigie_model::{CaseKey, MessageKey};
//! fn move_to_case(message: MessageKey, case: CaseKey) {}
//! move_to_case(MessageKey::from_number(7), CaseKey::from_number(3));
//! ```
//!
//! The same with its arguments in the wrong order does not compile:
//!
//! ```compile_fail,E0308
//! # use vigie_model::{CaseKey, MessageKey};
//! fn move_to_case(message: MessageKey, case: CaseKey) {}
//! move_to_case(CaseKey::from_number(3), MessageKey::from_number(7));
//! ```

use serde::{Deserialize, Serialize};

/// A key of a row, whichever the noun.
pub trait Key: Copy + Ord + Send + Sync {
    /// The key with this number in the database.
    fn from_number(number: i64) -> Self;

    /// Its number in the database.
    fn number(self) -> i64;
}

/// Calls a macro with the type of every key.
#[macro_export]
macro_rules! for_each_key {
    ($macro:ident) => {
        $macro! {
            AddressCheckKey, AnswerCardKey, ApiKeyKey, AttachmentKey, AuthorKey, BrandKey,
            BulkActKey, CaseKey, CauseKey, ClosureKey, ConversationKey, CustomerKey, ImportKey,
            MessageKey, NoteKey, OrderKey, OutgoingKey, PersonKey, QuestionKey, RowKey, RuleKey,
            SavedSearchKey, SavedViewKey, SourceKey, SystemMailKey, TagKey, TeamKey, WebhookKey,
        }
    };
}

macro_rules! define_keys {
    ($($name:ident),+ $(,)?) => {$(
        #[doc = concat!("Key of a row in the database: `", stringify!($name), "`.")]
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(i64);

        impl $name {
            /// The key with this number in the database.
            pub const fn from_number(number: i64) -> Self {
                Self(number)
            }

            /// Its number in the database.
            pub const fn number(self) -> i64 {
                self.0
            }
        }

        impl Key for $name {
            fn from_number(number: i64) -> Self {
                Self(number)
            }

            fn number(self) -> i64 {
                self.0
            }
        }
    )+};
}

for_each_key!(define_keys);
