//! The closed vocabularies: each value has one stable code, the same in the database, the API and
//! the command line.

use serde::{Deserialize, Serialize};

/// The text is not one of the codes of this vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown {vocabulary} \"{found}\": expected one of {expected}")]
pub struct UnknownCode {
    /// The vocabulary's name.
    pub vocabulary: &'static str,
    /// What was read, cut at 40 characters.
    pub found: String,
    /// The codes allowed, separated by commas.
    pub expected: String,
}

macro_rules! codes {
    ($(
        $(#[$doc:meta])*
        $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal),+ $(,)? }
    )*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $code)] $variant),+ }

        impl $name {
            /// Every value, in the order of the vocabulary.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
        }

        #[cfg(feature = "openapi")]
        $crate::openapi::code_schema!($name, $name::ALL);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownCode;
            fn from_str(text: &str) -> Result<Self, UnknownCode> {
                match text {
                    $($code => Ok(Self::$variant),)+
                    _ => Err(UnknownCode {
                        vocabulary: stringify!($name),
                        found: text.chars().take(40).collect(),
                        expected: [$($code),+].join(", "),
                    }),
                }
            }
        }
    )*};
}

codes! {
    /// What a message is; exactly one. `Unknown` is a program's honest answer, never a person's.
    Kind {
        /// A problem, an incident, bad service, a broken promise.
        Complaint = "complaint",
        /// Asks without reporting a failure.
        Question = "question",
        /// Thanks, congratulates, recommends.
        Praise = "praise",
        /// Competitors, wishes, intent to buy, prices.
        Market = "market",
        /// An unverified claim that could harm the brand.
        Rumour = "rumour",
        /// Not for us.
        Noise = "noise",
        /// Nobody has read it yet with enough certainty.
        Unknown = "unknown",
    }
    /// How a message feels towards the brand.
    Sentiment {
        /// Unhappy.
        Negative = "negative",
        /// Neither.
        Neutral = "neutral",
        /// Happy.
        Positive = "positive",
        /// The reader abstains.
        Unsure = "unsure",
    }
    /// What a message contains: its clues.
    Intent {
        /// A wish or suggestion.
        Idea = "idea",
        /// Wants to buy or come.
        PurchaseIntent = "purchase_intent",
        /// Says they leave.
        ChurnThreat = "churn_threat",
        /// Says they will make it public or sue.
        PublishThreat = "publish_threat",
        /// Names a rival.
        Competitor = "competitor",
        /// Thanks.
        Thanks = "thanks",
        /// Anger without a request.
        Venting = "venting",
        /// Says the contrary of what is meant.
        Sarcasm = "sarcasm",
        /// An unverified factual claim.
        Claim = "claim",
        /// Asks for an answer, whatever the form.
        Asks = "asks",
        /// Service down for them now.
        Outage = "outage",
    }
    /// The worst harm stated or plainly implied, from nothing to the gravest.
    Harm {
        /// No harm.
        None = "none",
        /// A nuisance.
        Annoyance = "annoyance",
        /// At most 50 €.
        SmallMoney = "small_money",
        /// More than 50 €.
        LargeMoney = "large_money",
        /// Something they need does not work.
        LossOfService = "loss_of_service",
        /// Health, safety, or the law.
        SafetyOrLaw = "safety_or_law",
        /// Not known.
        Unknown = "unknown",
    }
    /// Named rules that put a case before everything else, without any score.
    Gate {
        /// Danger to life or health.
        Danger = "danger",
        /// A regulator, a court, a lawyer.
        Legal = "legal",
        /// Personal data in public.
        ExposedData = "exposed_data",
        /// Self-harm or a threat to somebody.
        SelfHarmOrThreat = "self_harm_or_threat",
        /// A child is concerned.
        Child = "child",
        /// The press asks.
        Press = "press",
    }
    /// Who emitted a message; only customers' words count as reputation.
    Emitter {
        /// A customer, or somebody who may become one.
        Customer = "customer",
        /// The brand itself.
        Brand = "brand",
        /// Somebody of the company.
        Employee = "employee",
        /// A declared ambassador.
        Ambassador = "ambassador",
        /// Press.
        Press = "press",
        /// A retailer of the brand's products.
        Retailer = "retailer",
        /// Paid content.
        Paid = "paid",
        /// Not known.
        Unknown = "unknown",
    }
    /// Who can read a message where it was written.
    Visibility {
        /// Everybody.
        Public = "public",
        /// The two sides only.
        Private = "private",
    }
    /// Where a case waits.
    Queue {
        /// Important and urgent.
        Now = "now",
        /// Urgent only; offered to volunteers first.
        Quick = "quick",
        /// Important only; owner and date.
        Plan = "plan",
        /// Neither.
        Later = "later",
    }
    /// Where an order stands, as the shop tells it.
    OrderStatus {
        /// Made, not paid yet.
        Placed = "placed",
        /// Paid.
        Paid = "paid",
        /// On its way.
        Shipped = "shipped",
        /// Arrived.
        Delivered = "delivered",
        /// Came back.
        Returned = "returned",
        /// Paid back.
        Refunded = "refunded",
        /// Never went on.
        Cancelled = "cancelled",
    }
    /// The state of a case.
    CaseState {
        /// To do.
        Open = "open",
        /// The customer's turn.
        WaitingCustomer = "waiting_customer",
        /// A colleague's turn.
        WaitingColleague = "waiting_colleague",
        /// Put off until a date.
        Snoozed = "snoozed",
        /// Automatic mails, newsletters, spam: nobody's turn, where one can look.
        Aside = "aside",
        /// Ended.
        Closed = "closed",
    }
    /// How a case ended.
    HowEnded {
        /// The problem is gone, with evidence.
        Solved = "solved",
        /// An answer was given.
        Answered = "answered",
        /// Nothing was to be done.
        NothingToDo = "nothing_to_do",
    }
    /// What proves that a problem is solved.
    EvidenceKind {
        /// A refund's identifier.
        Refund = "refund",
        /// A shipment's identifier.
        Shipment = "shipment",
        /// A replacement's identifier.
        Replacement = "replacement",
        /// A repair's identifier.
        Repair = "repair",
        /// The customer said yes.
        CustomerYes = "customer_yes",
        /// A photo.
        Photo = "photo",
        /// The link of an answer given elsewhere.
        Link = "link",
    }
    /// The six causes above all others (row E03 of the requirements).
    TopCause {
        /// The product is not good.
        Quality = "quality",
        /// The product is not there.
        Availability = "availability",
        /// The price is not fair or not right.
        Price = "price",
        /// How or where it is made.
        Production = "production",
        /// How people were treated.
        Relationship = "relationship",
        /// We explained badly.
        Misunderstanding = "misunderstanding",
    }
    /// The state of an answer on its way out.
    OutState {
        /// Waits for its recall delay or its turn.
        Queued = "queued",
        /// Being handed over.
        Sending = "sending",
        /// Handed over.
        Sent = "sent",
        /// The other side refused it.
        Refused = "refused",
        /// Nobody knows: a person decides.
        Uncertain = "uncertain",
        /// Called back by its author in time.
        Recalled = "recalled",
        /// Shown as it would have left; nothing left.
        Rehearsed = "rehearsed",
    }
    /// What a source is.
    SourceKind {
        /// Programs post messages.
        Api = "api",
        /// A hosted page customers write on.
        Form = "form",
        /// What staff heard.
        Report = "report",
        /// A public post somebody noticed.
        SeenElsewhere = "seen_elsewhere",
        /// A mailbox.
        Mail = "mail",
        /// Files of the past.
        Import = "import",
    }
    /// What files of the past are read as.
    PastKind {
        /// A table (CSV) or JSON Lines of messages.
        Messages = "messages",
        /// Mails: mbox, Maildir or raw files.
        Mail = "mail",
        /// Tickets of another helpdesk: its export, or saved pages of its API.
        Tickets = "tickets",
        /// A table (CSV) or JSON Lines of the customer base.
        Customers = "customers",
        /// A table (CSV) or JSON Lines of orders.
        Orders = "orders",
    }
    /// How far an import is.
    ImportState {
        /// Being taken in.
        Running = "running",
        /// Taken in.
        Done = "done",
        /// It stopped before its end; what it took in stays until it is undone or run again.
        Stopped = "stopped",
        /// Being taken out.
        Undoing = "undoing",
        /// Taken out.
        Undone = "undone",
    }
    /// A medium.
    Channel {
        /// The brand's site or application.
        Site = "site",
        /// The hosted form.
        Form = "form",
        /// Mail.
        Mail = "mail",
        /// A shop.
        Shop = "shop",
        /// The telephone.
        Phone = "phone",
        /// After-sales.
        AfterSales = "after_sales",
        /// A public social network, forum, blog or review.
        Network = "network",
    }
    /// What somebody of the company may do.
    Role {
        /// Everything, settings included.
        Administrator = "administrator",
        /// Everything but settings of the house.
        Lead = "lead",
        /// Reads, answers, closes.
        Agent = "agent",
        /// Answers what they are given; reports.
        Volunteer = "volunteer",
        /// Reads.
        Reader = "reader",
    }
    /// The languages of the house.
    Lang {
        /// French.
        Fr = "fr",
        /// English.
        En = "en",
    }
}

