//! The closed vocabularies: each value has one stable code, the same in the database, the API and
//! the command line.

use serde::{Deserialize, Serialize};

/// The text is not one of the codes of this vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown {vocabulary} \"{found}\": expected one of {expected}")]
pub struct UnknownCode {
    pub vocabulary: &'static str,
    /// What was found, cut to 40 characters.
    pub found: String,
    /// The allowed codes, separated by commas.
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
    /// What a message is; exactly one value. `Unknown` can come from a program, never from a
    /// person.
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
        /// Off topic: nothing for the brand to handle.
        Noise = "noise",
        /// Not read yet with enough certainty.
        Unknown = "unknown",
    }
    /// How a message feels towards the brand.
    Sentiment {
        Negative = "negative",
        Neutral = "neutral",
        Positive = "positive",
        /// The analysis could not decide.
        Unsure = "unsure",
    }
    /// What a message contains: its clues.
    Intent {
        /// A wish or suggestion.
        Idea = "idea",
        /// Wants to buy or come.
        PurchaseIntent = "purchase_intent",
        /// Says they will stop being a customer.
        ChurnThreat = "churn_threat",
        /// Says they will make it public or sue.
        PublishThreat = "publish_threat",
        Competitor = "competitor",
        Thanks = "thanks",
        /// Anger without a request.
        Venting = "venting",
        /// Says the opposite of what is meant.
        Sarcasm = "sarcasm",
        /// An unverified factual claim.
        Claim = "claim",
        /// Asks for an answer, in whatever form.
        Asks = "asks",
        /// A service does not work for them right now.
        Outage = "outage",
    }
    /// The worst harm stated or plainly implied, from none to the most serious.
    Harm {
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
        Unknown = "unknown",
    }
    /// Named rules that put a case first, whatever its score.
    Gate {
        /// Danger to life or health.
        Danger = "danger",
        /// A regulator, a court, a lawyer.
        Legal = "legal",
        /// Personal data in public.
        ExposedData = "exposed_data",
        /// Self-harm, or a threat to a person.
        SelfHarmOrThreat = "self_harm_or_threat",
        /// A child is concerned.
        Child = "child",
        /// A journalist asks for an answer.
        Press = "press",
    }
    /// Who emitted a message; only customers' words count as reputation.
    Emitter {
        /// A customer, or somebody who may become one.
        Customer = "customer",
        Brand = "brand",
        /// Somebody who works for the company.
        Employee = "employee",
        Ambassador = "ambassador",
        Press = "press",
        /// A retailer of the brand's products.
        Retailer = "retailer",
        Paid = "paid",
        Unknown = "unknown",
    }
    /// Who can read a message where it was written.
    Visibility {
        Public = "public",
        /// Readable only by the author and the brand.
        Private = "private",
    }
    /// Where a case waits.
    Queue {
        /// Important and urgent.
        Now = "now",
        /// Urgent only; offered to volunteers first.
        Quick = "quick",
        /// Important only; needs an owner and a date.
        Plan = "plan",
        /// Neither important nor urgent.
        Later = "later",
    }
    /// The state of an order, as reported by the shop.
    OrderStatus {
        /// Ordered, not paid yet.
        Placed = "placed",
        Paid = "paid",
        Shipped = "shipped",
        Delivered = "delivered",
        Returned = "returned",
        Refunded = "refunded",
        Cancelled = "cancelled",
    }
    /// The state of a case.
    CaseState {
        /// The team has something to do.
        Open = "open",
        WaitingCustomer = "waiting_customer",
        WaitingColleague = "waiting_colleague",
        /// Put off until a date.
        Snoozed = "snoozed",
        /// Automatic mail, newsletters, spam: nobody has to act, but it can still be viewed.
        Aside = "aside",
        Closed = "closed",
    }
    /// How a case ended.
    HowEnded {
        /// The problem is gone, with evidence.
        Solved = "solved",
        Answered = "answered",
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
        /// The customer confirmed it.
        CustomerYes = "customer_yes",
        Photo = "photo",
        /// Link to an answer given elsewhere.
        Link = "link",
    }
    /// The six top-level causes (row E03 of the requirements).
    TopCause {
        /// The product is defective or disappointing.
        Quality = "quality",
        /// The product cannot be obtained.
        Availability = "availability",
        /// The price is unfair or incorrect.
        Price = "price",
        /// How or where the product is made.
        Production = "production",
        /// How people were treated.
        Relationship = "relationship",
        /// The brand did not explain clearly.
        Misunderstanding = "misunderstanding",
    }
    /// The delivery state of an answer.
    OutState {
        /// Waiting for the recall delay to end, or for its turn.
        Queued = "queued",
        Sending = "sending",
        Sent = "sent",
        /// The receiving side refused it.
        Refused = "refused",
        /// It may or may not have arrived: a person decides.
        Uncertain = "uncertain",
        /// Called back by its author in time.
        Recalled = "recalled",
        /// Rehearsal mode: shown as it would have been sent, but not sent.
        Rehearsed = "rehearsed",
    }
    /// What kind of historical data the imported files hold.
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
    /// The progress of an import.
    ImportState {
        Running = "running",
        Done = "done",
        /// Stopped before the end; what was imported stays until the import is undone or run
        /// again.
        Stopped = "stopped",
        Undoing = "undoing",
        Undone = "undone",
    }
    /// The medium a message came through.
    Channel {
        /// The brand's site or application.
        Site = "site",
        Form = "form",
        Mail = "mail",
        Shop = "shop",
        Phone = "phone",
        AfterSales = "after_sales",
        /// A public social network, forum, blog or review.
        Network = "network",
    }
    /// What a user may do.
    Role {
        /// Everything, settings included.
        Administrator = "administrator",
        /// Everything except the application's settings.
        Lead = "lead",
        /// Reads, answers, closes.
        Agent = "agent",
        /// Answers the cases they are given, and reports what they hear.
        Volunteer = "volunteer",
        /// Read-only access.
        Reader = "reader",
    }
    /// The languages of the interface.
    Lang {
        Fr = "fr",
        En = "en",
    }
}

