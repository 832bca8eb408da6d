//! The rules of this repository that no linter knows are the tests next to this file. They read the
//! sources as text and as syntax; they build in seconds, apart from everything they check.
