//! Names are the field's: no metaphor where a term exists, no `it` in a long closure.

use syn::{
    Expr, ExprClosure, Ident, Pat,
    visit::{self, Visit},
};

use crate::sources::sources;

/// Words that stood in the code before the field's did.
const METAPHORS: [&str; 11] = [
    "House", "Door", "Doors", "Asked", "Shown", "Calm", "Teller", "Errand", "Voice", "Coming",
    "fallen",
];

#[test]
fn code_speaks_the_words_of_the_field() {
    let mut wrong = Vec::new();
    for source in sources(&["rs"]) {
        let mut names = Names::default();
        names.visit_file(&syn::parse_file(&source.text).unwrap());
        let found = names.found.iter();
        wrong.extend(found.map(|(line, name)| format!("{}:{line} {name}", source.path)));
    }
    assert!(wrong.is_empty(), "name it by the field's word: {wrong:#?}");
}

#[derive(Default)]
struct Names {
    found: Vec<(usize, String)>,
}

impl Names {
    fn add(&mut self, name: &Ident) {
        self.found
            .push((name.span().start().line, name.to_string()));
    }
}

impl<'ast> Visit<'ast> for Names {
    fn visit_ident(&mut self, name: &'ast Ident) {
        if METAPHORS.iter().any(|metaphor| name == metaphor) {
            self.add(name);
        }
    }

    /// `it` stands for what is said in the same breath: in a closure of one expression.
    fn visit_expr_closure(&mut self, closure: &'ast ExprClosure) {
        let it = closure.inputs.iter().find_map(called_it);
        if let (Some(it), Expr::Block(_)) = (it, &*closure.body) {
            self.add(it);
        }
        visit::visit_expr_closure(self, closure);
    }
}

/// The name of a parameter that is called `it`.
fn called_it(parameter: &Pat) -> Option<&Ident> {
    match parameter {
        Pat::Ident(name) => (name.ident == "it").then_some(&name.ident),
        Pat::Reference(reference) => called_it(&reference.pat),
        Pat::Type(typed) => called_it(&typed.pat),
        _ => None,
    }
}
