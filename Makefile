# Go alone is enough, except for e2e (see test/e2e/doc.go), test-proxies (nginx, haproxy), test-postgres (PostgreSQL),
# test-oauth2-proxy, lint and vuln (the network).

.DEFAULT_GOAL := help
MODULES := . deploy docs/gen test/e2e
# starter:begin
MODULES += test/bench test/conformance test/providers
# starter:end
# Systems that people develop on: check compiles for each, tests run on this one.
OTHERS := windows
# gin's msgpack codec adds 6 MB to the binary, and the API does not use it.
TAGS := nomsgpack
# The race detector needs a C compiler, which tests run without where there is none.
RACE = $(shell go build -race runtime/cgo 2>/dev/null && echo -race)
GOLANGCI_LINT := v2.15.0
GOVULNCHECK := v1.9.0
OAUTH2_PROXY := v7.15.6

help: ## Lists the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Starts the API and a development provider, and prints where to click
	@mkdir -p .dev && go build -o .dev/dev ./cmd/dev && exec .dev/dev

reset: ## Deletes the development database of make run, which must be stopped
	rm -f .dev/*.db*

test: ## Runs the tests, with the race detector where there is a C compiler
	@test -n "$(RACE)" || echo "Without the race detector: it needs a C compiler (gcc or clang), and this system has none."
	go test $(RACE) -tags $(TAGS) ./...
# starter:begin
	go test -C test/conformance ./...
# starter:end

# part:postgres:begin
test-postgres: ## Runs the tests of store, handlers and cli on the PostgreSQL server of TEST_DATABASE_URL
	@test -n "$$TEST_DATABASE_URL" || { echo "set TEST_DATABASE_URL to a PostgreSQL server: the tests create schemas there, and drop them"; exit 1; }
	go test $(RACE) -count=1 -tags $(TAGS),postgres ./store
	go test -p 1 -count=1 -tags $(TAGS),postgres ./handlers ./cli # make test runs them with the race detector
.PHONY: test-postgres
# part:postgres:end

test-proxies: ## Runs the tests that have a real nginx and haproxy in front of the API
	go test -count=1 -tags $(TAGS),proxies -run Proxy ./server

test-oauth2-proxy: ## Runs the test that has a real oauth2-proxy in front of the API; the first run builds it
	GOBIN=$(CURDIR)/.dev go install github.com/oauth2-proxy/oauth2-proxy/v7@$(OAUTH2_PROXY)
	PATH="$(CURDIR)/.dev:$$PATH" go test -count=1 -tags $(TAGS),oauth2proxy -run OAuth2Proxy ./handlers

check: ## Checks format, vet, builds for other systems, module files, licences, the OpenAPI document and the files of deploy
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "these files need gofmt"; exit 1; }
	@for m in $(MODULES); do (cd $$m && go vet -tags $(TAGS) ./... && go mod verify >/dev/null && go mod tidy -diff) || exit 1; done
	go vet -tags $(TAGS),postgres,proxies,oauth2proxy ./cli ./handlers ./server ./store
	@for os in $(OTHERS); do GOOS=$$os go build -tags $(TAGS) ./... && GOOS=$$os go vet -tags $(TAGS) ./... || exit 1; done
	go run -C docs/gen . -root ../.. -out ../openapi.json -check
	go test -C docs/gen ./...
	@.ci/licenses >/dev/null
	go test -C deploy ./...
# starter:begin
	go test -C test/bench ./...
# starter:end

lint: ## Runs golangci-lint as .golangci.yml configures it; the first run builds it
	go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT) run

vuln: ## Looks for known vulnerabilities in what the API calls; needs the network
	go run golang.org/x/vuln/cmd/govulncheck@$(GOVULNCHECK) -tags $(TAGS) ./...

docs: ## Generates docs/openapi.json from the comments of the handlers
	go run -C docs/gen . -root ../.. -out ../openapi.json

build: ## Builds the API for production into .dev/gatehouse
	CGO_ENABLED=0 go build -tags $(TAGS) -trimpath -ldflags '-s -w' -o .dev/gatehouse .

e2e: ## Tests the whole story in a headless Chromium
	DATABASE_URL=memory: go test -C test/e2e -count=1 ./... # part:sqlite
	# without:sqlite go test -C test/e2e -count=1 ./...

# starter:begin
test-providers: ## Runs the API with Keycloak, Spring Authorization Server, oidc-provider and glewlwyd; needs the network
	.ci/providers
.PHONY: test-providers

bench: ## Measures verification beside other libraries and the API on its databases; writes docs/BENCHMARKS.md
	go run -C test/bench . -write

bench-quick: ## Compares allocations and ratios with the stored ones (test/bench/ratios.json), in about a minute
	go test -count=1 -tags $(TAGS) -run Allocate ./auth ./handlers ./store
	go run -C test/bench . -check -rounds 6
.PHONY: bench bench-quick
# starter:end

fuzz: ## Runs every fuzz target for a minute
	@for t in FuzzCredentials FuzzToken FuzzKeySet FuzzExplain; do \
		go test ./auth -run '^$$' -fuzz "^$$t$$" -fuzztime 1m -fuzzminimizetime 5s || exit 1; done
# starter:begin
	go test -C test/conformance -run '^$$' -fuzz FuzzVerify -fuzztime 1m -fuzzminimizetime 5s ./oracle
# starter:end

# The commands below take their arguments as variables, of the command line or the environment. NAME is read from the
# command line alone, because WSL sets it to the name of the machine.
NAME :=

# part:init:begin
init: ## Turns a clone into your product: make init MODULE=github.com/acme/orders NAME="Orders" ITEM=order
	@go run ./cmd/init
# part:init:end

# part:generator:begin
resource: ## Adds a resource: make resource NAME=note FIELDS='title:string(1..100) body:text?' [SCOPES= OWNER=none PARENT=project]
	@go run ./cmd/resource

field: ## Adds fields to a resource: make field RESOURCE=note ADD='priority:int(1..5)=3'
	@go run ./cmd/resource field
.PHONY: resource field
# part:generator:end

# part:init:begin
drop: ## Removes a part that you do not need: make drop PART=metrics
	@go run ./cmd/init drop

update: ## Merges a later version of the starter: make update VERSION=v1.2.0
	@go run ./cmd/init update
.PHONY: init drop update
# part:init:end

.PHONY: help run reset test test-proxies test-oauth2-proxy check lint vuln docs build e2e fuzz
