# Targets that people type. Everything needs Go alone, except e2e: that needs Chromium.

.DEFAULT_GOAL := help
MODULES := . docs/gen conformance bench e2e
# gin's msgpack codec is 6 MB of the binary, and nothing here speaks msgpack.
TAGS := nomsgpack

# Arguments of init and update, which make hands on in the environment. They come from the command
# line alone: a shell may have a NAME of its own.
MODULE :=
NAME :=
VERSION :=
FROM :=

help: ## Lists the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Starts the API and a development provider, and says where to click
	@mkdir -p .dev && go build -o .dev/dev ./cmd/dev && exec .dev/dev

test: ## Runs the tests
	go test -race -tags $(TAGS) ./...
	go test -C conformance ./...

check: ## Runs what must hold before the tests: format, vet, module files, documents up to date
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "these files need gofmt"; exit 1; }
	@for m in $(MODULES); do (cd $$m && go vet ./... && go mod verify >/dev/null && go mod tidy -diff) || exit 1; done
	go run -C docs/gen . -root ../.. -out ../openapi.json -check
	go test -C docs/gen ./...
	go test -C bench ./...

docs: ## Writes docs/openapi.json anew from the comments of the handlers
	go run -C docs/gen . -root ../.. -out ../openapi.json

build: ## Builds the API into .dev/gatehouse, as it would be deployed
	CGO_ENABLED=0 go build -tags $(TAGS) -trimpath -ldflags '-s -w' -o .dev/gatehouse .

e2e: ## Drives the whole story in a headless Chromium
	go test -C e2e -count=1 ./...

bench: ## Measures verification beside its peers, and writes docs/BENCHMARKS.md
	go run -C bench . -write

fuzz: ## Gives every fuzz target a minute
	@for t in FuzzCredentials FuzzToken FuzzKeySet; do go test ./auth -run '^$$' -fuzz "^$$t$$" -fuzztime 1m || exit 1; done
	go test -C conformance -run '^$$' -fuzz FuzzVerify -fuzztime 1m .

init: ## Makes a clone your own: make init MODULE=github.com/acme/orders NAME="Orders"
	@go run ./cmd/init

update: ## Merges a later version of the starter: make update VERSION=v1.2.0
	@go run ./cmd/init update

.PHONY: help run test check docs build e2e bench fuzz init update
