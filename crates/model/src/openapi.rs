//! Schemas of the closed vocabularies: a text that is one of the codes. The derive macro cannot
//! read codes that come from a macro of ours.

/// Implements the schema of a vocabulary from its list of values.
macro_rules! code_schema {
    ($name:ident, $all:expr) => {
        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some($all.iter().map(|value| value.code())))
                    .into()
            }
        }
    };
}
pub(crate) use code_schema;
