//! Sheets of messages, as received and as analysed.

use super::{
    ColumnType::{Id, Instant, Number, Object, Text},
    ExportSheet,
};

/// The sheets.
pub const SHEETS: &[ExportSheet] = &[
    ExportSheet {
        name: "conversations",
        table: "conversation",
        about: "Threads on one channel.",
        key: "v.key",
        from: "conversation v JOIN source s ON s.key = v.source_key",
        fields: &[
            ("id", Id, "v.id"),
            ("source", Id, "s.id"),
            ("external_key", Text, "v.external_key"),
            ("created_at", Instant, "v.created_at"),
        ],
    },
    ExportSheet {
        name: "messages",
        table: "message",
        about: "Words as received and as answered, in the shape POST /api/v1/messages and vigie \
            import take.",
        key: "m.key",
        from: "message m \
            JOIN source s ON s.key = m.source_key \
            JOIN conversation v ON v.key = m.conversation_key \
            JOIN cases c ON c.key = m.case_key \
            LEFT JOIN author a ON a.key = m.author_key \
            LEFT JOIN person p ON p.key = m.person_key",
        fields: &[
            ("external_id", Text, "m.external_id"),
            ("id", Id, "m.id"),
            ("source", Id, "s.id"),
            ("conversation", Text, "v.external_key"),
            ("case", Id, "c.id"),
            ("emitter", Text, "m.emitter"),
            ("visibility", Text, "m.visibility"),
            ("channel", Text, "m.channel"),
            ("at", Instant, "m.at"),
            ("received_at", Instant, "m.received_at"),
            ("title", Text, "m.title"),
            ("text", Text, "m.text"),
            ("html", Text, "m.html"),
            ("url", Text, "m.url"),
            ("in_reply_to", Text, "m.in_reply_to"),
            ("author.handle", Text, "a.handle"),
            ("author.name", Text, "COALESCE(p.name, a.name)"),
            ("author.email", Text, "a.email"),
            ("author.phone", Text, "a.phone"),
            ("author.customer_id", Text, "a.shop_id"),
            ("account", Id, "a.id"),
            ("person", Id, "p.id"),
            ("details", Object, "m.details"),
            ("revision", Number, "m.revision"),
        ],
    },
    ExportSheet {
        name: "revisions",
        table: "revision",
        about: "Earlier words of messages changed at their source.",
        key: "(r.message_key * 100000 + r.revision)",
        from: "revision r JOIN message m ON m.key = r.message_key",
        fields: &[
            ("message", Id, "m.id"),
            ("revision", Number, "r.revision"),
            ("text", Text, "r.text"),
            ("html", Text, "r.html"),
            ("title", Text, "r.title"),
            ("replaced_at", Instant, "r.replaced_at"),
        ],
    },
    ExportSheet {
        name: "readings",
        table: "derived",
        about: "What was read in messages, by which version.",
        key: "d.message_key",
        from: "derived d JOIN message m ON m.key = d.message_key AND d.stage = 'analysis'",
        fields: &[
            ("message", Id, "m.id"),
            ("stage", Text, "d.stage"),
            ("version", Text, "d.version"),
            ("data", Object, "d.data"),
        ],
    },
    ExportSheet {
        name: "corrections",
        table: "derived",
        about: "What people said of a reading instead.",
        key: "d.message_key",
        from: "derived d JOIN message m ON m.key = d.message_key AND d.stage <> 'analysis'",
        fields: &[
            ("message", Id, "m.id"),
            ("stage", Text, "d.stage"),
            ("version", Text, "d.version"),
            ("data", Object, "d.data"),
        ],
    },
    ExportSheet {
        name: "attachments",
        table: "attachment",
        about: "Photos and files; their bytes are in files/, under their hash.",
        key: "t.key",
        from: "attachment t \
            LEFT JOIN message m ON m.key = t.message_key \
            LEFT JOIN cases c ON c.key = t.case_key",
        fields: &[
            ("id", Id, "t.id"),
            ("message", Id, "m.id"),
            ("case", Id, "c.id"),
            ("name", Text, "t.name"),
            ("media_type", Text, "t.media_type"),
            ("size", Number, "t.size"),
            ("sha256", Text, "t.sha256"),
            ("created_at", Instant, "t.created_at"),
        ],
    },
    ExportSheet {
        name: "refused",
        table: "refused",
        about: "Items refused on arrival, as they came.",
        key: "r.key",
        from: "refused r JOIN source s ON s.key = r.source_key",
        fields: &[
            ("id", Id, "r.id"),
            ("source", Id, "s.id"),
            ("external_id", Text, "r.external_id"),
            ("at", Instant, "r.at"),
            ("problem", Text, "r.problem"),
            ("detail", Text, "r.detail"),
            ("payload", Text, "r.payload"),
            ("replayed_at", Instant, "r.replayed_at"),
        ],
    },
    ExportSheet {
        name: "imports",
        table: "import",
        about: "Files of the past, taken in.",
        key: "i.key",
        from: "import i JOIN source s ON s.key = i.source_key",
        fields: &[
            ("id", Id, "i.id"),
            ("source", Id, "s.id"),
            ("kind", Text, "i.kind"),
            ("name", Text, "i.name"),
            ("state", Text, "i.state"),
            ("made_by", Text, "i.made_by"),
            ("made_at", Instant, "i.made_at"),
            ("ended_at", Instant, "i.ended_at"),
            ("undone_at", Instant, "i.undone_at"),
            ("read", Number, "i.seen"),
            ("created", Number, "i.created"),
            ("updated", Number, "i.updated"),
            ("unchanged", Number, "i.unchanged"),
            ("refused", Number, "i.refused"),
        ],
    },
];
