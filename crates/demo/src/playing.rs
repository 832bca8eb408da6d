//! Performs the acts: customers write through intake, colleagues take, answer, name causes and
//! close.

use std::collections::HashMap;

use anyhow::Context as _;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use vigie_desk::Ending;
use vigie_listen::{Batch, Extras, Heard, Intake as _, Item};
use vigie_model::{
    Actor, AuthorSaid, CaseId, CaseState, Channel, EvidenceKind, HowEnded, Incoming, OrderSaid,
    OutState, Visibility,
};
use vigie_respond::{Answer, AnsweredThere};
use vigie_store::{Person, Source};

use super::{calendar::Beat, calendar::What, cast::Cast, orders, script::Story};
use vigie_journey::Instance;

const FIRST: [&str; 40] = [
    "Camille",
    "Julien",
    "Élodie",
    "Nadia",
    "Pierre",
    "Sarah",
    "Olivier",
    "Fatou",
    "Hugo",
    "Manon",
    "Gérard",
    "Monique",
    "Karim",
    "Lucie",
    "Antoine",
    "Chloé",
    "Denis",
    "Aïcha",
    "Rémi",
    "Solène",
    "Emma",
    "Oliver",
    "Grace",
    "Liam",
    "Aoife",
    "Harry",
    "Isla",
    "Declan",
    "Priya",
    "Jack",
    "Marguerite",
    "Joël",
    "Zoé",
    "Bruno",
    "Yasmine",
    "Étienne",
    "Léa",
    "Tom",
    "Ruth",
    "Callum",
];
const LAST: [&str; 40] = [
    "Bonnaud",
    "Tessier",
    "Marchal",
    "Guérin",
    "Leclainche",
    "Roudaut",
    "Ferrand",
    "Diarra",
    "Mazurier",
    "Colin",
    "Peltier",
    "Abadie",
    "Benhadj",
    "Vauclair",
    "Lorrain",
    "Chesnel",
    "Jaouen",
    "Sabatier",
    "Kerdoncuff",
    "Oudot",
    "Hartley",
    "Whitcombe",
    "Byrne",
    "Fenwick",
    "Dunmore",
    "Ashdown",
    "Pell",
    "Garrity",
    "Rao",
    "Thorne",
    "Delmas",
    "Rigaud",
    "Pontier",
    "Malescot",
    "Nouri",
    "Sénéchal",
    "Bastide",
    "Lowry",
    "Keane",
    "Marsh",
];
/// The cities where the brand has shops.
pub const SHOPS: [&str; 8] = [
    "Rennes",
    "Lille",
    "Lyon",
    "Nantes",
    "Bordeaux",
    "Toulouse",
    "Strasbourg",
    "Dijon",
];

/// The simulation of the year.
pub struct Play<'a> {
    instance: &'a Instance,
    cast: &'a Cast,
    seed: u64,
    cases: HashMap<usize, CaseId>,
}

/// The values that fill in one scene, the same for each of its acts.
struct Filling {
    first: String,
    last: String,
    number: usize,
    order: String,
    shop: &'static str,
    amount: String,
    minor: i64,
}

impl Filling {
    fn handle(&self) -> String {
        format!("{}{}", self.first.to_lowercase(), self.number)
    }
}

impl<'a> Play<'a> {
    /// A simulation before its first act.
    pub fn new(instance: &'a Instance, cast: &'a Cast, seed: u64) -> Self {
        Self {
            instance,
            cast,
            seed,
            cases: HashMap::new(),
        }
    }

    /// Performs one act.
    pub async fn act(&mut self, beat: &Beat) -> anyhow::Result<()> {
        let filling = self.filling(beat);
        match beat.what {
            What::Say(turn) => {
                let said = beat.story.turns.get(turn).context("no such turn")?;
                let text = self.fill(&said.text, &filling, &beat.story);
                if said.who == "brand" {
                    self.answer(beat, text).await
                } else {
                    self.hear(beat, turn, text, &filling).await
                }
            }
            What::Take => self.take(beat).await,
            What::Name => self.name_cause(beat).await,
            What::Close => self.close(beat, &filling).await,
        }
    }

