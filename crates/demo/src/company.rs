//! The cast: staff with their roles, sources, causes with owners, answer cards. All invented.

use std::collections::HashMap;

use vigie_model::{
    Actor, CaseId, ColleagueId, Lang, PersonId, Role, SourceKind, TagId, TeamId, TopCause,
};
use vigie_store::{Brand, Colleague, Error, Person, SavedSearchContent, Source, Write};

use super::{TUESDAY, script::Story};
use vigie_journey::{Instance, add_source};

/// The user to sign in as.
pub const SIGN_IN_AS: &str = "claire@halvenne.example";
/// Everybody's password in the demo.
pub const PASSWORD: &str = "vigie-demo-2026";

/// Name, local part of the address, role, language.
const STAFF: [(&str, &str, Role, Lang); 10] = [
    ("Claire Morvan", "claire", Role::Administrator, Lang::Fr),
    ("Baptiste Oudin", "baptiste", Role::Lead, Lang::Fr),
    ("Inès Carlier", "ines", Role::Agent, Lang::Fr),
    ("Thomas Vasseur", "thomas", Role::Agent, Lang::Fr),
    ("Niamh Corrigan", "niamh", Role::Agent, Lang::En),
    ("Mehdi Larbaoui", "mehdi", Role::Agent, Lang::Fr),
    ("Sophie Delannoy", "sophie", Role::Volunteer, Lang::Fr),
    ("Yann Le Gallou", "yann", Role::Volunteer, Lang::Fr),
    ("Hélène Praud", "helene", Role::Volunteer, Lang::Fr),
    ("Marc Aubertin", "marc", Role::Reader, Lang::Fr),
];

/// Top-level cause, code, French and English names, index of the owner in the staff.
const CAUSES: [(TopCause, &str, &str, &str, usize); 19] = [
    (
        TopCause::Quality,
        "defective_on_arrival",
        "Défectueux à l’arrivée",
        "Defective on arrival",
        7,
    ),
    (
        TopCause::Quality,
        "wears_out",
        "S’use trop vite",
        "Wears out",
        7,
    ),
    (
        TopCause::Quality,
        "not_as_described",
        "Non conforme à la description",
        "Not as described",
        7,
    ),
    (
        TopCause::Availability,
        "late_delivery",
        "Livraison en retard",
        "Late delivery",
        8,
    ),
    (
        TopCause::Availability,
        "out_of_stock",
        "Rupture de stock",
        "Out of stock",
        8,
    ),
    (
        TopCause::Availability,
        "missing_parts",
        "Pièces manquantes",
        "Missing parts",
        8,
    ),
    (
        TopCause::Availability,
        "lost_parcel",
        "Colis perdu",
        "Lost parcel",
        8,
    ),
    (
        TopCause::Price,
        "wrong_charge",
        "Débit erroné",
        "Wrong charge",
        1,
    ),
    (
        TopCause::Price,
        "refund_late",
        "Remboursement tardif",
        "Refund late",
        1,
    ),
    (
        TopCause::Price,
        "promotion_not_applied",
        "Promotion non appliquée",
        "Promotion not applied",
        1,
    ),
    (
        TopCause::Production,
        "origin_unclear",
        "Origine peu claire",
        "Origin unclear",
        7,
    ),
    (
        TopCause::Production,
        "packaging",
        "Emballage",
        "Packaging",
        8,
    ),
    (
        TopCause::Relationship,
        "no_answer",
        "Sans réponse",
        "No answer",
        1,
    ),
    (
        TopCause::Relationship,
        "rude_staff",
        "Accueil désagréable",
        "Rude staff",
        6,
    ),
    (
        TopCause::Relationship,
        "hard_to_reach",
        "Difficile à joindre",
        "Hard to reach",
        1,
    ),
    (
        TopCause::Relationship,
        "contradictory_answers",
        "Réponses contradictoires",
        "Contradictory answers",
        1,
    ),
    (
        TopCause::Misunderstanding,
        "return_rules",
        "Règles de retour",
        "Return rules",
        6,
    ),
    (
        TopCause::Misunderstanding,
        "warranty",
        "Garantie",
        "Warranty",
        6,
    ),
    (
        TopCause::Misunderstanding,
        "assembly",
        "Montage",
        "Assembly",
        6,
    ),
];