impl Emitter {
    /// Whether it speaks for us: only what the others say is a customer's message.
    pub const fn is_ours(self) -> bool {
        matches!(self, Self::Brand | Self::Employee | Self::Paid)
    }
}

impl Kind {
    /// The more demanding of two kinds: a thank-you does not cancel a complaint.
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
    /// The worse of two harms; any known harm outweighs an unknown one.
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
    fn who_speaks_for_us_is_never_a_customer() {
        let ours = Emitter::ALL.iter().filter(|emitter| emitter.is_ours());
        let ours: Vec<_> = ours.map(|emitter| emitter.code()).collect();
        assert_eq!(ours, ["brand", "employee", "paid"]);
    }

    #[test]
    fn the_more_demanding_kind_and_the_worse_harm_are_kept() {
        for (one, other, expected) in [
            (Kind::Complaint, Kind::Praise, Kind::Complaint),
            (Kind::Question, Kind::Rumour, Kind::Rumour),
            (Kind::Noise, Kind::Market, Kind::Market),
            (Kind::Unknown, Kind::Noise, Kind::Noise),
            (Kind::Praise, Kind::Praise, Kind::Praise),
        ] {
            assert_eq!(one.stronger(other), expected, "{one:?}, {other:?}");
            assert_eq!(other.stronger(one), expected, "{other:?}, {one:?}");
        }
        for (one, other, expected) in [
            (Harm::Annoyance, Harm::SafetyOrLaw, Harm::SafetyOrLaw),
            (Harm::Unknown, Harm::None, Harm::None),
            (Harm::LargeMoney, Harm::SmallMoney, Harm::LargeMoney),
            (Harm::Unknown, Harm::Unknown, Harm::Unknown),
        ] {
            assert_eq!(one.worse(other), expected, "{one:?}, {other:?}");
            assert_eq!(other.worse(one), expected, "{other:?}, {one:?}");
        }
    }

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