    /// The values for a scene. Customers come back: three scenes in ten have one of two hundred
    /// regulars.
    fn filling(&self, beat: &Beat) -> Filling {
        let mut chance =
            ChaCha8Rng::seed_from_u64(self.seed.wrapping_add(beat.scene as u64 * 7_919));
        let number = if chance.random_bool(0.3) {
            chance.random_range(0..200)
        } else {
            200 + beat.scene
        };
        let french = beat.story.lang == "fr";
        let pick = |list: &[&'static str; 40], step: usize| {
            let place = (number * step + number / 40) % 20 + if french { 0 } else { 20 };
            list.get(place).copied().unwrap_or("Camille")
        };
        let (whole, cents) = (
            chance.random_range(9..399),
            ["00", "50", "90", "95"]
                .get(chance.random_range(0..4))
                .copied()
                .unwrap_or("00"),
        );
        let minor = whole * 100 + cents.parse::<i64>().unwrap_or(0);
        Filling {
            first: pick(&FIRST, 7).to_owned(),
            last: pick(&LAST, 11).to_owned(),
            number,
            order: format!("HV-{:06}", chance.random_range(100_000..999_999)),
            shop: SHOPS
                .get(chance.random_range(0..SHOPS.len()))
                .copied()
                .unwrap_or("Rennes"),
            amount: if french {
                format!("{whole},{cents}\u{a0}€")
            } else {
                format!("€{whole}.{cents}")
            },
            minor,
        }
    }

    /// The orders of the year: those the conversations mention, and those nobody wrote about.
    pub fn bought(&self, beats: &[Beat]) -> Vec<OrderSaid> {
        let named = beats
            .iter()
            .filter(|beat| beat.what == What::Say(0) && names_an_order(&beat.story));
        let mut orders: Vec<_> = named
            .map(|beat| {
                let it = self.filling(beat);
                let shop = matches!(beat.story.channel.as_str(), "shop" | "after_sales")
                    .then_some(it.shop);
                let seed = self.seed.wrapping_add(beat.scene as u64);
                orders::named(&it.order, it.minor, shop, buyer(&it), beat.at, seed)
            })
            .collect();
        let mut regulars = HashMap::new();
        for beat in beats {
            let it = self.filling(beat);
            if it.number < 200 {
                regulars.entry(it.number).or_insert_with(|| buyer(&it));
            }
        }
        let mut regulars: Vec<_> = regulars.into_iter().collect();
        regulars.sort_unstable_by_key(|it| it.0);
        let regulars: Vec<_> = regulars.into_iter().map(|it| it.1).collect();
        orders.extend(orders::quiet(self.seed, &regulars));
        orders.sort_by(|a, b| (a.placed_at, &a.number).cmp(&(b.placed_at, &b.number)));
        orders
    }

    /// Posts the shop's orders.
    pub async fn order(&self, orders: Vec<OrderSaid>) -> anyhow::Result<()> {
        self.instance
            .receive_visits(self.cast.site.id, orders::visits(&orders))
            .await?;
        self.instance
            .receive_orders(self.cast.site.id, orders)
            .await?;
        Ok(())
    }

    fn fill(&self, text: &str, filling: &Filling, story: &Story) -> String {
        let agent = self
            .cast
            .agent(filling.number, &story.lang)
            .map(first_name)
            .unwrap_or_default();
        text.replace("{order}", &filling.order)
            .replace("{shop}", filling.shop)
            .replace("{first}", &filling.first)
            .replace("{agent}", &agent)
            .replace("{amount}", &filling.amount)
    }

    fn source(&self, story: &Story) -> &Source {
        match story.channel.as_str() {
            "form" => &self.cast.form,
            "network" => &self.cast.seen,
            "site" => &self.cast.site,
            _ => &self.cast.report,
        }
    }