/// Title, French text, English text, days until it expires.
const CARDS: [(&str, &str, &str, i64); 5] = [
    (
        "Délai de remboursement",
        "Bonjour {customer},\n\nvotre remboursement est parti. Il apparaîtra sur votre compte sous \
            cinq jours ouvrés. S’il manquait encore vendredi, répondez à ce message\u{a0}: je m’en \
            occupe.\n\n{me}, service clients Halvenne",
        "Hello {customer},\n\nyour refund has left. It will appear on your account within five \
            working days. If it is still missing by then, answer this message and I will deal with \
            it.\n\n{me}, Halvenne customer care",
        120,
    ),
    (
        "Colis perdu\u{a0}: ce que nous faisons",
        "Bonjour {customer},\n\nje suis désolé pour ce colis. J’ouvre une enquête chez le \
            transporteur aujourd’hui. Sans nouvelle sous 48\u{202f}h, je vous renvoie la commande \
            ou je vous rembourse, à votre choix.\n\n{me}, service clients Halvenne",
        "Hello {customer},\n\nI am sorry about this parcel. I am opening an enquiry with the \
            carrier today. Without news within 48 hours, I will send your order again or refund \
            you, as you prefer.\n\n{me}, Halvenne customer care",
        200,
    ),
    (
        "Retour d’un article",
        "Bonjour {customer},\n\nvous avez 30\u{a0}jours pour nous rendre un article, en magasin ou \
            par La Poste avec l’étiquette de votre espace client. Gardez l’emballage si vous le \
            pouvez.\n\n{me}, service clients Halvenne",
        "Hello {customer},\n\nyou have 30 days to return an item, in a shop or by post with the \
            label from your account. Keep the packaging if you can.\n\n{me}, Halvenne customer \
            care",
        90,
    ),
    (
        "Appareil dangereux",
        "Bonjour {customer},\n\ndébranchez l’appareil et ne l’utilisez plus. Êtes-vous \
            blessé\u{202f}? Envoyez-moi une photo de la plaque au dos\u{a0}: je fais arrêter la \
            vente le temps de comprendre, et nous reprenons l’appareil chez vous.\n\n{me}, service \
            clients Halvenne",
        "Hello {customer},\n\nunplug the appliance and do not use it again. Are you hurt? Send me \
            a photo of the plate on its back: I am having the sale stopped until we understand, \
            and we will collect the appliance from you.\n\n{me}, Halvenne customer care",
        365,
    ),
    (
        "Soldes d’été (ancienne)",
        "Bonjour {customer},\n\nles soldes d’été durent jusqu’au 21 juillet.\n\n{me}",
        "Hello {customer},\n\nthe summer sale lasts until 21 July.\n\n{me}",
        -110,
    ),
];

/// Colleagues without an account: local part of the address, name, shop, topics, languages,
/// when to ask; lists are comma-separated.
const COLLEAGUES: [[&str; 6]; 7] = [
    [
        "atelier.gwen",
        "Gwen Tanguy",
        "Rennes",
        "réparation,lampe,four,garantie,warranty,repair",
        "fr,en",
        "le matin",
    ],
    [
        "quai.samir",
        "Samir Ouali",
        "Entrepôt",
        "colis,livraison,parcel,delivery,stock",
        "fr,en",
        "avant 15 h",
    ],
    [
        "compta.odile",
        "Odile Brac",
        "Siège",
        "remboursement,facture,refund,invoice",
        "fr",
        "mardi et jeudi",
    ],
    [
        "lit.noemie",
        "Noémie Faure",
        "Lyon",
        "matelas,literie,mattress,canapé,sofa",
        "fr",
        "",
    ],
    [
        "jardin.paul",
        "Paul Estève",
        "Nantes",
        "jardin,tondeuse,garden",
        "fr,en",
        "l’après-midi",
    ],
    [
        "montage.iris",
        "Iris Maret",
        "Lille",
        "montage,meuble,assembly,furniture,vis",
        "fr,en",
        "",
    ],
    [
        "qualite.hugo",
        "Hugo Sarrazin",
        "Siège",
        "sécurité,rappel,safety,recall,chargeur",
        "fr,en",
        "toujours pour un danger",
    ],
];

