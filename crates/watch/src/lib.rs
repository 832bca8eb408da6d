//! The watch language: standing queries that say which messages concern whom. It will hold the parser, the linter,
//! the canonical tree, the standing-query matcher and the translation to the search index, and it will refuse to
//! know where messages come from and who reads the matches. The room opens with the watches; nothing lives here yet.
