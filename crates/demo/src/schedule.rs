//! When each conversation happens: over the year before the Tuesday, in waking hours, the open ones
//! at its end.

use rand::{Rng as _, SeedableRng as _, seq::SliceRandom as _};
use rand_chacha::ChaCha8Rng;
use vigie_model::{At, Harm, Kind};

use super::{TUESDAY, script::Story};

/// A conversation with its times.
pub struct ScheduledStory {
    /// The conversation.
    pub story: Story,
    /// The acts with their times, in order.
    pub acts: Vec<TimedStep>,
}

/// An act with its instant.
#[derive(Debug, Clone, Copy)]
pub struct TimedStep {
    pub at: At,
    pub what: StepKind,
}

/// An act of a scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// Says the turn with this number.
    Say(usize),
    /// A colleague takes the case.
    Take,
    /// The cause is named.
    Name,
    /// The case is closed.
    Close,
}

/// An act in the schedule of the whole year.
pub struct DemoStep {
    pub at: At,
    /// Index of the scene.
    pub scene: usize,
    /// Index of the act in its scene.
    pub number: usize,
    pub what: StepKind,
    pub story: std::sync::Arc<Story>,
}

/// How many conversations are still open on the Tuesday.
const OPEN: usize = 42;
/// How many of them ask for nothing.
const LIGHT: usize = 4;

/// Gives each conversation its times. Open ones beyond the first forty-two were answered long
/// ago, like the others.
pub fn schedule(mut script: Vec<Story>, seed: u64) -> Vec<ScheduledStory> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x5ce7e);
    script.shuffle(&mut rng);
    // Dangerous cases must still be open; noise and praise rarely stay open.
    script.sort_by_key(|story| story.harm != Harm::SafetyOrLaw);
    let (mut open, mut light) = (0, 0);
    let mut week = ChaCha8Rng::seed_from_u64(seed ^ 0x3ee4);
    script
        .into_iter()
        .map(|story| {
            let is_light = matches!(story.kind, Kind::Noise | Kind::Praise);
            let stays = story.closing.is_none() && open < OPEN && !(is_light && light >= LIGHT);
            open += usize::from(stays);
            light += usize::from(stays && is_light);
            let mut acts = if stays {
                recent(&story, &mut rng)
            } else {
                past(&story, &mut rng)
            };
            if story.closing.is_some() && week.random_range(0..JUST_CLOSED) == 0 {
                end_lately(&story, &mut acts, &mut week);
            }
            ScheduledStory { story, acts }
        })
        .collect()
}

/// One closed conversation in this many was closed in the last six days: the week reviewed on
/// Friday.
const JUST_CLOSED: u32 = 30;

/// Moves a conversation so that it was closed in the last six days.
fn end_lately(story: &Story, acts: &mut [TimedStep], rng: &mut ChaCha8Rng) {
    shift(acts, rng.random_range(90..6 * 1_440));
    by_daylight(story, acts);
}

/// Moves all acts so that the last one is this many minutes ago.
fn shift(acts: &mut [TimedStep], age: i64) {
    let last = acts.last().map_or(TUESDAY, |act| act.at);
    let by = (TUESDAY.millis() - last.millis()) / 60_000 - age;
    for act in acts {
        act.at = act.at.plus_minutes(by);
    }
}

/// Times on some day of the year, between 8:00 and 22:00, answered sooner during the day.
fn past(story: &Story, rng: &mut ChaCha8Rng) -> Vec<TimedStep> {
    let day = rng.random_range(9..362);
    let at = TUESDAY
        .plus_days(-day)
        .plus_minutes(rng.random_range(-100..680));
    let mut acts = turns(story, at, rng);
    let last = acts.last().map_or(at, |act| act.at);
    if story.cause.is_some() {
        acts.push(TimedStep {
            at: last.plus_minutes(5),
            what: StepKind::Name,
        });
    }
    acts.push(TimedStep {
        at: last.plus_minutes(rng.random_range(20..2_000)),
        what: StepKind::Close,
    });
    acts
}

/// Times such that the last message is from the last few days, and usually very recent.
fn recent(story: &Story, rng: &mut ChaCha8Rng) -> Vec<TimedStep> {
    let age = match rng.random_range(0..10) {
        0..=4 => rng.random_range(4..150),
        5..=7 => rng.random_range(900..1_250),
        _ => rng.random_range(1_300..4_600),
    };
    let mut acts = turns(story, TUESDAY, rng);
    shift(&mut acts, age);
    by_daylight(story, &mut acts);
    acts
}

/// Moves what colleagues did at night to the next morning, if the next message leaves time for
/// it.
fn by_daylight(story: &Story, acts: &mut [TimedStep]) {
    for place in 0..acts.len() {
        let (Some(act), next) = (
            acts.get(place).copied(),
            acts.get(place + 1).map_or(TUESDAY, |it| it.at),
        ) else {
            continue;
        };
        let ours = matches!(act.what, StepKind::Say(turn)
            if story.turns.get(turn).is_some_and(|turn| turn.who == "brand"));
        let morning = at_work(act.at);
        if let Some(act) = acts
            .get_mut(place)
            .filter(|_| ours && morning.plus_minutes(5) < next)
        {
            act.at = morning;
        }
    }
}

fn turns(story: &Story, start: At, rng: &mut ChaCha8Rng) -> Vec<TimedStep> {
    let mut acts = Vec::new();
    let mut at = start;
    for (number, turn) in story.turns.iter().enumerate() {
        if number > 0 {
            at = at.plus_minutes(rng.random_range(if turn.who == "brand" {
                15..240
            } else {
                5..900
            }));
        }
        if turn.who == "brand" {
            at = at_work(at);
        }
        if turn.who == "brand" && number == 1 {
            acts.push(TimedStep {
                at: at.plus_minutes(-6),
                what: StepKind::Take,
            });
        }
        acts.push(TimedStep {
            at,
            what: StepKind::Say(number),
        });
    }
    acts
}

/// The same instant during working hours, else the next morning a little after nine.
fn at_work(at: At) -> At {
    let minute = at.millis().div_euclid(60_000).rem_euclid(1_440);
    let (opens, closes) = (8 * 60, 17 * 60);
    if (opens..closes).contains(&minute) {
        return at;
    }
    let wait = if minute < opens {
        opens - minute
    } else {
        1_440 - minute + opens
    };
    at.plus_minutes(wait + 10 + minute % 50)
}

/// Every act of every scene.
pub fn demo_steps(scenes: Vec<ScheduledStory>) -> Vec<DemoStep> {
    let mut demo_steps = Vec::new();
    for (scene, ScheduledStory { story, acts }) in scenes.into_iter().enumerate() {
        let story = std::sync::Arc::new(story);
        for (number, TimedStep { at, what }) in acts.into_iter().enumerate() {
            demo_steps.push(DemoStep {
                at,
                scene,
                number,
                what,
                story: story.clone(),
            });
        }
    }
    demo_steps
}
