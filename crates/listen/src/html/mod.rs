//! HTML that strangers write: read within bounds, and made harmless before anybody sees it.

mod bounded;
mod sanitised;

pub use bounded::{BoundedHtml, parse};
pub use sanitised::{SafeHtml, sanitise};
