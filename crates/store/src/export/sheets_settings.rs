//! Sheets of what users save for their work: teams, searches, views, rules.

use super::{
    ColumnType::{Flag, Id, Instant, Number, Text},
    ExportSheet,
};

/// The sheets.
pub const SHEETS: &[ExportSheet] = &[
    ExportSheet {
        name: "teams",
        table: "team",
        about: "People who answer together.",
        key: "t.key",
        from: "team t",
        fields: &[
            ("id", Id, "t.id"),
            ("name", Text, "t.name"),
            ("hours", Text, "t.hours"),
            ("made_by", Text, "t.made_by"),
            ("made_at", Instant, "t.made_at"),
            ("archived_at", Instant, "t.archived_at"),
        ],
    },
    ExportSheet {
        name: "team_members",
        table: "team_member",
        about: "Who belongs to a team.",
        key: "m.key",
        from: "team_member m \
            JOIN team t ON t.key = m.team_key \
            JOIN person p ON p.key = m.person_key",
        fields: &[("team", Id, "t.id"), ("person", Id, "p.id")],
    },
    ExportSheet {
        name: "saved_searches",
        table: "saved_search",
        about: "Searches people keep.",
        key: "v.key",
        from: "saved_search v JOIN person p ON p.key = v.person_key",
        fields: &[
            ("id", Id, "v.id"),
            ("person", Id, "p.id"),
            ("name", Text, "v.name"),
            ("query", Text, "v.query"),
            ("noun", Text, "v.noun"),
            ("order", Text, "v.sorting"),
            ("shared", Flag, "v.shared"),
            ("made_at", Instant, "v.made_at"),
        ],
    },
    ExportSheet {
        name: "saved_views",
        table: "saved_view",
        about: "Views of the inbox people keep.",
        key: "v.key",
        from: "saved_view v JOIN person p ON p.key = v.person_key",
        fields: &[
            ("id", Id, "v.id"),
            ("person", Id, "p.id"),
            ("name", Text, "v.name"),
            ("filters", Text, "v.filters"),
            ("shared", Flag, "v.shared"),
            ("made_at", Instant, "v.made_at"),
        ],
    },
    ExportSheet {
        name: "rules",
        table: "rule",
        about: "The company's own rules of triage.",
        key: "r.key",
        from: "rule r \
            LEFT JOIN customer c ON c.key = r.customer_key \
            LEFT JOIN tag t ON t.key = r.tag_key \
            LEFT JOIN person p ON p.key = r.owner_key \
            LEFT JOIN team m ON m.key = r.team_key",
        fields: &[
            ("id", Id, "r.id"),
            ("place", Number, "r.place"),
            ("query", Text, "r.query"),
            ("customer", Id, "c.id"),
            ("step", Number, "r.step"),
            ("tag", Id, "t.id"),
            ("owner", Id, "p.id"),
            ("team", Id, "m.id"),
            ("made_by", Text, "r.made_by"),
            ("made_at", Instant, "r.made_at"),
            ("paused_at", Instant, "r.paused_at"),
            ("removed_at", Instant, "r.removed_at"),
        ],
    },
];
