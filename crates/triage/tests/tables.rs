//! What each fact is worth, as tables: the points of both axes and where they end.

mod situations;

use situations::{complaint, of, rumour, with};
use vigie_model::{Harm, Kind};
use vigie_triage::{Axis, Factor, Rumour, Situation, TriageCustomer, weigh};

fn points(situation: &Situation, factor: Factor) -> i64 {
    let weighed = weigh(situation);
    let mut lines = weighed.reasons.iter();
    lines
        .find(|line| line.factor == factor)
        .map_or(0, |line| line.points)
}

#[test]
fn each_harm_has_its_points() {
    for (harm, expected) in [
        (Harm::None, 0),
        (Harm::Unknown, 6),
        (Harm::Annoyance, 6),
        (Harm::SmallMoney, 12),
        (Harm::LargeMoney, 18),
        (Harm::LossOfService, 24),
        (Harm::SafetyOrLaw, 30),
    ] {
        let situation = with(complaint(), |case| case.harm = harm);
        assert_eq!(points(&situation, Factor::Harm), expected, "{harm:?}");
    }
}

#[test]
fn customers_with_the_same_cause_count_in_steps() {
    for (customers, expected) in [
        (0, 0),
        (1, 0),
        (2, 4),
        (3, 4),
        (4, 8),
        (9, 8),
        (10, 14),
        (29, 14),
        (30, 20),
        (5_000, 20),
    ] {
        let situation = with(complaint(), |case| {
            case.context.customers_same_cause_7d = Some(customers);
        });
        assert_eq!(points(&situation, Factor::Breadth), expected, "{customers}");
    }
}

#[test]
fn a_duty_to_customers_is_limited_to_twenty_points() {
    let customer = |known, regulated, earlier| TriageCustomer {
        known,
        claimed: false,
        regulated,
        earlier_unsolved_same_cause: earlier,
    };
    // Who speaks; points for the customer, the regulation, earlier contacts, the cap.
    for (speaker, expected) in [
        (customer(false, false, 0), [0, 0, 0, 0]),
        (customer(true, false, 0), [8, 0, 0, 0]),
        (customer(true, true, 1), [8, 8, 3, 0]),
        (customer(true, true, 4), [8, 8, 12, -8]),
        (customer(true, false, 9), [8, 0, 12, 0]),
        (customer(false, true, 9), [0, 8, 12, 0]),
    ] {
        let situation = with(complaint(), |case| case.customer = speaker);
        let found = [
            Factor::Customer,
            Factor::Regulated,
            Factor::Earlier,
            Factor::DutyCap,
        ]
        .map(|factor| points(&situation, factor));
        assert_eq!(found, expected, "{speaker:?}");
    }
    // Only complaints are regulated.
    let question = with(of(Kind::Question), |case| {
        case.customer = customer(false, true, 0);
    });
    assert_eq!(points(&question, Factor::Regulated), 0);
}

#[test]
fn exposure_is_two_points_per_power_of_ten_of_viewers() {
    for (viewers, expected) in [
        (0.0, 0),
        (-5.0, 0),
        (9.0, 2),
        (99.0, 4),
        (999.0, 6),
        (99_999.0, 10),
        (1e9, 10),
    ] {
        let situation = rumour(Rumour {
            viewers,
            ..Rumour::default()
        });
        assert_eq!(points(&situation, Factor::Exposure), expected, "{viewers}");
    }
}

#[test]
fn a_rumour_presses_when_it_spreads_beyond_one() {
    for (r_low, r_mean, expected) in [
        (1.1, 1.5, 15),
        (1.0, 1.5, 6),
        (0.5, 1.1, 6),
        (0.5, 1.0, 0),
        (0.2, 0.4, 0),
    ] {
        let situation = rumour(Rumour {
            r_low,
            r_mean,
            ..Rumour::default()
        });
        let found = points(&situation, Factor::Spread);
        assert_eq!(found, expected, "at least {r_low}, in the mean {r_mean}");
    }
}

#[test]
fn a_target_gives_thirty_points_then_one_per_tenth_beyond() {
    for (elapsed, expected) in [
        (0.0, 0),
        (30.0, 15),
        (60.0, 30),
        (66.0, 31),
        (90.0, 35),
        (120.0, 40),
        (600.0, 40),
    ] {
        let situation = with(complaint(), |case| {
            case.context.target_minutes = Some(60);
            case.elapsed_minutes = elapsed;
        });
        let found = points(&situation, Factor::Target);
        assert_eq!(found, expected, "after {elapsed} minutes of 60");
    }
}

#[test]
fn a_deadline_weighs_more_the_nearer_it_is() {
    // Fifty points when nothing is left, falling by e for two mean handlings, 24 minutes.
    for (slack, expected) in [(-60.0, 50), (0.0, 50), (24.0, 18), (48.0, 7), (240.0, 0)] {
        let situation = with(complaint(), |case| case.slack_minutes = Some(slack));
        let found = points(&situation, Factor::Deadline);
        assert_eq!(found, expected, "{slack} minutes left");
    }
}

#[test]
fn what_has_no_points_is_no_reason_and_an_axis_ends_at_a_hundred() {
    let weighed = weigh(&complaint());
    assert_eq!((weighed.importance, weighed.urgency), (0, 0));
    assert_eq!(weighed.reasons, []);

    let grave = with(complaint(), |case| {
        case.harm = Harm::SafetyOrLaw;
        case.untouched_days = 40;
    });
    let weighed = weigh(&grave);
    assert_eq!(weighed.importance, 100);
    assert_eq!(points(&grave, Factor::Ageing), 200);
    assert_eq!(points(&grave, Factor::Clamp), -130);
    let clamp = weighed.reasons.last().unwrap();
    assert_eq!(clamp.axis, Axis::Importance);
}
