//! The HTTP layer: routes, roles, sessions, the API and its description, the live stream, the
//! customers' pages and the embedded UI. It calls the domain crates and knows none of their
//! rules; it does not know the application that builds it.

mod api;
mod app;
mod body;
mod headers;
mod live;
mod metrics_layer;
mod multipart_form;
mod openapi;
mod pages;
mod passwords;
mod presence;
mod problem;
mod query;
mod rate_limits;
mod rights;
mod routes;
mod safe_html;
mod session;
mod sign_in_guard;
mod tasks;
mod ui;
mod upload_limit;
mod upload_places;

pub use app::{AppState, HttpConfig, Services, network};
pub use openapi::description;
pub use pages::person_copy;
pub use passwords::{check_strength, hash as hash_password, hash_token};
pub use problem::Problem;
pub use rights::{Right, allows};
pub use routes::router;
pub use tasks::{TaskRun, TaskStatus};

/// A response of the API.
pub type ApiResult<T> = Result<axum::Json<T>, Problem>;
