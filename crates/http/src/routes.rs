//! Every route on one page, grouped by the right it requires.

use std::time::Duration;

use axum::{Router, extract::DefaultBodyLimit, middleware};
use tower_http::{
    catch_panic::CatchPanicLayer, timeout::RequestBodyTimeoutLayer, trace::TraceLayer,
};
use utoipa::openapi::{OpenApi, extensions::ExtensionsBuilder, path::PathItem};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{AppState, Right, api, headers, live, metrics_layer, pages, session, ui, upload_limit};

/// The whole HTTP router.
pub fn router(app: AppState) -> Router {
    let (api, description) = described(&app).split_for_parts();
    drop(description);
    api.merge(pages::router())
        .fallback(ui::serve)
        .layer(DefaultBodyLimit::max(crate::multipart_form::LARGEST_FORM))
        .layer(RequestBodyTimeoutLayer::new(BODY_PATIENCE))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            upload_limit::limit,
        ))
        .layer(middleware::from_fn_with_state(app.clone(), headers::add))
        .layer(CatchPanicLayer::custom(pages::on_panic))
        .layer(middleware::from_fn(metrics_layer::measure))
        // Paths contain ids and private tokens: only the method and the outcome are traced.
        .layer(TraceLayer::new_for_http().make_span_with(request_span))
        .with_state(app)
}

/// How long a sender may send nothing in the middle of a body.
const BODY_PATIENCE: Duration = Duration::from_secs(20);

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
        .routes(routes!(api::people::sessions::sign_in))
        .routes(routes!(
            api::people::tickets::ticket,
            api::people::tickets::use_ticket
        ))
        .routes(routes!(api::measures::health::live))
        .routes(routes!(api::measures::health::ready))
}

fn programs() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(api::messages::message::post))
        .routes(routes!(api::customers::orders::post))
        .routes(routes!(api::customers::visits::post))
        .routes(routes!(api::measures::facts::list))
}

fn signed_in() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(api::people::sessions::sign_out))
        .routes(routes!(
            api::people::sessions::me,
            api::people::sessions::change_me
        ))
        .routes(routes!(
            api::people::own_account::sessions,
            api::people::own_account::end_others
        ))
        .routes(routes!(api::people::own_account::change_password))
        .routes(routes!(api::people::person::list))
        .routes(routes!(api::outgoing::cards::list))
        .routes(routes!(api::cases::causes::list))
        .routes(routes!(api::measures::today::today))
        .routes(routes!(api::searching::search::search))
        .routes(routes!(
            api::searching::saved_searches::list,
            api::searching::saved_searches::make
        ))
        .routes(routes!(
            api::searching::saved_searches::change,
            api::searching::saved_searches::remove
        ))
        .routes(routes!(api::cases::tags::list))
        .routes(routes!(api::cases::teams::list))
        .routes(routes!(api::settings::brands::list))
        .routes(routes!(live::live))
}

fn see_cases() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(api::cases::inbox::list))
        .routes(routes!(api::cases::inbox::counts))
        .routes(routes!(api::cases::inbox::rows))
        .routes(routes!(
            api::cases::saved_views::list,
            api::cases::saved_views::make
        ))
        .routes(routes!(
            api::cases::saved_views::change,
            api::cases::saved_views::remove
        ))
        .routes(routes!(api::cases::case::read))
        .routes(routes!(api::cases::translation::translate))
        .routes(routes!(api::cases::actions::update_presence))
        .routes(routes!(api::messages::files::attachment))
        .routes(routes!(api::messages::files::picture))
}

fn work_cases() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(api::cases::bulk::act))
        .routes(routes!(api::cases::bulk::undo))
        .routes(routes!(
            api::cases::read_state::mark_read,
            api::cases::read_state::mark_unread
        ))
        .routes(routes!(
            api::cases::actions::assign,
            api::cases::actions::unassign
        ))
        .routes(routes!(
            api::cases::actions::snooze,
            api::cases::actions::wake
        ))
        .routes(routes!(
            api::cases::actions::wait,
            api::cases::actions::resume
        ))
        .routes(routes!(api::cases::actions::step))
        .routes(routes!(
            api::cases::actions::close,
            api::cases::actions::reopen
        ))
        .routes(routes!(
            api::cases::actions::name_cause,
            api::cases::actions::clear_cause
        ))
        .routes(routes!(api::cases::tags::put, api::cases::tags::take))
        .routes(routes!(
            api::cases::teams::assign_team,
            api::cases::teams::unassign_team
        ))
        .routes(routes!(api::cases::actions::note))
        .routes(routes!(api::cases::actions::draft))
        .routes(routes!(api::cases::actions::promise))
        .routes(routes!(
            api::cases::actions::set_promise_outcome,
            api::cases::actions::clear_promise_outcome
        ))
        .routes(routes!(api::people::colleagues::suggested))
        .routes(routes!(api::cases::questions::ask))
        .routes(routes!(api::cases::questions::revoke))
        .routes(routes!(api::outgoing::answers::send))
        .routes(routes!(api::outgoing::answers::recall))
        .routes(routes!(api::outgoing::answers::remarks))
        .routes(routes!(api::outgoing::answers::record_external_answer))
}

