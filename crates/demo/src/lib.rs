//! The invented brand: a mid-size French retailer with staff, shops, customers and a year of
//! conversations, starting on a plausible Tuesday. Everything goes through the same intake and
//! acts as in a real instance, at simulated times; the same seed gives the same instance.

pub mod bench;
mod company;
mod orders;
pub mod process;
mod runner;
mod schedule;
mod script;

use std::{path::Path, sync::Arc};

use anyhow::Context as _;
use vigie_model::{Actor, At, Clock, Ids};
use vigie_store::{Brand, BrandSettings};

use vigie_journey::{FakeClock, Instance, SeededIds, SystemClock, SystemIds, create_brand};

pub use company::{PASSWORD, SIGN_IN_AS};

/// The Tuesday on which the demo starts: 17 November 2026, 9:42 in Paris.
pub const TUESDAY: At = At::from_millis(1_794_904_920_000);

/// The shop's programs post orders once a week; the last ones on the Tuesday itself.
const ORDERS_EVERY_DAYS: i64 = 7;

/// The brand's name.
pub const BRAND: &str = "Halvenne";

/// The file that tells a demo's folder from any other.
const MARK: &str = "demo";

/// Whether this folder holds a demo that was built to its end.
pub fn is_built(folder: &Path) -> bool {
    folder.join(MARK).is_file()
}

/// Builds the invented brand in an empty folder or database; `password_hash` is that of
/// [`PASSWORD`]. `progress` is called with the number of conversations done and in total.
/// Fails when the folder already holds something.
pub async fn build(
    folder: &Path,
    postgres: Option<&str>,
    seed: u64,
    password_hash: &str,
    progress: impl Fn(usize, usize),
) -> anyhow::Result<()> {
    let script = script::script()?;
    let stage = Arc::new(FakeClock::new(TUESDAY.plus_days(-366)));
    let ids = Arc::new(SeededIds::new(seed));
    let instance = Instance::open_with(folder, postgres, stage.clone(), ids).await?;
    anyhow::ensure!(
        instance
            .store
            .read()
            .await?
            .brands()
            .list()
            .await?
            .is_empty(),
        "this folder already holds an instance"
    );
    let brand = create_brand(&instance, "halvenne", BRAND, &settings()).await?;
    let cast = company::create_staff(&instance, &brand, password_hash)
        .await
        .context("hiring")?;
    let mut scenes = schedule::schedule(script, seed);
    scenes.sort_by_key(|scene| scene.acts.first().map(|act| act.at));
    let all = scenes.len();
    let mut demo_steps = schedule::demo_steps(scenes);
    demo_steps.sort_by_key(|demo_step| (demo_step.at, demo_step.scene));
    let mut play = runner::DemoRunner::new(&instance, &cast, seed);
    let mut bought = play.bought(&demo_steps).into_iter().peekable();
    for (number, demo_step) in demo_steps.iter().enumerate() {
        let due = bought
            .peek()
            .is_some_and(|it| it.placed_at.plus_days(ORDERS_EVERY_DAYS) < demo_step.at);
        if due {
            stage.set(demo_step.at);
            let week =
                std::iter::from_fn(|| bought.next_if(|it| it.placed_at < demo_step.at)).collect();
            play.order(week).await.context("orders")?;
        }
        stage.set(demo_step.at);
        play.act(demo_step)
            .await
            .with_context(|| format!("scene {} act {}", demo_step.scene, demo_step.number))?;
        progress(number * all / demo_steps.len().max(1), all);
    }
    stage.set(TUESDAY);
    play.order(bought.collect()).await.context("orders")?;
    rehearse(&instance, brand).await?;
    // Every case is weighed as of Tuesday morning.
    while vigie_journey::run_due_timers(&instance).await? > 0 {}
    instance.store.database().close().await;
    std::fs::write(folder.join(MARK), format!("{BRAND}, seed {seed}\n"))?;
    Ok(())
}

fn settings() -> BrandSettings {
    BrandSettings {
        opening_hours: "Mo-Fr 09:00-18:30; Sa 10:00-17:00; PH off".into(),
        ..BrandSettings::default()
    }
}

/// Turns rehearsal mode on: from the start of the demo, nothing is sent.
async fn rehearse(instance: &Instance, mut brand: Brand) -> anyhow::Result<()> {
    brand.settings.rehearsal = true;
    let mut write = instance.store.write(Actor::System).await?;
    write.brands().save(&brand).await?;
    write.commit().await?;
    Ok(())
}

/// A clock that starts on the Tuesday and runs at the system's pace.
pub struct TuesdayClock {
    started: At,
}

impl Default for TuesdayClock {
    fn default() -> Self {
        Self {
            started: SystemClock.now(),
        }
    }
}

impl Clock for TuesdayClock {
    fn now(&self) -> At {
        At::from_millis(TUESDAY.millis() + SystemClock.now().millis() - self.started.millis())
    }
}

/// Opens a built demo on its Tuesday.
pub async fn open(folder: &Path, postgres: Option<&str>) -> anyhow::Result<Instance> {
    let ids: Arc<dyn Ids> = Arc::new(SystemIds);
    Instance::open_with(folder, postgres, Arc::new(TuesdayClock::default()), ids).await
}

/// The customers' texts in the script, used as benchmark data.
pub fn sample_texts() -> anyhow::Result<Vec<String>> {
    let turns = script::script()?.into_iter().flat_map(|story| story.turns);
    Ok(turns
        .filter(|turn| turn.who == "customer")
        .map(|turn| turn.text)
        .collect())
}
