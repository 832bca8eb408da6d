//! What every handler can reach.

use std::{net::IpAddr, sync::Arc};

use tokio::sync::watch;
use vigie_bus::Bus;
use vigie_listen::{Erasure, ImportDesk, Intake, MailboxProbe};
use vigie_model::At;
use vigie_respond::{GuardedAddress, Translator};
use vigie_search::Search;
use vigie_store::{Brand, Session, Store};
use vigie_triage::Calendar;

use crate::{Problem, calm::Calm, presence::Presence};

/// The doors of the house, as this one was opened.
#[derive(Debug, Clone)]
pub struct Doors {
    /// Cookies travel only over HTTPS; off only when listening in plain HTTP on a private address.
    pub secure_cookies: bool,
    /// The address people see, for links; without a slash at the end.
    pub public_address: String,
    /// Whether webhooks may reach this same machine.
    pub webhooks: GuardedAddress,
    /// A proxy on a private address tells who calls.
    pub behind_proxy: bool,
    /// Who translates customers' words, when somebody does.
    pub translator: Option<Translator>,
}

/// What the front door is built on.
pub struct Services {
    /// The database and the attachments.
    pub store: Store,
    /// Takes messages in.
    pub intake: Arc<dyn Intake>,
    /// Takes files of the past in, and out again.
    pub imports: Arc<dyn ImportDesk>,
    /// Erases people everywhere.
    pub erasure: Arc<dyn Erasure>,
    /// Tries mailboxes.
    pub mailbox_probe: Arc<dyn MailboxProbe>,
    /// Nudges after each commit.
    pub bus: Bus,
    /// The search index.
    pub search: Search,
}

/// Shared by all handlers.
#[derive(Clone)]
pub struct App {
    /// Remembers.
    pub store: Store,
    /// Takes messages in.
    pub intake: Arc<dyn Intake>,
    /// Takes files of the past in, and out again.
    pub imports: Arc<dyn ImportDesk>,
    /// Erases people everywhere.
    pub erasure: Arc<dyn Erasure>,
    /// Tries mailboxes.
    pub mailbox_probe: Arc<dyn MailboxProbe>,
    /// Nudges.
    pub bus: Bus,
    /// Finds.
    pub search: Search,
    /// How the house is open.
    pub doors: Arc<Doors>,
    /// True once the house is leaving: nothing long begins any more.
    pub stopping: watch::Receiver<bool>,
    pub(crate) presence: Arc<Presence>,
    pub(crate) calm: Arc<Calm>,
    pub(crate) pictures: reqwest::Client,
    pub(crate) tokens: reqwest::Client,
}

impl App {
    /// The front door of a house.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(
        services: Services,
        doors: Doors,
        stopping: watch::Receiver<bool>,
    ) -> Result<Self, reqwest::Error> {
        let pictures = vigie_respond::guarded_client(GuardedAddress::PublicOnly)?;
        let tokens = vigie_respond::guarded_client(doors.webhooks)?;
        let (presence, calm) = (Arc::default(), Arc::default());
        Ok(Self {
            store: services.store,
            intake: services.intake,
            imports: services.imports,
            erasure: services.erasure,
            mailbox_probe: services.mailbox_probe,
            bus: services.bus,
            search: services.search,
            doors: Arc::new(doors),
            stopping,
            presence,
            calm,
            pictures,
            tokens,
        })
    }

    pub(crate) async fn read(&self) -> Result<Session, Problem> {
        Ok(self.store.read().await?)
    }

    /// To read much that must fit together.
    pub(crate) async fn read_snapshot(&self) -> Result<Session, Problem> {
        Ok(self.store.read_snapshot().await?)
    }

    /// The brand's opening hours around now.
    pub(crate) fn calendar(&self, brand: &Brand) -> Calendar {
        let it = &brand.settings;
        let laid = Calendar::new(
            &it.opening_hours,
            &it.country,
            &it.timezone,
            self.store.now(),
        );
        laid.unwrap_or_else(|_| Calendar::always())
    }

    /// When an answer can honestly be expected for words written now.
    pub(crate) fn honest_delay(&self, brand: &Brand) -> At {
        let calendar = self.calendar(brand);
        calendar.after(
            self.store.now(),
            brand
                .settings
                .targets
                .complaint
                .max(brand.settings.targets.question),
        )
    }

    /// Who may try again, and when: at most `per_minute` tries a minute for this name.
    pub(crate) fn calmly(
        &self,
        what: &'static str,
        who: &str,
        per_minute: u32,
    ) -> Result<(), Problem> {
        self.calm.check(what, who, per_minute)
    }
}

/// The caller's address, when the server knows it. What a proxy says is believed only from a
/// private address, and only when the house was told that one stands in front: anybody can write
/// that header.
pub(crate) fn caller(app: &App, request: &axum::extract::Request) -> String {
    let connected = request
        .extensions()
        .get::<axum::extract::ConnectInfo<std::net::SocketAddr>>()
        .map(|it| it.0.ip());
    let private = |it: IpAddr| !vigie_respond::check_address(it, GuardedAddress::PublicOnly);
    let told = request
        .headers()
        .get_all("x-forwarded-for")
        .iter()
        .next_back();
    let told = told
        .and_then(|it| it.to_str().ok())
        .and_then(|it| it.rsplit(',').next())
        .and_then(|it| it.trim().parse().ok());
    let told = told.filter(|_| app.doors.behind_proxy && connected.is_some_and(private));
    told.or(connected)
        .map_or_else(|| "unknown".into(), |it: IpAddr| it.to_string())
}
