//! Where a case waits, what would change it, and its place in the list.

mod situations;

use situations::{complaint, of, rumour, with};
use vigie_model::{At, Gate, Harm, Intent, Kind, Queue};
use vigie_triage::{
    CounterfactualFactor, Decision, Rumour, Situation, Tier, TriageInput, rank, tier, weigh,
};

#[test]
fn rumours_wait_by_their_level_and_praise_only_when_it_asks_nothing() {
    for (level, expected) in [
        (0, Queue::Later),
        (1, Queue::Plan),
        (2, Queue::Now),
        (4, Queue::Now),
    ] {
        let situation = rumour(Rumour {
            level,
            ..Rumour::default()
        });
        assert_eq!(weigh(&situation).queue, expected, "level {level}");
    }
    assert_eq!(weigh(&of(Kind::Rumour)).queue, Queue::Later);

    let late = |case: &mut Situation| {
        case.context.target_minutes = Some(10);
        case.elapsed_minutes = 100.0;
        case.context.blocked = true;
        case.slack_minutes = Some(0.0);
    };
    let praise = with(of(Kind::Praise), late);
    assert_eq!(weigh(&praise).queue, Queue::Later);
    let asking = with(praise, |case| case.asks = true);
    assert_eq!(weigh(&asking).queue, Queue::Quick);
}

#[test]
fn a_move_goes_one_queue_and_no_rule_defers_a_gate() {
    let gated = |case: &mut Situation| case.gates = vec![Gate::Danger];
    let step = |moved, ruled| {
        move |case: &mut Situation| {
            case.moved = moved;
            case.ruled = ruled;
        }
    };
    for (situation, expected) in [
        (with(complaint(), step(1, 0)), Queue::Plan),
        (with(complaint(), step(0, 1)), Queue::Plan),
        (with(complaint(), step(1, 1)), Queue::Quick),
        (with(complaint(), step(-1, 0)), Queue::Later),
        (with(with(complaint(), gated), step(0, -1)), Queue::Now),
        (with(with(complaint(), gated), step(-1, 0)), Queue::Quick),
        (with(with(complaint(), gated), step(1, 1)), Queue::Now),
    ] {
        assert_eq!(weigh(&situation).queue, expected, "{situation:?}");
    }
}

#[test]
fn a_rule_on_trial_is_told_where_it_would_put_the_case() {
    let already = with(complaint(), |case| case.ruled = -1);
    assert_eq!(vigie_triage::queue_ruled(&already, 1), Queue::Plan);
    assert_eq!(vigie_triage::queue_ruled(&already, 0), Queue::Later);
}

#[test]
fn the_smallest_change_is_what_one_questions_first() {
    use CounterfactualFactor as Without;
    let pressed = |case: &mut Situation| {
        case.context.target_minutes = Some(60);
        case.elapsed_minutes = 120.0;
    };
    let heavy = |case: &mut Situation| case.harm = Harm::SafetyOrLaw;
    for (situation, expected) in [
        (complaint(), None),
        (
            with(complaint(), |case| case.moved = 1),
            Some((Without::Move, Queue::Later)),
        ),
        (
            with(complaint(), |case| case.ruled = 1),
            Some((Without::Rule, Queue::Later)),
        ),
        (
            with(complaint(), |case| case.gates = vec![Gate::Press]),
            Some((Without::Gate, Queue::Later)),
        ),
        (
            with(with(complaint(), pressed), |case| {
                case.context.blocked = true
            }),
            Some((Without::Blocked, Queue::Later)),
        ),
        (
            with(with(complaint(), heavy), |case| {
                case.context.customers_same_cause_7d = Some(10);
            }),
            Some((Without::Breadth, Queue::Later)),
        ),
        (
            with(with(complaint(), heavy), |case| {
                case.customer.known = true;
                case.customer.earlier_unsolved_same_cause = 1;
            }),
            Some((Without::Customer, Queue::Later)),
        ),
        (
            with(complaint(), |case| case.slack_minutes = Some(0.0)),
            Some((Without::Deadline, Queue::Later)),
        ),
        (
            with(with(complaint(), heavy), |case| case.untouched_days = 2),
            Some((Without::Ageing, Queue::Later)),
        ),
        (
            with(complaint(), |case| {
                case.harm = Harm::LossOfService;
                case.context.new_cause = true;
                case.customer.known = true;
            }),
            Some((Without::Customer, Queue::Later)),
        ),
    ] {
        let found = weigh(&situation).counterfactual;
        let found = found.map(|change| (change.without, change.queue));
        assert_eq!(found, expected, "{situation:?}");
    }
    // Neither the harm nor the customer alone holds it up: each is tried, the harm last.
    let both = with(complaint(), |case| {
        case.harm = Harm::SafetyOrLaw;
        case.context.new_cause = true;
    });
    let change = weigh(&both).counterfactual.unwrap();
    assert_eq!(
        (change.without, change.queue),
        (Without::Harm, Queue::Later)
    );
}

