//! A year of orders: those the conversations mention, and those of customers who never wrote.

use rand::{Rng as _, SeedableRng as _, seq::IndexedRandom as _};
use rand_chacha::ChaCha8Rng;
use vigie_model::{At, IncomingAuthor, IncomingOrder, IncomingVisit, Money, OrderStatus};

use super::TUESDAY;

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

/// Number of households who bought in the year and never wrote.
const QUIET: usize = 900;

/// An order mentioned in a conversation: placed one to twelve days before.
pub fn named(
    number: &str,
    minor: i64,
    shop: Option<&str>,
    buyer: IncomingAuthor,
    at: At,
    seed: u64,
) -> IncomingOrder {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let placed_at = at.plus_minutes(-rng.random_range(1_440..17_280));
    order(number.to_owned(), minor, shop, buyer, placed_at, &mut rng)
}

/// Orders over the year by those who never wrote, and by regulars between their messages.
pub fn quiet(seed: u64, regulars: &[IncomingAuthor]) -> Vec<IncomingOrder> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x0bde5);
    let strangers = (0..QUIET).map(|number| IncomingAuthor {
        name: Some(format!("Foyer {number:03}")),
        customer_id: Some(format!("Q{number:05}")),
        ..IncomingAuthor::default()
    });
    let buyers: Vec<_> = strangers.chain(regulars.iter().cloned()).collect();
    let mut orders = Vec::new();
    for buyer in buyers {
        // Each buyer has a rhythm; one in five stops at some point of the year.
        let pace = rng.random_range(20..240);
        let stops = if rng.random_bool(0.2) {
            rng.random_range(60..300)
        } else {
            0
        };
        let mut days = rng.random_range(0..pace) + 365 - pace.min(365);
        while days > stops {
            let placed_at = TUESDAY
                .plus_days(-days)
                .plus_minutes(rng.random_range(-120..600));
            let number = format!("HV-{:07}", 1_000_000 + orders.len());
            let shop = if rng.random_bool(0.4) {
                SHOPS.choose(&mut rng).copied()
            } else {
                None
            };
            let minor = (rng.random_range(3.0_f64..6.6).exp() * 10.0) as i64 * 10;
            orders.push(order(
                number,
                minor,
                shop,
                buyer.clone(),
                placed_at,
                &mut rng,
            ));
            days -= rng.random_range(pace / 2..pace * 3 / 2 + 1).max(1);
        }
    }
    orders
}

/// Visits before orders placed on the site: the evening before, and when buying. Only those
/// with an account, who agreed.
pub fn visits(orders: &[IncomingOrder]) -> Vec<IncomingVisit> {
    let on_site = orders
        .iter()
        .filter(|it| it.shop.is_none() && it.buyer.customer_id.is_some());
    let twice = on_site.flat_map(|it| [(it, "looked", -840), (it, "bought", -6)]);
    twice
        .map(|(order, why, minutes)| IncomingVisit {
            id: format!("{}-{why}", order.number),
            at: order.placed_at.plus_minutes(minutes),
            place: Some("halvenne.example".into()),
            visitor: order.buyer.clone(),
        })
        .collect()
}

fn order(
    number: String,
    minor: i64,
    shop: Option<&str>,
    buyer: IncomingAuthor,
    placed_at: At,
    rng: &mut ChaCha8Rng,
) -> IncomingOrder {
    let status = if placed_at > TUESDAY.plus_days(-2) {
        OrderStatus::Paid
    } else if placed_at > TUESDAY.plus_days(-6) {
        OrderStatus::Shipped
    } else {
        match rng.random_range(0..100) {
            0..=2 => OrderStatus::Cancelled,
            3..=5 => OrderStatus::Returned,
            6..=7 => OrderStatus::Refunded,
            _ => OrderStatus::Delivered,
        }
    };
    let total = Money {
        minor,
        currency: "EUR".into(),
    };
    IncomingOrder {
        number,
        placed_at,
        status,
        total,
        shop: shop.map(str::to_owned),
        buyer,
    }
}