/// Tags: name, and the channel or cause it is used for.
const TAGS: [(&str, &str); 4] = [
    ("à rappeler", "phone"),
    ("atelier", "after_sales"),
    ("transporteur", "availability/lost_parcel"),
    ("lot à vérifier", "quality/defective_on_arrival"),
];

/// Teams: name, hours (the brand's when empty), members by index in the staff, the channels or
/// causes they handle.
const TEAMS: [(&str, &str, &[usize], &[&str]); 3] = [
    (
        "Atelier",
        "Mo-Fr 08:30-17:00; PH off",
        &[5, 7],
        &["after_sales", "quality/wears_out"],
    ),
    ("Boutiques", "Tu-Sa 10:00-19:00; PH off", &[2, 6], &["shop"]),
    (
        "Transport",
        "",
        &[3, 8],
        &["availability/lost_parcel", "availability/late_delivery"],
    ),
];

/// Everybody and everything the demo creates.
pub struct DemoCompany {
    pub staff: Vec<Person>,
    /// The form.
    pub form: Source,
    /// The site.
    pub site: Source,
    /// The source for reports.
    pub report: Source,
    /// The source for posts seen elsewhere.
    pub seen: Source,
    /// Causes by `top/code`.
    pub causes: HashMap<String, vigie_model::CauseId>,
    /// Tags by the channel or cause they are used for.
    pub tags: HashMap<&'static str, TagId>,
    /// Teams by the channel or cause they handle.
    pub teams: HashMap<&'static str, TeamId>,
}

impl DemoCompany {
    /// The tags used for a story.
    pub fn tags(&self, story: &Story) -> impl Iterator<Item = TagId> {
        let called = [Some(story.channel.as_str()), story.cause.as_deref()];
        called
            .into_iter()
            .flatten()
            .filter_map(|it| self.tags.get(it))
            .copied()
    }

    /// Baptiste, who sorts cases, gives one to the team that handles its story.
    pub async fn give(
        &self,
        instance: &Instance,
        story: &Story,
        case: CaseId,
    ) -> anyhow::Result<()> {
        let called = [Some(story.channel.as_str()), story.cause.as_deref()];
        let team = called
            .into_iter()
            .flatten()
            .find_map(|it| self.teams.get(it));
        if let (Some(team), Some(lead)) = (team, self.staff.get(1)) {
            let mut write = instance.store.write(Actor::Person(lead.id)).await?;
            vigie_desk::assign_team(&mut write, case, Some(*team)).await?;
            write.commit().await?;
        }
        Ok(())
    }

    /// The agent at this position of the rota, by the language of the customer.
    pub fn agent(&self, number: usize, lang: &str) -> Option<&Person> {
        let speaks = |person: &&Person| {
            person.role == Role::Agent
                && (lang != "en" || person.lang == Lang::En || number.is_multiple_of(3))
        };
        let agents: Vec<_> = self.staff.iter().filter(speaks).collect();
        agents.get(number % agents.len().max(1)).copied()
    }

    /// A volunteer in a shop.
    pub fn reporter(&self, number: usize) -> Option<PersonId> {
        let volunteers: Vec<_> = self
            .staff
            .iter()
            .filter(|it| it.role == Role::Volunteer)
            .collect();
        volunteers
            .get(number % volunteers.len().max(1))
            .map(|it| it.id)
    }
}