#[test]
fn the_list_goes_by_tiers_then_due_times_then_benefit_per_minute() {
    let known = |case: &mut Situation| case.customer.known = true;
    let in_now = |case: &mut Situation| {
        case.moved = 1;
        case.ruled = 1;
        case.harm = Harm::SafetyOrLaw;
        case.context.customers_same_cause_7d = Some(10);
    };
    for (situation, expected) in [
        (
            with(complaint(), |case| case.gates = vec![Gate::Legal]),
            Tier::Gate,
        ),
        (
            with(with(of(Kind::Question), in_now), known),
            Tier::CustomersNow,
        ),
        (with(complaint(), known), Tier::CustomersComplaints),
        (with(complaint(), in_now), Tier::OthersNow),
        (with(of(Kind::Question), known), Tier::Later),
        (with(complaint(), |case| case.moved = 1), Tier::Plan),
        (complaint(), Tier::Later),
    ] {
        assert_eq!(tier(&situation, &weigh(&situation)), expected);
    }
}

const TIER_SIZE: i64 = 10_000_000_000_000_000;

fn ranked(situation: &Situation, due: Option<At>) -> i64 {
    rank(situation, &weigh(situation), due)
}

#[test]
fn customers_complaints_go_by_due_time() {
    let complaint = with(complaint(), |case| case.customer.known = true);
    let due = At::from_millis(1_796_000_000_000);
    assert_eq!(ranked(&complaint, Some(due)), 2 * TIER_SIZE + due.millis());
    assert_eq!(ranked(&complaint, None), 3 * TIER_SIZE - 1);
}

#[test]
fn other_cases_go_by_benefit_per_minute() {
    // 24 of importance, 40 + 15 of urgency, 12 minutes of work: 24 × 2.1 ÷ 12 = 4.2.
    let stuck = with(complaint(), |case| {
        case.harm = Harm::LossOfService;
        case.context.blocked = true;
        case.context.target_minutes = Some(60);
        case.elapsed_minutes = 120.0;
    });
    let weighed = weigh(&stuck);
    assert_eq!((weighed.importance, weighed.urgency), (24, 55));
    assert_eq!(ranked(&stuck, None), 4 * TIER_SIZE + 100_000 - 4_200);
    assert!((complaint().handling() - 12.0).abs() < f64::EPSILON);

    // Half the work, twice the benefit per minute; below five minutes all are the same.
    for (minutes, thousandths) in [(6, 8_400), (5, 10_080), (1, 10_080)] {
        let shorter = with(stuck.clone(), |case| {
            case.context.handling_minutes = Some(minutes);
        });
        let expected = 4 * TIER_SIZE + 100_000 - thousandths;
        assert_eq!(ranked(&shorter, None), expected, "{minutes} minutes");
    }
}

#[test]
fn a_case_given_by_the_command_line_asks_when_it_says_so() {
    let line = |kind, intents: &[Intent]| {
        let json = serde_json::json!({
            "kind": kind,
            "intents": intents,
            "now": "2026-11-17T12:00:00Z",
            "received_at": "2026-11-17T10:00:00Z",
            "context": {"target_minutes": 10, "blocked": true, "due": "2026-11-17T10:00:00Z"},
        });
        let input: TriageInput = serde_json::from_value(json).unwrap();
        input.weigh().queue
    };
    assert_eq!(line(Kind::Praise, &[]), Queue::Later);
    assert_eq!(line(Kind::Praise, &[Intent::Asks]), Queue::Quick);
}

#[test]
fn a_decision_is_stored_without_what_rules_did_not_do() {
    let situation = with(complaint(), |case| case.harm = Harm::SmallMoney);
    let decision = Decision {
        weighed: weigh(&situation),
        situation,
    };
    let record = decision.record();
    assert!(!record.contains("ruled"), "{record}");
    assert_eq!(Decision::read(&record), Some(decision.clone()));

    let ruled = Decision {
        situation: with(decision.situation.clone(), |case| case.ruled = -1),
        ..decision
    };
    assert!(ruled.record().contains(r#""ruled":-1"#));
    assert_eq!(Decision::read("{}"), None);
}
