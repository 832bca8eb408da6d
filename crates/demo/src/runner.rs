//! Performs the acts: customers write through intake, colleagues take, answer, name causes and
//! close.

use std::collections::HashMap;

use anyhow::Context as _;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use vigie_connect::Connectors;
use vigie_desk::NewClosure;
use vigie_listen::{Batch, BatchContext, IncomingItem, Intake as _, IntakeOutcome};
use vigie_model::{
    Actor, CaseId, CaseState, Channel, EvidenceKind, HowEnded, IdentityProof, IncomingAuthor,
    IncomingMessage, IncomingOrder, OutState, Visibility,
};
use vigie_respond::{ExternalAnswer, NewAnswer, Replies};
use vigie_store::{Person, Source};

use super::{company::DemoCompany, orders, schedule::DemoStep, schedule::StepKind, script::Story};
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
/// The simulation of the year.
pub struct DemoRunner<'a> {
    instance: &'a Instance,
    cast: &'a DemoCompany,
    seed: u64,
    cases: HashMap<usize, CaseId>,
    replies: Replies,
}

/// The values that fill in one scene, the same for each of its acts.
struct StoryDetails {
    first: String,
    last: String,
    number: usize,
    order: String,
    shop: &'static str,
    amount: String,
    minor: i64,
}

impl StoryDetails {
    fn handle(&self) -> String {
        format!("{}{}", self.first.to_lowercase(), self.number)
    }
}

impl<'a> DemoRunner<'a> {
    /// A simulation before its first act.
    pub fn new(instance: &'a Instance, cast: &'a DemoCompany, seed: u64) -> Self {
        Self {
            instance,
            cast,
            seed,
            cases: HashMap::new(),
            replies: Connectors::default().replies(),
        }
    }

    /// Performs one act.
    pub async fn act(&mut self, demo_step: &DemoStep) -> anyhow::Result<()> {
        let details = self.details(demo_step);
        match demo_step.what {
            StepKind::Say(turn) => {
                let said = demo_step.story.turns.get(turn).context("no such turn")?;
                let text = self.fill(&said.text, &details, &demo_step.story);
                if said.who == "brand" {
                    self.answer(demo_step, text).await
                } else {
                    self.hear(demo_step, turn, text, &details).await
                }
            }
            StepKind::Take => self.take(demo_step).await,
            StepKind::Name => self.name_cause(demo_step).await,
            StepKind::Close => self.close(demo_step, &details).await,
        }
    }

