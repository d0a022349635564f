# Targets that people type. They need Go alone, except e2e (Chromium), test-postgres (PostgreSQL), lint and
# vuln (the network).

.DEFAULT_GOAL := help
MODULES := . deploy docs/gen e2e
# starter:begin
MODULES += bench conformance
# starter:end
# gin's msgpack codec is 6 MB of the binary, and nothing here speaks msgpack.
TAGS := nomsgpack
GOLANGCI_LINT := v2.15.0
GOVULNCHECK := v1.9.0

# Arguments of init and update, which make hands on in the environment. They come from the command
# line alone: a shell may have a NAME of its own.
MODULE :=
NAME :=
ITEM :=
VERSION :=
FROM :=

help: ## Lists the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Starts the API and a development provider, and says where to click
	@mkdir -p .dev && go build -o .dev/dev ./cmd/dev && exec .dev/dev

test: ## Runs the tests
	go test -race -tags $(TAGS) ./...
# starter:begin
	go test -C conformance ./...
# starter:end

test-postgres: ## Runs the tests of the store and of the API on the PostgreSQL server of TEST_DATABASE_URL
	@test -n "$$TEST_DATABASE_URL" || { echo "set TEST_DATABASE_URL to a PostgreSQL server: the tests make schemas there, and drop them"; exit 1; }
	go test -race -p 1 -count=1 -tags $(TAGS),postgres ./store ./handlers

check: ## Runs what must hold before the tests: format, vet, module files, licences, documents, manifests
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "these files need gofmt"; exit 1; }
	@for m in $(MODULES); do (cd $$m && go vet ./... && go mod verify >/dev/null && go mod tidy -diff) || exit 1; done
	go run -C docs/gen . -root ../.. -out ../openapi.json -check
	go test -C docs/gen ./...
	@.ci/licenses >/dev/null
	go test -C deploy ./...
# starter:begin
	go test -C bench ./...
# starter:end

lint: ## Runs golangci-lint, with the reasons in .golangci.yml; the first time builds it
	go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT) run

vuln: ## Asks the Go vulnerability database about what the API calls; needs the network
	go run golang.org/x/vuln/cmd/govulncheck@$(GOVULNCHECK) -tags $(TAGS) ./...

docs: ## Writes docs/openapi.json anew from the comments of the handlers
	go run -C docs/gen . -root ../.. -out ../openapi.json

build: ## Builds the API into .dev/gatehouse, as it would be deployed
	CGO_ENABLED=0 go build -tags $(TAGS) -trimpath -ldflags '-s -w' -o .dev/gatehouse .

e2e: ## Drives the whole story in a headless Chromium
	DATABASE_URL=memory: go test -C e2e -count=1 ./...

# starter:begin
bench: ## Measures verification beside its peers, and the API on its databases, and writes docs/BENCHMARKS.md
	go run -C bench . -write
.PHONY: bench
# starter:end

fuzz: ## Gives every fuzz target a minute
	@for t in FuzzCredentials FuzzToken FuzzKeySet FuzzExplain; do \
		go test ./auth -run '^$$' -fuzz "^$$t$$" -fuzztime 1m -fuzzminimizetime 5s || exit 1; done
# starter:begin
	go test -C conformance -run '^$$' -fuzz FuzzVerify -fuzztime 1m -fuzzminimizetime 5s .
# starter:end

init: ## Makes a clone your own: make init MODULE=github.com/acme/orders NAME="Orders" ITEM=order
	@go run ./cmd/init

update: ## Merges a later version of the starter: make update VERSION=v1.2.0
	@go run ./cmd/init update

.PHONY: help run test test-postgres check lint vuln docs build e2e fuzz init update