/// Creates all users and sources; `password_hash` is that of [`PASSWORD`].
pub async fn create_staff(
    instance: &Instance,
    brand: &Brand,
    password_hash: &str,
) -> anyhow::Result<DemoCompany> {
    let mut write = instance.store.write(Actor::System).await?;
    let mut staff = Vec::new();
    for (name, mail, role, lang) in STAFF {
        staff.push(
            write
                .people()
                .insert(
                    &format!("{mail}@halvenne.example"),
                    name,
                    role,
                    lang,
                    Some(password_hash),
                )
                .await?,
        );
    }
    let form = add_source(
        &mut write,
        brand,
        SourceKind::FORM,
        "Formulaire du site",
        "halvenne",
    )
    .await?;
    let mut site = add_source(
        &mut write,
        brand,
        SourceKind::API,
        "Site et application",
        "halvenne-site",
    )
    .await?;
    site.settings = serde_json::json!({
        "network": "halvenne.example",
        "channel": "site",
        "webhook_url": "https://site.halvenne.example/vigie",
    });
    write.sources().save(&site).await?;
    let causes = causes(&mut write, brand, &staff).await?;
    cards(&mut write, brand, &staff).await?;
    colleagues(&mut write).await?;
    let tags = tags(&mut write, &staff).await?;
    let teams = teams(&mut write, &staff).await?;
    write.commit().await?;
    let sources = instance.store.read().await?.sources().list().await?;
    let of = |kind| {
        sources
            .iter()
            .find(|it| it.kind == kind)
            .cloned()
            .ok_or(Error::Missing("source"))
    };
    let (report, seen) = (of(SourceKind::REPORT)?, of(SourceKind::SEEN_ELSEWHERE)?);
    Ok(DemoCompany {
        staff,
        form,
        site,
        report,
        seen,
        causes,
        tags,
        teams,
    })
}

/// Creates the team's tags, and a shared saved search.
async fn tags(write: &mut Write, staff: &[Person]) -> anyhow::Result<HashMap<&'static str, TagId>> {
    let mut tags = HashMap::new();
    for (name, calls) in TAGS {
        tags.insert(calls, vigie_desk::make_tag(write, name).await?.id);
    }
    let content = SavedSearchContent {
        name: "Lampes cassées".into(),
        query: "(lampe OR lamp) (cassée OR broken)".into(),
        noun: "message".into(),
        sorting: "date".into(),
        shared: true,
    };
    write
        .saved_searches()
        .insert(lead(staff)?.key, &content)
        .await?;
    Ok(tags)
}

async fn teams(
    write: &mut Write,
    staff: &[Person],
) -> anyhow::Result<HashMap<&'static str, TeamId>> {
    let mut teams = HashMap::new();
    for (name, hours, members, calls) in TEAMS {
        let members: Vec<PersonId> = members
            .iter()
            .filter_map(|it| staff.get(*it))
            .map(|it| it.id)
            .collect();
        let team = vigie_desk::make_team(write, name, Some(hours), &members).await?;
        teams.extend(calls.iter().map(|it| (*it, team)));
    }
    Ok(teams)
}

async fn colleagues(write: &mut Write) -> Result<(), Error> {
    let owned = |words: &str| words.split(',').map(str::to_owned).collect();
    for [mail, name, shop, topics, langs, hours] in COLLEAGUES {
        let colleague = Colleague {
            id: ColleagueId(uuid::Uuid::nil()),
            email: format!("{mail}@halvenne.example"),
            name: name.into(),
            shop: shop.into(),
            topics: owned(topics),
            langs: owned(langs),
            hours: hours.into(),
            declared_at: None,
        };
        write.colleagues().upsert(&colleague, false).await?;
    }
    Ok(())
}

async fn causes(
    write: &mut Write,
    brand: &Brand,
    staff: &[Person],
) -> Result<HashMap<String, vigie_model::CauseId>, Error> {
    let mut causes = HashMap::new();
    for (top, code, fr, en, owner) in CAUSES {
        let (key, id) = write.causes().insert(brand.key, top, code, fr, en).await?;
        write
            .causes()
            .save(key, fr, en, staff.get(owner).map(|it| it.key))
            .await?;
        causes.insert(format!("{top}/{code}"), id);
    }
    Ok(causes)
}

fn lead(staff: &[Person]) -> Result<&Person, Error> {
    staff.get(1).ok_or(Error::Missing("lead"))
}

async fn cards(write: &mut Write, brand: &Brand, staff: &[Person]) -> Result<(), Error> {
    let owner = lead(staff)?.key;
    for (title, fr, en, days) in CARDS {
        write
            .answer_cards()
            .insert(brand.key, title, fr, en, owner, TUESDAY.plus_days(days))
            .await?;
    }
    Ok(())
}
