package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// printed is the output of every client: it creates an item, finds it in the list, and is rejected without a token,
// where a role is asked for, and for a member that is invalid.
const printed = `^created (\S+)
listed (\S+)
rejected 401 credentials-missing
rejected %s
rejected 422 validation-failed (\S+)
$`

// TestGeneratedClients generates clients from the document as it is served. For generators whose clients send the
// credentials of every way to authenticate, that is the document with one way.
func TestGeneratedClients(t *testing.T) {
	s := start(t)
	whole, bearer := s.document(t, ""), s.document(t, "?security=bearer")
	t.Run("TypeScript", func(t *testing.T) {
		box := newSandbox(t, "clients/typescript")
		box.install("package-lock.json", "npm ci")
		box.write("openapi.json", whole)
		box.write("bearer.json", bearer)
		box.mustRun("openapi-typescript openapi.json --output api.d.ts")
		box.mustRun("openapi-ts --input openapi.json --output hey-api")
		box.generate("typescript-fetch", "--input-spec bearer.json --output typescript-fetch --additional-properties importFileExtension=.js")
		box.mustRun("tsc --project .")
		box.mustCall(s, "openapi-fetch", "node openapi-fetch.js")
		box.mustCallWithKey(s, "openapi-fetch", "node openapi-fetch.js") // part:keys
		box.mustCall(s, "hey-api", "node hey-api.js")
		box.mustCall(s, "typescript-fetch", "node typescript-fetch.js")
		// part:keys:begin
		const heyAPI = "openapi-ts --input openapi.json --output hey-api && tsc --project ."
		box.mustCallWithBasic("hey-api", heyAPI, "node hey-api.js", "401 credentials-missing") // it sends none where none is listed
		// part:keys:end
	})
	t.Run("Python", func(t *testing.T) {
		box := newSandbox(t, "clients/python")
		box.installPython()
		box.write("openapi.json", whole)
		box.mustRun("openapi-python-client generate --path openapi.json --meta none --output-path generated --overwrite")
		box.generate("python", "--input-spec openapi.json --output client")
		box.mustCall(s, "openapi-python-client", "python openapi_python_client.py")
		box.mustCall(s, "openapi-generator", "PYTHONPATH=client python -W ignore openapi_generator.py")
	})
	t.Run("Go", func(t *testing.T) {
		box := newSandbox(t, "clients/go/oapi-codegen")
		box.write("openapi.json", whole)
		box.mustRun("go tool oapi-codegen -generate types,client -package main -o client.go openapi.json")
		box.mustCall(s, "oapi-codegen", "go run -tags client .")
		// part:keys:begin
		box.mustCallWithKey(s, "oapi-codegen", "go run -tags client .")
		const codegen = "go tool oapi-codegen -generate types,client -package main -o client.go openapi.json"
		box.mustCallWithBasic("oapi-codegen", codegen, "go run -tags client .", "401 scheme-unsupported")
		// part:keys:end

		box = newSandbox(t, "clients/go/openapi-generator")
		box.write("openapi.json", whole)
		box.generate("go", "--input-spec openapi.json --output . --package-name main --additional-properties withGoMod=false")
		box.mustRun("gofmt -w .") // make check looks at every Go file
		box.mustCall(s, "openapi-generator", "go run -tags client .")
	})
	t.Run("Java", func(t *testing.T) {
		box := newSandbox(t, "clients/java")
		box.write("openapi.json", grouped(t, bearer))
		box.generate("java", "--input-spec openapi.json --output client")
		box.install("client/pom.xml", maven+":copy-dependencies --file client/pom.xml -DincludeScope=compile -DoutputDirectory=../libraries")
		box.mustRun("javac -nowarn -d classes -cp 'libraries/*' -sourcepath client/src/main/java Main.java")
		box.mustCall(s, "openapi-generator", "java -cp 'classes:libraries/*' Main")
	})
}

const (
	openapiGenerator = "7.25.0"
	maven            = "mvn --quiet --batch-mode org.apache.maven.plugins:maven-dependency-plugin:3.9.0"
)

// generate generates a client with openapi-generator, which comes from Maven Central.
func (box *sandbox) generate(generator, arguments string) {
	box.t.Helper()
	const jar = "openapi-generator-cli-" + openapiGenerator + ".jar"
	folder, err := filepath.Abs("out")
	if err != nil {
		box.t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(folder, jar)); err != nil {
		box.mustRun(maven + ":copy -Dartifact=org.openapitools:openapi-generator-cli:" + openapiGenerator + " -DoutputDirectory=" + folder)
	}
	box.mustRun("java -jar " + filepath.Join(folder, jar) + " generate --generator-name " + generator + " " + arguments)
}

// mustCall runs a client as the client called service, which has no user and no role.
func (box *sandbox) mustCall(s *app, name, command string) {
	box.t.Helper()
	box.call(s, name, command, s.token, "403 access-denied")
}

// call runs a client with credentials, and with bodies that the document makes. It must print what every client prints,
// and how the operation for admins rejects the credentials.
func (box *sandbox) call(s *app, name, command string, credentials func(*testing.T) string, rejected string) {
	box.t.Helper()
	box.t.Run(name, func(t *testing.T) {
		want := regexp.MustCompile(fmt.Sprintf(printed, rejected))
		valid, invalid, pointer := drafts(t, s.document(t, ""), "/items")
		got, err := box.run(command, "API="+s.api, "TOKEN="+credentials(t), "BODY="+valid, "INVALID="+invalid)
		if is := want.FindStringSubmatch(got); err != nil || is == nil || is[1] != is[2] || is[3] != pointer {
			t.Errorf("got %v\n%s\nwant\n%s, with one item and %s", err, got, want, pointer)
		}
	})
}

// token returns an access token of the client called service (RFC 6749, section 4.4).
func (s *app) token(t *testing.T) string {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "scope": {"items:read items:write"}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.provider+"/token", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth("service", "service-secret")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var granted struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&granted); err != nil || granted.AccessToken == "" {
		t.Fatalf("the provider returns %s, %v", response.Status, err)
	}
	return granted.AccessToken
}
