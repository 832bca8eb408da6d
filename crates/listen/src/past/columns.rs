//! What a table may contain: the fields of a message, of a customer and of an order, with the
//! names people give their columns.

/// The fields of one kind of row.
#[derive(Debug, PartialEq, Eq)]
pub struct Catalogue {
    /// What a row is, as in "no field of a message".
    pub noun: &'static str,
    /// Its fields, as in the API.
    pub fields: &'static [&'static str],
    /// Other names people give them, in French and English; lower case, `_` for spaces.
    also: &'static [(&'static str, &'static [&'static str])],
    /// Fields whose value is an identifier: `3.0`, as spreadsheets write whole numbers, becomes
    /// `3`.
    pub identifiers: &'static [&'static str],
    /// At least one field of each group is required.
    pub needed: &'static [&'static [&'static str]],
}

impl Catalogue {
    /// The field with this name, its own or an alias.
    pub fn field(&self, name: &str) -> Option<&'static str> {
        let direct = self.fields.iter().find(|it| **it == name).copied();
        direct.or_else(|| {
            self.also
                .iter()
                .find(|it| it.1.contains(&name))
                .map(|it| it.0)
        })
    }

    /// The aliases of a field.
    pub fn names(&self, field: &str) -> &'static [&'static str] {
        self.also
            .iter()
            .find(|it| it.0 == field)
            .map_or(&[][..], |it| it.1)
    }
}

const DATES: &[&str] = &[
    "date",
    "created_at",
    "time",
    "timestamp",
    "sent_at",
    "date_creation",
    "créé_le",
    "cree_le",
    "datetime",
];
const MAIL: &[&str] = &[
    "email",
    "e-mail",
    "mail",
    "courriel",
    "email_address",
    "author_email",
    "customer_email",
    "from",
];
const PHONE: &[&str] = &[
    "phone",
    "telephone",
    "téléphone",
    "tel",
    "mobile",
    "portable",
    "phone_number",
];
const CUSTOMER: &[&str] = &[
    "customer_id",
    "client_id",
    "id_client",
    "id_customer",
    "numero_client",
    "numéro_client",
];
const NAME: &[&str] = &[
    "name",
    "full_name",
    "nom_complet",
    "customer_name",
    "nom_client",
    "client",
    "customer",
];

/// The fields of `POST /api/v1/messages`.
pub static MESSAGES: Catalogue = Catalogue {
    noun: "a message",
    fields: &[
        "external_id",
        "text",
        "html",
        "title",
        "url",
        "at",
        "author.handle",
        "author.name",
        "author.email",
        "author.phone",
        "author.customer_id",
        "in_reply_to",
        "conversation",
        "visibility",
        "emitter",
        "channel",
        "rating",
        "order",
    ],
    also: &[
        (
            "external_id",
            &[
                "id",
                "message_id",
                "tweet_id",
                "ticket_id",
                "post_id",
                "identifiant",
                "numero",
                "number",
                "ref",
            ],
        ),
        (
            "text",
            &[
                "message", "body", "content", "comment", "texte", "contenu", "corps", "verbatim",
                "review", "avis",
            ],
        ),
        ("title", &["subject", "objet", "titre", "sujet"]),
        ("url", &["link", "lien", "permalink"]),
        ("at", DATES),
        (
            "author.handle",
            &[
                "author",
                "author_id",
                "handle",
                "user",
                "username",
                "auteur",
                "pseudo",
                "compte",
            ],
        ),
        (
            "author.name",
            &[
                "name",
                "author_name",
                "nom",
                "nom_auteur",
                "full_name",
                "client",
                "customer",
            ],
        ),
        ("author.email", MAIL),
        ("author.phone", PHONE),
        ("author.customer_id", CUSTOMER),
        (
            "in_reply_to",
            &[
                "reply_to",
                "parent",
                "parent_id",
                "in_response_to",
                "in_response_to_tweet_id",
                "reponse_a",
            ],
        ),
        (
            "conversation",
            &["thread", "thread_id", "conversation_id", "fil"],
        ),
        ("rating", &["stars", "note", "score", "etoiles"]),
        (
            "order",
            &["order_id", "order_number", "commande", "numero_commande"],
        ),
        ("channel", &["canal", "medium"]),
    ],
    identifiers: &[
        "external_id",
        "in_reply_to",
        "conversation",
        "author.handle",
        "author.customer_id",
        "order",
    ],
    needed: &[&["external_id"], &["text", "html"]],
};

/// The fields of the customer base.
pub static CUSTOMERS: Catalogue = Catalogue {
    noun: "a customer",
    fields: &[
        "customer_id",
        "email",
        "phone",
        "name",
        "first_name",
        "last_name",
    ],
    also: &[
        (
            "customer_id",
            &[
                "id",
                "client_id",
                "id_client",
                "id_customer",
                "numero_client",
                "numéro_client",
                "record_id",
            ],
        ),
        ("email", MAIL),
        ("phone", PHONE),
        ("name", NAME),
        (
            "first_name",
            &["firstname", "prenom", "prénom", "given_name"],
        ),
        (
            "last_name",
            &[
                "lastname",
                "nom",
                "surname",
                "family_name",
                "nom_de_famille",
            ],
        ),
    ],
    identifiers: &["customer_id"],
    needed: &[&["customer_id", "email", "phone"]],
};

/// The fields of `POST /api/v1/orders`.
pub static ORDERS: Catalogue = Catalogue {
    noun: "an order",
    fields: &[
        "number",
        "at",
        "status",
        "total",
        "currency",
        "shop",
        "buyer.customer_id",
        "buyer.email",
        "buyer.phone",
        "buyer.name",
    ],
    also: &[
        (
            "number",
            &[
                "order_number",
                "order_id",
                "id",
                "reference",
                "référence",
                "order",
                "commande",
                "numero",
                "numéro",
            ],
        ),
        (
            "at",
            &[
                "date",
                "order_date",
                "placed_at",
                "created_at",
                "date_add",
                "date_commande",
                "date_de_commande",
                "datetime",
            ],
        ),
        (
            "status",
            &[
                "state",
                "order_status",
                "etat",
                "état",
                "statut",
                "financial_status",
            ],
        ),
        (
            "total",
            &[
                "amount",
                "order_total",
                "total_paid",
                "total_paid_tax_incl",
                "montant",
                "montant_ttc",
                "total_ttc",
                "price",
            ],
        ),
        ("currency", &["devise", "order_currency", "iso_code"]),
        ("shop", &["store", "magasin", "boutique", "location"]),
        ("buyer.customer_id", CUSTOMER),
        ("buyer.email", MAIL),
        ("buyer.phone", PHONE),
        ("buyer.name", NAME),
    ],
    identifiers: &["number", "buyer.customer_id"],
    needed: &[
        &["number"],
        &["at"],
        &["status"],
        &["total"],
        &["buyer.customer_id", "buyer.email", "buyer.phone"],
    ],
};