    async fn hear(
        &mut self,
        beat: &Beat,
        turn: usize,
        text: String,
        filling: &Filling,
    ) -> anyhow::Result<()> {
        let source = self.source(&beat.story).clone();
        let network = beat.story.channel == "network";
        let name = filling.handle();
        let url = format!("https://social.example/@{name}/{:06}{turn}", beat.scene);
        let id = if network {
            url.clone()
        } else {
            format!("{}-{turn}", beat.scene)
        };
        let mut message = Incoming::new(id, text);
        message.conversation = Some(format!("scene-{}", beat.scene));
        message.at = Some(beat.at);
        message.at_offset = 60;
        message.channel = beat.story.channel.parse::<Channel>().ok();
        message.author = author(&beat.story, filling, &name);
        if network {
            (message.url, message.visibility) = (Some(url), Visibility::Public);
        }
        if turn == 0 && names_an_order(&beat.story) {
            message.order = Some(filling.order.clone());
        }
        let reported = matches!(
            beat.story.channel.as_str(),
            "shop" | "phone" | "after_sales"
        );
        let reporter = if reported && turn == 0 {
            self.cast.reporter(beat.scene)
        } else {
            None
        };
        let item = Item {
            external_id: Some(message.external_id.clone()),
            raw: String::new(),
            read: Ok(message),
        };
        let extras = Extras {
            reporter,
            ..Extras::default()
        };
        let heard = self
            .instance
            .receive(Batch {
                source: source.id,
                items: vec![item],
                cursor: None,
                extras,
            })
            .await?;
        match heard.into_iter().next() {
            Some(Heard::Created { case, .. }) => {
                if self.cases.insert(beat.scene, case).is_none() {
                    self.cast.give(self.instance, &beat.story, case).await?;
                }
            }
            other => anyhow::bail!("not heard: {other:?}"),
        }
        Ok(())
    }

    fn agent(&self, beat: &Beat) -> anyhow::Result<&Person> {
        let number = self.filling(beat).number;
        self.cast
            .agent(number, &beat.story.lang)
            .context("no agent")
    }

    async fn take(&self, beat: &Beat) -> anyhow::Result<()> {
        let (Some(case), agent) = (self.cases.get(&beat.scene), self.agent(beat)?) else {
            return Ok(());
        };
        let mut write = self.instance.store.write(Actor::Person(agent.id)).await?;
        vigie_desk::assign(&mut write, *case, Some(agent.id)).await?;
        for tag in self.cast.tags(&beat.story) {
            vigie_desk::put_tag(&mut write, *case, tag).await?;
        }
        write.commit().await?;
        Ok(())
    }

    async fn answer(&self, beat: &Beat, text: String) -> anyhow::Result<()> {
        let (Some(case), agent) = (self.cases.get(&beat.scene), self.agent(beat)?) else {
            return Ok(());
        };
        let mut write = self.instance.store.write(Actor::Person(agent.id)).await?;
        match beat.story.channel.as_str() {
            "network" => {
                let url = Some(format!(
                    "https://social.example/@halvenne/{:06}{}",
                    beat.scene, beat.number
                ));
                let there = AnsweredThere {
                    case: *case,
                    text,
                    url,
                    screenshots: vec![],
                };
                vigie_respond::answered_there(&mut write, agent, there).await?;
            }
            "site" | "form" => {
                let seen = write.case(*case).await?.stamp;
                let promise = vigie_charter::find_promise(&text).and_then(|it| {
                    let words = text.get(it.start..it.end)?.trim().to_owned();
                    Some((words, beat.at.plus_days(it.days.max(1))))
                });
                let answer = Answer {
                    case: *case,
                    text,
                    visibility: Visibility::Private,
                    seen,
                    promise,
                    personal: vec![],
                };
                vigie_respond::answer(&mut write, agent, answer).await?;
                let key = write.case(*case).await?.key;
                let out = write.outgoing_of_case(key).await?;
                if let Some(out) = out.last() {
                    write
                        .move_outgoing(out.key, OutState::Queued, OutState::Sent, beat.at)
                        .await?;
                }
            }
            _ => drop(vigie_desk::write_note(&mut write, *case, agent, &text).await?),
        }
        write.commit().await?;
        Ok(())
    }

