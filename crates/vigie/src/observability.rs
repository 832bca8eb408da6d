//! Observability: metrics for Prometheus, traces by OTLP. Both contain routes, codes and
//! counts, never text, names or paths.

use std::{net::SocketAddr, sync::OnceLock, time::Duration};

use anyhow::Context as _;
use axum::{Router, extract::State, routing::get};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use tokio::{net::TcpListener, sync::watch};
use tracing_subscriber::{
    EnvFilter, Layer as _, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use vigie_demo::process;

use crate::Instance;

/// Histogram bounds for durations, in seconds.
const SECONDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];
/// Histogram bounds for the delay between writing and storage, in seconds: some sources are
/// read every few minutes.
const ARRIVAL: [f64; 10] = [
    1.0, 2.5, 5.0, 15.0, 30.0, 60.0, 300.0, 900.0, 3_600.0, 86_400.0,
];

/// How often recorded durations are sorted into their buckets.
const UPKEEP: Duration = Duration::from_secs(5);

/// The trace exporter; the last traces are sent when it is dropped.
pub struct TracingGuard(Option<SdkTracerProvider>);

impl Drop for TracingGuard {
    fn drop(&mut self) {
        if let Some(Err(error)) = self.0.take().map(|it| it.shutdown()) {
            tracing::debug!(%error, "the last traces did not leave");
        }
    }
}

/// Starts logging to standard error, filtered by `VIGIE_LOG`, and exporting traces to a
/// collector if its address is given. Fails when the address is invalid.
pub fn begin(traces: Option<&str>) -> anyhow::Result<TracingGuard> {
    let filter = EnvFilter::try_from_env("VIGIE_LOG").unwrap_or_else(|_| "warn".into());
    let logs = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_filter(filter);
    let provider = traces.map(provider).transpose()?;
    // Only the application's own spans: those of libraries could contain addresses and
    // statements.
    let own = tracing_subscriber::filter::filter_fn(|metadata| {
        metadata.is_span() && metadata.target().starts_with("vigie")
    });
    let sent = provider.as_ref().map(|provider| {
        tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("vigie"))
            .with_filter(own)
    });
    // It may be set already: tests open several instances in one process.
    drop(
        tracing_subscriber::registry()
            .with(logs)
            .with(sent)
            .try_init(),
    );
    Ok(TracingGuard(provider))
}

fn provider(address: &str) -> anyhow::Result<SdkTracerProvider> {
    let endpoint = format!("{}/v1/traces", address.trim_end_matches('/'));
    let exporter = SpanExporter::builder()
        .with_http()
        .with_endpoint(endpoint)
        .build();
    let exporter = exporter.with_context(|| format!("traces cannot be sent to {address}"))?;
    let resource = Resource::builder().with_service_name("vigie").build();
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(resource)
        .build())
}

/// The metrics of this process: one set, however many instances it opens.
fn measures() -> anyhow::Result<&'static PrometheusHandle> {
    static MEASURES: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = MEASURES.get() {
        return Ok(handle);
    }
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS)?
        .set_buckets_for_metric(Matcher::Full("vigie_arrival_seconds".into()), &ARRIVAL)?
        .install_recorder()?;
    describe();
    Ok(MEASURES.get_or_init(|| handle))
}