impl Kind {
    /// Of two kinds the one that asks most of us: a thank-you does not make a complaint go away.
    pub fn stronger(self, other: Self) -> Self {
        const ORDER: [Kind; 7] = [
            Kind::Complaint,
            Kind::Rumour,
            Kind::Question,
            Kind::Market,
            Kind::Praise,
            Kind::Noise,
            Kind::Unknown,
        ];
        ORDER
            .into_iter()
            .find(|kind| *kind == self || *kind == other)
            .unwrap_or(self)
    }
}

impl Harm {
    /// Of two harms the worse; unknown gives way to anything told.
    pub fn worse(self, other: Self) -> Self {
        let place = |harm: Self| match harm {
            Self::Unknown => None,
            told => Self::ALL.iter().position(|it| *it == told),
        };
        if place(other) > place(self) {
            other
        } else {
            self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_names_the_codes_that_were_expected() {
        let error = "urgent".parse::<Queue>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown Queue \"urgent\": expected one of now, quick, plan, later"
        );
    }

    #[test]
    fn a_thank_you_leaves_a_complaint_a_complaint() {
        assert_eq!(Kind::Complaint.stronger(Kind::Praise), Kind::Complaint);
        assert_eq!(Harm::Unknown.worse(Harm::None), Harm::None);
        assert_eq!(Harm::LargeMoney.worse(Harm::Annoyance), Harm::LargeMoney);
    }

    #[test]
    fn every_code_reads_back() {
        for kind in Kind::ALL {
            assert_eq!(kind.code().parse::<Kind>().unwrap(), *kind);
        }
    }
}