    /// The values for a scene. Customers come back: three scenes in ten have one of two hundred
    /// regulars.
    fn details(&self, demo_step: &DemoStep) -> StoryDetails {
        let mut rng =
            ChaCha8Rng::seed_from_u64(self.seed.wrapping_add(demo_step.scene as u64 * 7_919));
        let number = if rng.random_bool(0.3) {
            rng.random_range(0..200)
        } else {
            200 + demo_step.scene
        };
        let french = demo_step.story.lang == "fr";
        let pick = |list: &[&'static str; 40], step: usize| {
            let place = (number * step + number / 40) % 20 + if french { 0 } else { 20 };
            list.get(place).copied().unwrap_or("Camille")
        };
        let (whole, cents) = (
            rng.random_range(9..399),
            ["00", "50", "90", "95"]
                .get(rng.random_range(0..4))
                .copied()
                .unwrap_or("00"),
        );
        let minor = whole * 100 + cents.parse::<i64>().unwrap_or(0);
        StoryDetails {
            first: pick(&FIRST, 7).to_owned(),
            last: pick(&LAST, 11).to_owned(),
            number,
            order: format!("HV-{:06}", rng.random_range(100_000..999_999)),
            shop: orders::SHOPS
                .get(rng.random_range(0..orders::SHOPS.len()))
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
    pub fn bought(&self, demo_steps: &[DemoStep]) -> Vec<IncomingOrder> {
        let named = demo_steps.iter().filter(|demo_step| {
            demo_step.what == StepKind::Say(0) && names_an_order(&demo_step.story)
        });
        let mut orders: Vec<_> = named
            .map(|demo_step| {
                let it = self.details(demo_step);
                let shop = matches!(demo_step.story.channel.as_str(), "shop" | "after_sales")
                    .then_some(it.shop);
                let seed = self.seed.wrapping_add(demo_step.scene as u64);
                orders::named(&it.order, it.minor, shop, buyer(&it), demo_step.at, seed)
            })
            .collect();
        let mut regulars = HashMap::new();
        for demo_step in demo_steps {
            let it = self.details(demo_step);
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
    pub async fn order(&self, orders: Vec<IncomingOrder>) -> anyhow::Result<()> {
        self.instance
            .receive_visits(self.cast.site.id, orders::visits(&orders))
            .await?;
        self.instance
            .receive_orders(self.cast.site.id, orders)
            .await?;
        Ok(())
    }

    fn fill(&self, text: &str, details: &StoryDetails, story: &Story) -> String {
        let agent = self
            .cast
            .agent(details.number, &story.lang)
            .map(first_name)
            .unwrap_or_default();
        text.replace("{order}", &details.order)
            .replace("{shop}", details.shop)
            .replace("{first}", &details.first)
            .replace("{agent}", &agent)
            .replace("{amount}", &details.amount)
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
        demo_step: &DemoStep,
        turn: usize,
        text: String,
        details: &StoryDetails,
    ) -> anyhow::Result<()> {
        let source = self.source(&demo_step.story).clone();
        let network = demo_step.story.channel == "network";
        let name = details.handle();
        let url = format!(
            "https://social.example/@{name}/{:06}{turn}",
            demo_step.scene
        );
        let id = if network {
            url.clone()
        } else {
            format!("{}-{turn}", demo_step.scene)
        };
        let mut message = IncomingMessage::new(id, text);
        message.conversation = Some(format!("scene-{}", demo_step.scene));
        message.at = Some(demo_step.at);
        message.at_offset = 60;
        message.channel = demo_step.story.channel.parse::<Channel>().ok();
        message.author = author(&demo_step.story, details, &name);
        if network {
            (message.url, message.visibility) = (Some(url), Visibility::Public);
        }
        if turn == 0 && names_an_order(&demo_step.story) {
            message.order = Some(details.order.clone());
        }
        let reported = matches!(
            demo_step.story.channel.as_str(),
            "shop" | "phone" | "after_sales"
        );
        let reporter = if reported && turn == 0 {
            self.cast.reporter(demo_step.scene)
        } else {
            None
        };
        let item = IncomingItem {
            external_id: Some(message.external_id.clone()),
            raw: String::new(),
            parsed: Ok(message),
        };
        let extras = BatchContext {
            reporter,
            ..BatchContext::default()
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
            Some(IntakeOutcome::Created { case, .. }) => {
                if self.cases.insert(demo_step.scene, case).is_none() {
                    self.cast
                        .give(self.instance, &demo_step.story, case)
                        .await?;
                }
            }
            other => anyhow::bail!("not heard: {other:?}"),
        }
        Ok(())
    }

    fn agent(&self, demo_step: &DemoStep) -> anyhow::Result<&Person> {
        let number = self.details(demo_step).number;
        self.cast
            .agent(number, &demo_step.story.lang)
            .context("no agent")
    }

    async fn take(&self, demo_step: &DemoStep) -> anyhow::Result<()> {
        let (Some(case), agent) = (self.cases.get(&demo_step.scene), self.agent(demo_step)?) else {
            return Ok(());
        };
        let mut write = self.instance.store.write(Actor::Person(agent.id)).await?;
        vigie_desk::assign(&mut write, *case, Some(agent.id)).await?;
        for tag in self.cast.tags(&demo_step.story) {
            vigie_desk::put_tag(&mut write, *case, tag).await?;
        }
        write.commit().await?;
        Ok(())
    }

    async fn answer(&self, demo_step: &DemoStep, text: String) -> anyhow::Result<()> {
        let (Some(case), agent) = (self.cases.get(&demo_step.scene), self.agent(demo_step)?) else {
            return Ok(());
        };
        let mut write = self.instance.store.write(Actor::Person(agent.id)).await?;
        match demo_step.story.channel.as_str() {
            "network" => {
                let url = Some(format!(
                    "https://social.example/@halvenne/{:06}{}",
                    demo_step.scene, demo_step.number
                ));
                let there = ExternalAnswer {
                    case: *case,
                    text,
                    url,
                    screenshots: vec![],
                };
                vigie_respond::record_external_answer(&mut write, agent, there).await?;
            }
            "site" | "form" => {
                let seen = write.cases().find(*case).await?.last_message_fact;
                let promise = vigie_charter::find_promise(&text).and_then(|promise| {
                    let words = text.get(promise.start..promise.end)?.trim().to_owned();
                    Some((words, demo_step.at.plus_days(promise.days.max(1))))
                });
                let answer = NewAnswer {
                    case: *case,
                    text,
                    to: None,
                    visibility: Visibility::Private,
                    seen,
                    promise,
                    personal: vec![],
                };
                vigie_respond::answer(&mut write, &self.replies, agent, answer).await?;
                let key = write.cases().find(*case).await?.key;
                let out = write.outbox().of_case(key).await?;
                if let Some(out) = out.last() {
                    write
                        .outbox()
                        .move_to(out.key, OutState::Queued, OutState::Sent, demo_step.at)
                        .await?;
                }
            }
            _ => drop(vigie_desk::write_note(&mut write, *case, agent, &text).await?),
        }
        write.commit().await?;
        Ok(())
    }

    async fn name_cause(&self, demo_step: &DemoStep) -> anyhow::Result<()> {
        let cause = demo_step
            .story
            .cause
            .as_ref()
            .and_then(|it| self.cast.causes.get(it));
        let (Some(case), Some(cause), agent) = (
            self.cases.get(&demo_step.scene),
            cause,
            self.agent(demo_step)?,
        ) else {
            return Ok(());
        };
        let mut write = self.instance.store.write(Actor::Person(agent.id)).await?;
        vigie_desk::name_cause(&mut write, *case, Some(*cause)).await?;
        write.commit().await?;
        Ok(())
    }

    async fn close(&self, demo_step: &DemoStep, details: &StoryDetails) -> anyhow::Result<()> {
        let (Some(case), agent) = (self.cases.get(&demo_step.scene), self.agent(demo_step)?) else {
            return Ok(());
        };
        let mut write = self.instance.store.write(Actor::Person(agent.id)).await?;
        let stored = write.cases().find(*case).await?;
        if stored.state == CaseState::Closed {
            return Ok(());
        }
        for promise in write.promises().of_case(stored.key).await? {
            let kept = !promise.text.len().is_multiple_of(9);
            vigie_desk::judge_promise(&mut write, promise.id, Some(kept)).await?;
        }
        vigie_desk::close(&mut write, *case, ending(&demo_step.story, details)).await?;
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
fn buyer(details: &StoryDetails) -> IncomingAuthor {
    IncomingAuthor {
        name: Some(format!("{} {}", details.first, details.last)),
        email: Some(email(&details.handle())),
        phone: Some(phone(details.number)),
        customer_id: Some(format!("C{:05}", details.number)),
        ..IncomingAuthor::default()
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
fn author(story: &Story, details: &StoryDetails, handle: &str) -> IncomingAuthor {
    let name = Some(format!("{} {}", details.first, details.last));
    let phone = Some(phone(details.number));
    let email = Some(email(handle));
    match story.channel.as_str() {
        "network" => IncomingAuthor {
            handle: Some(handle.to_owned()),
            followers: Some(i64::try_from(details.number * 37 % 5_000).unwrap_or(0)),
            ..IncomingAuthor::default()
        },
        "shop" | "phone" | "after_sales" => IncomingAuthor {
            name,
            phone,
            proof: IdentityProof::Colleague,
            ..IncomingAuthor::default()
        },
        channel => IncomingAuthor {
            name,
            email,
            phone: phone.filter(|_| details.number < 200),
            proof: proof(channel, details.number),
            ..IncomingAuthor::default()
        },
    }
}

/// The shop vouches for who is signed in there; on the form a few write without.
const fn proof(channel: &str, number: usize) -> IdentityProof {
    match channel.as_bytes() {
        b"form" if number.is_multiple_of(4) => IdentityProof::Claimed,
        _ => IdentityProof::SignedToken,
    }
}

fn ending(story: &Story, details: &StoryDetails) -> NewClosure {
    let (how, evidence) = match &story.closing {
        Some(closing) => (closing.how, closing.evidence.as_str()),
        None => (HowEnded::Answered, "none"),
    };
    let (evidence, reference) = match evidence {
        "refund" => (
            Some(EvidenceKind::Refund),
            Some(format!("AV-{}", &details.order.replace("HV-", ""))),
        ),
        "shipment" => (
            Some(EvidenceKind::Shipment),
            Some(format!("EX-{}", &details.order.replace("HV-", ""))),
        ),
        "replacement" => (
            Some(EvidenceKind::Replacement),
            Some(format!("RP-{}", &details.order.replace("HV-", ""))),
        ),
        "repair" => (
            Some(EvidenceKind::Repair),
            Some(format!("SAV-{}", &details.order.replace("HV-", ""))),
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
    NewClosure {
        how,
        evidence,
        reference,
        photo: None,
    }
}
