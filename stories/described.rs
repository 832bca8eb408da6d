//! The API describes itself, and the description in the repository is the one the handlers give.

#[tokio::test]
async fn the_description_in_the_repository_is_fresh() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/openapi.json");
    let written = std::fs::read_to_string(folder).unwrap();
    // Clients of the server need the cryptography that other stories may not have installed yet.
    crate::test_server::client();
    let given = vigie::openapi_text().await.unwrap();
    assert!(
        written.trim() == given.trim(),
        "run `cargo run -p vigie -- openapi > web/openapi.json && (cd web && npm run api)`"
    );
}

#[tokio::test]
async fn the_demo_is_the_same_for_the_same_seed() {
    let counts = || async {
        let folder = tempfile::tempdir().unwrap();
        let hash = vigie_http::hash_password(vigie_demo::PASSWORD).unwrap();
        vigie_demo::build(folder.path(), None, 7, &hash, |_, _| {})
            .await
            .unwrap();
        let instance = vigie_demo::open(folder.path(), None).await.unwrap();
        let mut session = instance.store.read().await.unwrap();
        let row = session
            .one("SELECT COUNT(*) AS n FROM message", vec![])
            .await
            .unwrap()
            .int("n")
            .unwrap();
        let facts = session.facts().after(0, 100_000).await.unwrap();
        let open = session.tallies().read().await.unwrap().get("state:open");
        let orphaned = session
            .cases()
            .without_due_or_owner(instance.store.now())
            .await
            .unwrap();
        assert!(orphaned.is_empty(), "{orphaned:?}");
        (
            row,
            open,
            serde_json::to_string(
                &facts
                    .iter()
                    .map(|it| (it.number, it.act, it.at))
                    .collect::<Vec<_>>(),
            )
            .unwrap(),
        )
    };
    let (first, second) = (counts().await, counts().await);
    assert!(first.0 > 2_700, "{} messages", first.0);
    assert!((30..=50).contains(&first.1), "{} open cases", first.1);
    assert!(first == second, "the same seed gives the same history");
}
