//! Who may do what: the one place where roles are given rights.

use vigie_model::Role;

/// The right a route requires. Every route has exactly one; a test walks all of them with
/// every role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Anybody: customers' pages, signing in.
    Anybody,
    /// A program with a key.
    Program,
    /// Anybody signed in.
    SignedIn,
    /// See cases; volunteers see theirs, those that mention them, and the queue Quick.
    SeeCases,
    /// Act on cases; volunteers on those they see.
    WorkCases,
    /// See customers and what their cases say together.
    SeeCustomers,
    /// Join, separate and correct identities; move messages between cases.
    Sort,
    /// Report what was heard.
    Report,
    /// Decide for the team: cards, causes, refused items.
    Lead,
    /// Application settings: users, sources, keys.
    Administer,
}

impl Right {
    /// Every right.
    pub const ALL: &'static [Self] = &[
        Self::Anybody,
        Self::Program,
        Self::SignedIn,
        Self::SeeCases,
        Self::WorkCases,
        Self::SeeCustomers,
        Self::Sort,
        Self::Report,
        Self::Lead,
        Self::Administer,
    ];

    /// The stable code, shown in the API's description.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Anybody => "anybody",
            Self::Program => "program",
            Self::SignedIn => "signed_in",
            Self::SeeCases => "see_cases",
            Self::WorkCases => "work_cases",
            Self::SeeCustomers => "see_customers",
            Self::Sort => "sort",
            Self::Report => "report",
            Self::Lead => "lead",
            Self::Administer => "administer",
        }
    }
}

/// Whether a role has a right.
pub const fn allows(role: Role, right: Right) -> bool {
    use Role::{Administrator, Agent, Lead, Reader, Volunteer};
    match right {
        Right::Anybody | Right::SignedIn | Right::SeeCases => true,
        Right::Program => false,
        Right::WorkCases | Right::Report => {
            matches!(role, Administrator | Lead | Agent | Volunteer)
        }
        Right::SeeCustomers => matches!(role, Administrator | Lead | Agent | Reader),
        Right::Sort => matches!(role, Administrator | Lead | Agent),
        Right::Lead => matches!(role, Administrator | Lead),
        Right::Administer => matches!(role, Administrator),
    }
}
