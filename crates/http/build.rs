//! Builds again when the UI was built again. Without a built UI an empty folder stands in its
//! place, so that neither `cargo build` nor `cargo test` ever needs Node.

fn main() {
    let dist = std::path::Path::new("../../web/dist");
    if let Err(error) = std::fs::create_dir_all(dist) {
        println!(
            "cargo::warning=web/dist cannot be made ({error}): the page that says how to build the \
                UI is served"
        );
    }
    println!("cargo::rerun-if-changed=../../web/dist");
}
