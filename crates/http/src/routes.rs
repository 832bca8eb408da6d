//! Every route on one page, grouped by the right it requires.

use axum::{Router, extract::DefaultBodyLimit, middleware};
use tower_http::{catch_panic::CatchPanicLayer, trace::TraceLayer};
use utoipa::openapi::{OpenApi, extensions::ExtensionsBuilder, path::PathItem};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{AppState, Right, api, headers, live, metrics_layer, pages, session, ui};

/// The whole HTTP router.
pub fn router(app: AppState) -> Router {
    let (api, description) = described(&app).split_for_parts();
    drop(description);
    api.merge(pages::router())
        .fallback(ui::serve)
        .layer(DefaultBodyLimit::max(crate::multipart_form::LARGEST_FORM))
        .layer(middleware::from_fn(headers::add))
        .layer(CatchPanicLayer::custom(pages::on_panic))
        .layer(middleware::from_fn(metrics_layer::measure))
        // Paths contain ids and private tokens: only the method and the outcome are traced.
        .layer(TraceLayer::new_for_http().make_span_with(request_span))
        .with_state(app)
}

fn request_span(request: &axum::extract::Request) -> tracing::Span {
    let route = metrics_layer::route(request);
    tracing::debug_span!("request", method = %request.method(), route)
}

/// The API's routes with their description.
pub(crate) fn described(app: &AppState) -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(unguarded(Right::Anybody, anybody()))
        .merge(unguarded(Right::Program, programs()))
        .merge(guarded(app, Right::SignedIn, signed_in()))
        .merge(guarded(app, Right::SeeCases, see_cases()))
        .merge(guarded(app, Right::WorkCases, work_cases()))
        .merge(guarded(app, Right::SeeCustomers, see_customers()))
        .merge(guarded(app, Right::Sort, sort()))
        .merge(guarded(app, Right::Report, report()))
        .merge(guarded(app, Right::Lead, lead()))
        .merge(guarded(app, Right::Administer, administer()))
}

fn anybody() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(api::sessions::sign_in))
        .routes(routes!(api::sessions::ticket, api::sessions::use_ticket))
        .routes(routes!(api::health::live))
        .routes(routes!(api::health::ready))
}

fn programs() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(api::messages::post))
        .routes(routes!(api::orders::post))
        .routes(routes!(api::visits::post))
        .routes(routes!(api::facts::list))
}

fn signed_in() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(api::sessions::sign_out))
        .routes(routes!(api::sessions::me, api::sessions::change_me))
        .routes(routes!(api::people::list))
        .routes(routes!(api::cards::list))
        .routes(routes!(api::causes::list))
        .routes(routes!(api::today::today))
        .routes(routes!(api::search::search))
        .routes(routes!(
            api::saved_searches::list,
            api::saved_searches::make
        ))
        .routes(routes!(
            api::saved_searches::change,
            api::saved_searches::remove
        ))
        .routes(routes!(api::tags::list))
        .routes(routes!(api::teams::list))
        .routes(routes!(api::brands::list))
        .routes(routes!(live::live))
}

fn see_cases() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(api::inbox::list))
        .routes(routes!(api::inbox::counts))
        .routes(routes!(api::inbox::rows))
        .routes(routes!(api::saved_views::list, api::saved_views::make))
        .routes(routes!(api::saved_views::change, api::saved_views::remove))
        .routes(routes!(api::cases::read))
        .routes(routes!(api::translation::translate))
        .routes(routes!(api::case_actions::update_presence))
        .routes(routes!(api::files::attachment))
        .routes(routes!(api::files::picture))
}

fn work_cases() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(api::bulk::act))
        .routes(routes!(api::bulk::undo))
        .routes(routes!(
            api::read_state::mark_read,
            api::read_state::mark_unread
        ))
        .routes(routes!(
            api::case_actions::assign,
            api::case_actions::unassign
        ))
        .routes(routes!(api::case_actions::snooze, api::case_actions::wake))
        .routes(routes!(api::case_actions::wait, api::case_actions::resume))
        .routes(routes!(api::case_actions::step))
        .routes(routes!(api::case_actions::close, api::case_actions::reopen))
        .routes(routes!(
            api::case_actions::name_cause,
            api::case_actions::clear_cause
        ))
        .routes(routes!(api::tags::put, api::tags::take))
        .routes(routes!(api::teams::assign_team, api::teams::unassign_team))
        .routes(routes!(api::case_actions::note))
        .routes(routes!(api::case_actions::draft))
        .routes(routes!(api::case_actions::promise))
        .routes(routes!(
            api::case_actions::set_promise_outcome,
            api::case_actions::clear_promise_outcome
        ))
        .routes(routes!(api::colleagues::suggested))
        .routes(routes!(api::questions::ask))
        .routes(routes!(api::questions::revoke))
        .routes(routes!(api::answers::send))
        .routes(routes!(api::answers::recall))
        .routes(routes!(api::answers::remarks))
        .routes(routes!(api::answers::record_external_answer))
}

