# The few words one needs. Each says what it does.
SHELL := /bin/bash

.PHONY: demo test dev web need fmt bench dist

demo: need-web web/dist/index.html ## An invented brand in a page: prints the address and who to sign in as
	cargo build --profile demo -p vigie
	./target/demo/vigie demo --data demo-data

test: ## Everything CI runs, from a fresh machine
	./scripts/test

dev: need-web ## The server and Vite, side by side; Ctrl-C stops both
	trap 'kill 0' INT TERM EXIT; cargo run -p vigie -- demo --data demo-data & (cd web && npx vite) & wait

web: need-web ## Builds the UI
	cd web && npm run build

web/dist/index.html: $(shell find web/src web/public web/index.html -type f 2>/dev/null) web/package-lock.json
	$(MAKE) web

need-web:
	@test -x web/node_modules/.bin/vite || (cd web && npm ci --no-audit --no-fund)

fmt: ## Formats the Rust code
	cargo fmt --all

bench: ## First figures of this machine
	cargo build --release -p vigie
	./target/release/vigie bench ingest
	./target/release/vigie bench inbox

dist: need-web ## What people install: an archive and a Debian package, into target/dist
	./scripts/dist