fn see_customers() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(api::customers::customer::list))
        .routes(routes!(api::customers::customer::read))
        .routes(routes!(api::people::colleagues::list))
        .routes(routes!(api::cases::causes::cases))
        .routes(routes!(api::measures::first_contact::first_contact))
        .routes(routes!(api::measures::friday::friday))
        .routes(routes!(api::measures::ingest_delay::ingest_delay))
        .routes(routes!(api::past::imports::read))
        .routes(routes!(api::past::insights::import_insights))
}

fn sort() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(api::customers::identity::join))
        .routes(routes!(api::customers::identity::separate))
        .routes(routes!(api::customers::identity::place))
        .routes(routes!(
            api::customers::identity::confirm,
            api::customers::identity::withdraw_confirmation
        ))
        .routes(routes!(api::customers::identity::check_address))
        .routes(routes!(api::customers::identity::close_private_links))
        .routes(routes!(api::customers::identity::share))
        .routes(routes!(api::cases::moves::split))
        .routes(routes!(api::cases::moves::join))
        .routes(routes!(api::cases::moves::undo))
        .routes(routes!(
            api::cases::corrections::correct,
            api::cases::corrections::restore
        ))
        .routes(routes!(api::cases::tags::make))
        .routes(routes!(api::cases::rules::list))
        .routes(routes!(api::cases::rules::settle))
        .routes(routes!(api::cases::rule_trial::try_out))
        .routes(routes!(api::customers::preferences::note))
}

fn report() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(
            api::messages::reports::report,
            api::messages::reports::mine
        ))
        .routes(routes!(api::messages::reports::seen))
}

fn lead() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(api::people::colleagues::import))
        .routes(routes!(api::outgoing::cards::make))
        .routes(routes!(
            api::outgoing::cards::change,
            api::outgoing::cards::archive
        ))
        .routes(routes!(api::outgoing::cards::restore))
        .routes(routes!(api::cases::causes::make))
        .routes(routes!(api::cases::causes::change))
        .routes(routes!(api::cases::tags::change))
        .routes(routes!(api::cases::teams::make))
        .routes(routes!(api::cases::teams::change))
        .routes(routes!(api::cases::rules::make, api::cases::rules::order))
        .routes(routes!(
            api::cases::rules::change,
            api::cases::rules::remove
        ))
        .routes(routes!(api::cases::rules::restore))
        .routes(routes!(api::settings::refused_items::list))
        .routes(routes!(api::settings::refused_items::replay))
        .routes(routes!(api::outgoing::outbox::list))
        .routes(routes!(api::outgoing::outbox::replay))
        .routes(routes!(api::outgoing::outbox::decide))
}

fn administer() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(api::people::invitations::invite))
        .routes(routes!(api::people::invitations::list))
        .routes(routes!(api::people::invitations::revoke))
        .routes(routes!(api::people::person::change))
        .routes(routes!(api::people::person::reset))
        .routes(routes!(api::settings::connectors::list))
        .routes(routes!(api::settings::connectors::suggest))
        .routes(routes!(api::measures::tasks::list))
        .routes(routes!(
            api::settings::sources::list,
            api::settings::sources::make
        ))
        .routes(routes!(api::settings::sources::change))
        .routes(routes!(api::settings::sources::test))
        .routes(routes!(api::settings::source_secrets::replace_secret))
        .routes(routes!(
            api::settings::keys::list,
            api::settings::keys::make
        ))
        .routes(routes!(api::settings::keys::revoke))
        .routes(routes!(
            api::outgoing::webhooks::list,
            api::outgoing::webhooks::make
        ))
        .routes(routes!(
            api::outgoing::webhooks::change,
            api::outgoing::webhooks::remove
        ))
        .routes(routes!(api::outgoing::webhooks::replay))
        .routes(routes!(api::erasure::retention::show))
        .routes(routes!(api::erasure::retention::purge_expired))
        .routes(routes!(api::erasure::retention::erase))
        .routes(routes!(api::customers::person_copy::copy))
        .routes(routes!(api::settings::brands::change))
        .routes(routes!(api::past::imports::upload))
        .routes(routes!(api::past::imports::preview))
        .routes(routes!(api::past::imports::list, api::past::imports::begin))
        .routes(routes!(api::past::imports::undo))
        .routes(routes!(api::past::imports::refused_items))
        .routes(routes!(api::past::imports::unanswered))
        .routes(routes!(api::past::imports::reopen))
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