fn see_customers() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(api::customers::list))
        .routes(routes!(api::customers::read))
        .routes(routes!(api::colleagues::list))
        .routes(routes!(api::causes::cases))
        .routes(routes!(api::first_contact::first_contact))
        .routes(routes!(api::friday::friday))
        .routes(routes!(api::ingest_delay::ingest_delay))
        .routes(routes!(api::imports::read))
        .routes(routes!(api::import_insights::import_insights))
}

fn sort() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(api::customers::join))
        .routes(routes!(api::customers::separate))
        .routes(routes!(api::customers::place))
        .routes(routes!(api::customers::share))
        .routes(routes!(api::moves::split))
        .routes(routes!(api::moves::join))
        .routes(routes!(api::moves::undo))
        .routes(routes!(
            api::corrections::correct,
            api::corrections::restore
        ))
        .routes(routes!(api::tags::make))
        .routes(routes!(api::rules::list))
        .routes(routes!(api::rules::settle))
        .routes(routes!(api::rule_trial::try_out))
        .routes(routes!(api::preferences::note))
}

fn report() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(api::reports::report, api::reports::mine))
        .routes(routes!(api::reports::seen))
}

fn lead() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(api::colleagues::import))
        .routes(routes!(api::cards::make))
        .routes(routes!(api::cards::change, api::cards::archive))
        .routes(routes!(api::cards::restore))
        .routes(routes!(api::causes::make))
        .routes(routes!(api::causes::change))
        .routes(routes!(api::tags::change))
        .routes(routes!(api::teams::make))
        .routes(routes!(api::teams::change))
        .routes(routes!(api::rules::make, api::rules::order))
        .routes(routes!(api::rules::change, api::rules::remove))
        .routes(routes!(api::rules::restore))
        .routes(routes!(api::refused_items::list))
        .routes(routes!(api::refused_items::replay))
        .routes(routes!(api::outbox::list))
        .routes(routes!(api::outbox::replay))
        .routes(routes!(api::outbox::decide))
}

fn administer() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(api::invitations::invite))
        .routes(routes!(api::invitations::list))
        .routes(routes!(api::invitations::revoke))
        .routes(routes!(api::people::change))
        .routes(routes!(api::people::reset))
        .routes(routes!(api::connectors::list))
        .routes(routes!(api::tasks::list))
        .routes(routes!(api::sources::list, api::sources::make))
        .routes(routes!(api::sources::change))
        .routes(routes!(api::sources::test))
        .routes(routes!(api::keys::list, api::keys::make))
        .routes(routes!(api::keys::revoke))
        .routes(routes!(api::webhooks::list, api::webhooks::make))
        .routes(routes!(api::webhooks::change, api::webhooks::remove))
        .routes(routes!(api::webhooks::replay))
        .routes(routes!(api::retention::show))
        .routes(routes!(api::retention::purge_expired))
        .routes(routes!(api::retention::erase))
        .routes(routes!(api::person_copy::copy))
        .routes(routes!(api::brands::change))
        .routes(routes!(api::imports::upload))
        .routes(routes!(api::imports::preview))
        .routes(routes!(api::imports::list, api::imports::begin))
        .routes(routes!(api::imports::undo))
        .routes(routes!(api::imports::refused_items))
        .routes(routes!(api::imports::unanswered))
        .routes(routes!(api::imports::reopen))
}

/// Routes that check access themselves, or need none.
fn unguarded(right: Right, mut routes: OpenApiRouter<AppState>) -> OpenApiRouter<AppState> {
    classify(routes.get_openapi_mut(), right);
    routes
}

/// Routes behind the guard.
fn guarded(
    app: &AppState,
    right: Right,
    routes: OpenApiRouter<AppState>,
) -> OpenApiRouter<AppState> {
    unguarded(right, routes).route_layer(middleware::from_fn_with_state(
        (app.clone(), right),
        session::guard,
    ))
}

/// Writes the right into the description of each operation: a test walks them all.
fn classify(description: &mut OpenApi, right: Right) {
    for (path, item) in &mut description.paths.paths {
        let PathItem {
            get,
            put,
            post,
            delete,
            patch,
            ..
        } = item;
        let named = [
            ("get", get),
            ("put", put),
            ("post", post),
            ("delete", delete),
            ("patch", patch),
        ];
        for (method, operation) in named
            .into_iter()
            .filter_map(|(method, it)| it.as_mut().map(|it| (method, it)))
        {
            // Handlers of different nouns share names: method and path identify an operation.
            let words = path
                .trim_start_matches("/api/v1")
                .replace(['/', '-'], "_")
                .replace(['{', '}'], "");
            operation.operation_id = Some(format!("{method}{words}"));
            operation.extensions = Some(
                ExtensionsBuilder::new()
                    .add("x-vigie-right", right.code())
                    .build(),
            );
        }
    }
}