fn describe() {
    use metrics::{
        describe_counter as counter, describe_gauge as gauge, describe_histogram as histogram,
    };
    counter!(
        "vigie_http_requests_total",
        "Requests answered, by route, method and status"
    );
    histogram!(
        "vigie_http_request_seconds",
        "Time to answer, by route and method"
    );
    counter!(
        "vigie_messages_total",
        "Messages heard, by kind of source and what became of them"
    );
    histogram!(
        "vigie_arrival_seconds",
        "From when a message was said to when it was durably heard, by kind of source"
    );
    gauge!("vigie_cases", "Cases, by state; open ones by queue too");
    gauge!("vigie_facts", "The number of the last fact of the history");
    gauge!(
        "vigie_search_behind_facts",
        "Facts the search index has not seen yet"
    );
    gauge!(
        "vigie_webhook_behind_facts",
        "Facts the program furthest behind has not been told yet"
    );
    gauge!("vigie_outbox", "Answers on their way, by state");
    gauge!(
        "vigie_database_bytes",
        "Size of the database's own file and its log; absent with PostgreSQL"
    );
    gauge!("vigie_search_bytes", "Size of the search index");
    gauge!("process_resident_memory_bytes", "Memory held");
    gauge!("process_open_fds", "Files and connections open");
}

/// Serves `/metrics` on an address of its own until shutdown.
pub async fn show_measures(
    instance: Instance,
    listen: SocketAddr,
    stopped: watch::Receiver<bool>,
) -> anyhow::Result<SocketAddr> {
    let measures = measures()?;
    let mut leaving = stopped.clone();
    tokio::spawn(async move {
        // Durations stay in memory until they are sorted into their buckets, which must happen
        // even when nobody reads the metrics.
        while tokio::time::timeout(UPKEEP, leaving.wait_for(|stop| *stop))
            .await
            .is_err()
        {
            measures.run_upkeep();
        }
    });
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot show measures on {listen}"))?;
    let address = listener.local_addr()?;
    let routes = Router::new()
        .route("/metrics", get(show))
        .with_state(instance);
    let mut leaving = stopped;
    let until = async move { drop(leaving.wait_for(|stop| *stop).await) };
    tokio::spawn(async move {
        axum::serve(listener, routes)
            .with_graceful_shutdown(until)
            .await
    });
    Ok(address)
}

async fn show(State(instance): State<Instance>) -> Result<String, axum::http::StatusCode> {
    let look = |err: anyhow::Error| {
        tracing::error!(%err, "the measures could not be taken");
        axum::http::StatusCode::INTERNAL_SERVER_ERROR
    };
    take(&instance).await.map_err(look)?;
    Ok(measures().map_err(look)?.render())
}

/// Updates the gauges computed on demand.
async fn take(instance: &Instance) -> anyhow::Result<()> {
    let set = |name: &'static str, value: f64| metrics::gauge!(name).set(value);
    let mut session = instance.store.read().await?;
    for (name, count) in session.tallies().read().await?.0 {
        match name.split_once(':') {
            Some(("state", state)) => {
                metrics::gauge!("vigie_cases", "state" => state.to_owned()).set(count as f64)
            }
            Some(("queue", queue)) => {
                metrics::gauge!("vigie_cases", "queue" => queue.to_owned()).set(count as f64)
            }
            _ => {}
        }
    }
    for (state, count) in session.outbox().counts().await? {
        metrics::gauge!("vigie_outbox", "state" => state).set(count as f64);
    }
    let last = session.facts().last().await?;
    set("vigie_facts", last as f64);
    set(
        "vigie_search_behind_facts",
        (last - instance.search.seen()?).max(0) as f64,
    );
    let told = session
        .webhooks()
        .list()
        .await?
        .into_iter()
        .filter(|it| it.paused_at.is_none())
        .map(|it| it.seen)
        .min();
    set(
        "vigie_webhook_behind_facts",
        (last - told.unwrap_or(last)) as f64,
    );
    let size = |name: &str| std::fs::metadata(instance.folder.join(name)).map_or(0, |it| it.len());
    if instance.folder.join("vigie.db").exists() {
        set(
            "vigie_database_bytes",
            (size("vigie.db") + size("vigie.db-wal")) as f64,
        );
    }
    set("vigie_search_bytes", instance.search.size() as f64);
    if let Some((_, now)) = process::memory() {
        set("process_resident_memory_bytes", now as f64);
    }
    if let Some(open) = process::open_files() {
        set("process_open_fds", open as f64);
    }
    Ok(())
}
