//! The API describes itself: OpenAPI 3.1 from the handlers, snapshot-tested.

use utoipa::openapi::{InfoBuilder, OpenApi};

use crate::{AppState, routes};

/// The description of the whole API.
pub fn description(app: &AppState) -> OpenApi {
    let mut description = routes::described(app).into_openapi();
    description.info = InfoBuilder::new()
        .title("Vigie")
        .version("1")
        .description(Some(
            "People sign in and send a cookie with the header x-vigie-csrf; programs send \
                Authorization: Bearer and a key. \
             Each operation tells the right it asks in x-vigie-right. Errors are \
             application/problem+json with a stable type.",
        ))
        .build();
    description
}
