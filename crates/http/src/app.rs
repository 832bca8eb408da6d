//! The state shared by all handlers.

use std::{
    net::{IpAddr, Ipv6Addr},
    sync::Arc,
};

use tokio::sync::watch;
use vigie_bus::Bus;
use vigie_connect::{Connectors, Host};
use vigie_listen::{Erasure, ImportDesk, Intake};
use vigie_model::At;
use vigie_respond::{AddressPolicy, Replies, Translator};
use vigie_search::Search;
use vigie_store::{Brand, Session, Store};
use vigie_triage::Calendar;

use crate::{
    Problem, presence::Presence, rate_limits::RateLimits, safe_html::SafeHtmlCache,
    sign_in_guard::SignInGuard, tasks::TaskStatus, upload_places::UploadPlaces,
};

/// The HTTP settings of this instance.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// Cookies are sent only over HTTPS; off only when listening in plain HTTP on a private
    /// address.
    pub secure_cookies: bool,
    /// The public address, for links; without a trailing slash.
    pub public_address: String,
    /// Whether webhooks may reach this machine.
    pub webhooks: AddressPolicy,
    /// Whether a proxy on a private address reports the caller.
    pub behind_proxy: bool,
    /// The service that translates customers' messages, if any.
    pub translator: Option<Translator>,
    /// After how many days without use a session ends.
    pub session_idle_days: i64,
    /// Where somebody who found a fault writes to: `mailto:…` or `https://…`.
    pub security_contact: Option<String>,
}

/// The services the HTTP layer is built on.
pub struct Services {
    /// The database and the attachments.
    pub store: Store,
    /// Takes messages in.
    pub intake: Arc<dyn Intake>,
    /// Imports historical data, and undoes imports.
    pub imports: Arc<dyn ImportDesk>,
    /// Erases people everywhere.
    pub erasure: Arc<dyn Erasure>,
    /// The kinds of sources there are.
    pub connectors: Connectors,
    /// What connectors are given to work with.
    pub host: Host,
    /// How the background tasks go.
    pub tasks: Arc<dyn TaskStatus>,
    /// Nudges after each commit.
    pub bus: Bus,
    /// The search index.
    pub search: Search,
}

/// Shared by all handlers.
#[derive(Clone)]
pub struct AppState {
    pub store: Store,
    /// Takes messages in.
    pub intake: Arc<dyn Intake>,
    /// Imports historical data, and undoes imports.
    pub imports: Arc<dyn ImportDesk>,
    /// Erases people everywhere.
    pub erasure: Arc<dyn Erasure>,
    /// The kinds of sources there are.
    pub connectors: Connectors,
    /// What connectors are given to work with.
    pub host: Host,
    /// How the background tasks go.
    pub tasks: Arc<dyn TaskStatus>,
    pub bus: Bus,
    pub search: Search,
    /// The HTTP settings.
    pub config: Arc<HttpConfig>,
    /// True once a shutdown was requested: nothing long may start.
    pub stopping: watch::Receiver<bool>,
    pub(crate) replies: Replies,
    pub(crate) presence: Arc<Presence>,
    pub(crate) rate_limits: Arc<RateLimits>,
    pub(crate) pictures: reqwest::Client,
    pub(crate) safe_html: Arc<SafeHtmlCache>,
    pub(crate) sign_in_guard: Arc<SignInGuard>,
    pub(crate) upload_places: Arc<UploadPlaces>,
}

impl AppState {
    /// The HTTP application of an instance.
    pub fn new(
        services: Services,
        config: HttpConfig,
        stopping: watch::Receiver<bool>,
    ) -> Result<Self, reqwest::Error> {
        let pictures = vigie_respond::guarded_client(AddressPolicy::PublicOnly)?;
        let (presence, rate_limits) = (Arc::default(), Arc::default());
        Ok(Self {
            replies: services.connectors.replies(),
            store: services.store,
            intake: services.intake,
            imports: services.imports,
            erasure: services.erasure,
            connectors: services.connectors,
            host: services.host,
            tasks: services.tasks,
            bus: services.bus,
            search: services.search,
            config: Arc::new(config),
            stopping,
            presence,
            rate_limits,
            pictures,
            safe_html: Arc::default(),
            sign_in_guard: Arc::default(),
            upload_places: Arc::default(),
        })
    }

    pub(crate) async fn read(&self) -> Result<Session, Problem> {
        Ok(self.store.read().await?)
    }

    /// A session that was not used since has ended.
    pub(crate) fn sessions_used_since(&self) -> At {
        self.store.now().plus_days(-self.config.session_idle_days)
    }

    /// A connection for reading much that must be consistent.
    pub(crate) async fn read_snapshot(&self) -> Result<Session, Problem> {
        Ok(self.store.read_snapshot().await?)
    }

    /// The brand's opening hours around now. They were checked when they were set; if they are
    /// unreadable all the same, open is the side on which nobody waits.
    pub(crate) fn calendar(&self, brand: &Brand) -> Calendar {
        let it = &brand.settings;
        let laid = Calendar::new(
            &it.opening_hours,
            &it.country,
            &it.timezone,
            self.store.now(),
        );
        laid.unwrap_or_else(|error| {
            tracing::error!(brand = %brand.id, %error, "opening hours cannot be read");
            Calendar::always()
        })
    }

    /// When an answer to a message written now can honestly be expected.
    pub(crate) fn expected_reply_at(&self, brand: &Brand) -> At {
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

    /// Lets `who` through, or returns when to try again: at most `per_minute` attempts.
    pub(crate) fn check_rate_limit(
        &self,
        what: &'static str,
        who: &str,
        per_minute: u32,
    ) -> Result<(), Problem> {
        self.rate_limits.check(what, who, per_minute)
    }
}

/// The network one caller holds: an IPv4 address, or the first 64 bits of an IPv6 one.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let mask = u128::MAX << 64;
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & mask))
        }
        address => address,
    }
}

/// The caller's network, if the server knows it. A proxy's header is trusted only from a
/// private address, and only when the configuration says that a proxy is in front: anybody can
/// write that header.
pub(crate) fn client_address(app: &AppState, request: &axum::extract::Request) -> String {
    let connected = request
        .extensions()
        .get::<axum::extract::ConnectInfo<std::net::SocketAddr>>()
        .map(|it| it.0.ip());
    let private = |it: IpAddr| !vigie_respond::check_address(it, AddressPolicy::PublicOnly);
    let forwarded = request
        .headers()
        .get_all("x-forwarded-for")
        .iter()
        .next_back();
    let forwarded = forwarded
        .and_then(|it| it.to_str().ok())
        .and_then(|it| it.rsplit(',').next())
        .and_then(|it| it.trim().parse().ok());
    let forwarded = forwarded.filter(|_| app.config.behind_proxy && connected.is_some_and(private));
    forwarded
        .or(connected)
        .map_or_else(|| "unknown".into(), |it: IpAddr| network(it).to_string())
}