    async fn name_cause(&self, beat: &Beat) -> anyhow::Result<()> {
        let cause = beat
            .story
            .cause
            .as_ref()
            .and_then(|it| self.cast.causes.get(it));
        let (Some(case), Some(cause), agent) =
            (self.cases.get(&beat.scene), cause, self.agent(beat)?)
        else {
            return Ok(());
        };
        let mut write = self.instance.store.write(Actor::Person(agent.id)).await?;
        vigie_desk::name_cause(&mut write, *case, Some(*cause)).await?;
        write.commit().await?;
        Ok(())
    }

    async fn close(&self, beat: &Beat, filling: &Filling) -> anyhow::Result<()> {
        let (Some(case), agent) = (self.cases.get(&beat.scene), self.agent(beat)?) else {
            return Ok(());
        };
        let mut write = self.instance.store.write(Actor::Person(agent.id)).await?;
        let stored = write.case(*case).await?;
        if stored.state == CaseState::Closed {
            return Ok(());
        }
        for promise in write.promises(stored.key).await? {
            let kept = !promise.text.len().is_multiple_of(9);
            vigie_desk::judge_promise(&mut write, promise.id, Some(kept)).await?;
        }
        vigie_desk::close(&mut write, *case, ending(&beat.story, filling)).await?;
        write.commit().await?;
        Ok(())
    }
}

fn names_an_order(story: &Story) -> bool {
    story
        .turns
        .first()
        .is_some_and(|it| it.text.contains("{order}"))
}

/// The buyer, as the shop knows them.
fn buyer(filling: &Filling) -> AuthorSaid {
    AuthorSaid {
        name: Some(format!("{} {}", filling.first, filling.last)),
        email: Some(email(&filling.handle())),
        phone: Some(phone(filling.number)),
        customer_id: Some(format!("C{:05}", filling.number)),
        ..AuthorSaid::default()
    }
}

// Reserved for fiction: numbers and domains that nobody uses.
fn email(handle: &str) -> String {
    format!("{handle}@mail.example")
}

fn phone(number: usize) -> String {
    format!("06 39 98 {:02} {:02}", number / 100 % 100, number % 100)
}

fn first_name(person: &Person) -> String {
    person
        .name
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// The author of a message: on the form and the site with an address; in a shop with a name
/// and a telephone; on a network with a handle.
fn author(story: &Story, filling: &Filling, handle: &str) -> AuthorSaid {
    let name = Some(format!("{} {}", filling.first, filling.last));
    let phone = Some(phone(filling.number));
    let email = Some(email(handle));
    match story.channel.as_str() {
        "network" => AuthorSaid {
            handle: Some(handle.to_owned()),
            followers: Some(i64::try_from(filling.number * 37 % 5_000).unwrap_or(0)),
            ..AuthorSaid::default()
        },
        "shop" | "phone" | "after_sales" => AuthorSaid {
            name,
            phone,
            ..AuthorSaid::default()
        },
        _ => AuthorSaid {
            name,
            email,
            phone: phone.filter(|_| filling.number < 200),
            ..AuthorSaid::default()
        },
    }
}

fn ending(story: &Story, filling: &Filling) -> Ending {
    let (how, evidence) = match &story.closing {
        Some(closing) => (closing.how, closing.evidence.as_str()),
        None => (HowEnded::Answered, "none"),
    };
    let (evidence, reference) = match evidence {
        "refund" => (
            Some(EvidenceKind::Refund),
            Some(format!("AV-{}", &filling.order.replace("HV-", ""))),
        ),
        "shipment" => (
            Some(EvidenceKind::Shipment),
            Some(format!("EX-{}", &filling.order.replace("HV-", ""))),
        ),
        "replacement" => (
            Some(EvidenceKind::Replacement),
            Some(format!("RP-{}", &filling.order.replace("HV-", ""))),
        ),
        "repair" => (
            Some(EvidenceKind::Repair),
            Some(format!("SAV-{}", &filling.order.replace("HV-", ""))),
        ),
        "customer_yes" | "photo" => (
            Some(EvidenceKind::CustomerYes),
            Some("« C’est réglé, merci. »".to_owned()),
        ),
        _ => (None, None),
    };
    let how = if how == HowEnded::Solved && evidence.is_none() {
        HowEnded::Answered
    } else {
        how
    };
    Ending {
        how,
        evidence,
        reference,
        photo: None,
    }
}
