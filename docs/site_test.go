package docs_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"example.com/gatehouse/docs"
	"example.com/gatehouse/docs/openapi"
	"golang.org/x/oauth2"
)

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self' https://id.example.com https://token.example.com; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

// get returns the response to a request with the headers, and its body as it came.
func get(t *testing.T, method, url string, headers ...string) (*http.Response, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "identity")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, body
}

func unzip(t *testing.T, b []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

func TestEveryPageIsProtected(t *testing.T) {
	server := serve(t, config(t))
	for path := range served {
		t.Run(path, func(t *testing.T) {
			h := mustHeader(t, server.URL+path)
			switch {
			case path == "/openapi.json":
				return
			// part:inspector:begin
			case path == "/docs/inspect":
				if got := h.Get("Content-Security-Policy"); !inspectorPolicy.MatchString(got) {
					t.Errorf("got policy %s, want one with our script and connections to us alone", got)
				}
			// part:inspector:end
			case strings.HasPrefix(path, "/problems"):
				if got := h.Get("Content-Security-Policy"); !strings.HasPrefix(got, "default-src 'none'; style-src 'sha256-") {
					t.Errorf("got policy %s, want one without scripts", got)
				}
			case h.Get("Content-Security-Policy") != policy:
				t.Errorf("got policy %s, want %s", h.Get("Content-Security-Policy"), policy)
			}
			if h.Get("Referrer-Policy") != "no-referrer" || h.Get("X-Frame-Options") != "DENY" {
				t.Errorf("got headers %v", h)
			}
			if got := h.Get("Cross-Origin-Opener-Policy"); got != "" {
				t.Errorf("got an opener policy %s, which cuts the popup off", got)
			}
		})
	}
}

func mustHeader(t *testing.T, url string) http.Header {
	t.Helper()
	r, _ := get(t, "GET", url)
	return r.Header
}

func TestConnectionsGoToTheAPIAndItsProvider(t *testing.T) {
	tests := []struct{ name, issuer, token, want string }{
		{"one origin for both", "https://id.example.com", "https://id.example.com/token", "'self' https://id.example.com;"},
		{"one origin each", "https://id.example.com", "https://login.example.com/token", "'self' https://id.example.com https://login.example.com;"},
		{"the API's own origin", publicURL, publicURL + "/token", "'self';"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := config(t)
			c.Issuers[0].URL = tt.issuer
			c.Issuers[0].Endpoint = func() (oauth2.Endpoint, bool) { return oauth2.Endpoint{AuthURL: tt.issuer, TokenURL: tt.token}, true }
			got := mustHeader(t, serve(t, c).URL+"/docs/").Get("Content-Security-Policy")
			if !strings.Contains(got, "connect-src "+tt.want) {
				t.Errorf("got %s, want connect-src %s", got, tt.want)
			}
		})
	}
}

func TestDocumentLearnsTheEndpoints(t *testing.T) {
	var up atomic.Bool
	c := config(t)
	c.Issuers[0].Endpoint = func() (oauth2.Endpoint, bool) {
		if up.Load() {
			return known()
		}
		return unknown()
	}
	server := serve(t, c)
	before, body := get(t, "GET", server.URL+"/openapi.json")
	if bytes.Contains(body, []byte("authorizationUrl")) {
		t.Error("the document has addresses that are not known")
	}
	if got := mustHeader(t, server.URL+"/docs/").Get("Content-Security-Policy"); strings.Contains(got, "token.example.com") {
		t.Errorf("got %s before the provider is known", got)
	}

	up.Store(true)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			after, body := get(t, "GET", server.URL+"/openapi.json", "If-None-Match", before.Header.Get("ETag"))
			if after.StatusCode != 200 || !bytes.Contains(body, []byte(`"authorizationUrl":"https://id.example.com/authorize"`)) {
				t.Errorf("got %d, want the document with the addresses", after.StatusCode)
			}
		})
	}
	wait.Wait()
	if got := mustHeader(t, server.URL+"/docs/").Get("Content-Security-Policy"); got != policy {
		t.Errorf("got policy %s, want %s", got, policy)
	}
}

func TestDocumentIsTheBuiltOne(t *testing.T) {
	_, body := get(t, "GET", serve(t, config(t)).URL+"/openapi.json")
	endpoint, _ := known()
	want, err := openapi.Build(config(t).Config, routes(), endpoint)
	if err != nil || !bytes.Equal(body, want) {
		t.Errorf("got %d bytes, want %d (%v)", len(body), len(want), err)
	}
}

func TestDescribeRejectsAMismatch(t *testing.T) {
	site, err := docs.New(config(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := site.Describe(routes()[1:]); err == nil {
		t.Error("got no error for an operation that no route serves")
	}
}

func TestFolderRedirectsToThePage(t *testing.T) {
	r, _ := get(t, "GET", serve(t, config(t)).URL+"/docs")
	if r.StatusCode != http.StatusPermanentRedirect || r.Header.Get("Location") != "/docs/" {
		t.Errorf("got %d to %q", r.StatusCode, r.Header.Get("Location"))
	}
}

func TestPageOfOperations(t *testing.T) {
	c := config(t)
	c.Title = `<script>alert("title")</script>`
	c.SignInHint = `<b>hint</b>`
	c.Issuers[0].ClientID = `"><script>alert(1)</script>`
	c.Issuers[0].AuthorizeParams = map[string]string{"audience": publicURL}
	_, body := get(t, "GET", serve(t, c).URL+"/docs/")
	page := string(body)

	for _, want := range []string{"&lt;script&gt;alert", "1.2.3", "&lt;b&gt;hint&lt;/b&gt;", `href="../problems"`, `href="../openapi.json"`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
	wantNothingInline(t, page)

	settings := regexp.MustCompile(`data-settings="([^"]*)"`).FindStringSubmatch(page)
	if settings == nil {
		t.Fatal("no settings")
	}
	var got struct {
		Page, ClientID  string
		Scopes          []string
		AuthorizeParams map[string]string
	}
	unescaped := strings.NewReplacer("&#34;", `"`, "&lt;", "<", "&gt;", ">", "&#39;", "'", "&amp;", "&").Replace(settings[1])
	if err := json.Unmarshal([]byte(unescaped), &got); err != nil {
		t.Fatal(err)
	}
	if got.Page != publicURL+"/docs/" || got.ClientID != c.Issuers[0].ClientID || len(got.Scopes) != 2 || got.AuthorizeParams["audience"] != publicURL {
		t.Errorf("got settings %+v", got)
	}
}

var (
	inlineScript = regexp.MustCompile(`(?i)<script[^>]*>\s*[^<\s]|<script>|javascript:`)
	inlineStyle  = regexp.MustCompile(`(?i)<style|\sstyle\s*=`)
	inlineEvent  = regexp.MustCompile(`(?i)<[^>]*\son[a-z]+\s*=`)
)

// wantNothingInline checks for what the policy would block.
func wantNothingInline(t *testing.T, page string) {
	t.Helper()
	for _, inline := range []*regexp.Regexp{inlineScript, inlineStyle, inlineEvent} {
		if found := inline.FindString(page); found != "" {
			t.Errorf("%q is in the page", found)
		}
	}
}

// The one place that says where the documentation is, and where the API is, is the configuration.
func TestAddressesFollowPathAndBasePath(t *testing.T) {
	c := config(t)
	c.PublicURL, c.BasePath, c.Path = "https://example.com/base", "/base", "/reference"
	server := serve(t, c)
	link := regexp.MustCompile(`(?:href|src)="(?:https://example.com)?(/[^"#]*)`)
	paths := []string{"/reference/", "/problems", "/problems/token-expired"}
	paths = append(paths, "/reference/inspect") // part:inspector
	for _, path := range paths {
		r, body := get(t, "GET", server.URL+path, "Accept", "text/html")
		if r.StatusCode != 200 || bytes.Contains(body, []byte("/docs")) {
			t.Errorf("%s: got %d %s", path, r.StatusCode, body)
		}
		for _, found := range link.FindAllSubmatch(body, -1) {
			if !bytes.HasPrefix(found[1], []byte("/base/")) {
				t.Errorf("%s links to %s", path, found[1])
			}
		}
	}
	if got := mustHeader(t, server.URL+"/reference").Get("Location"); got != "/base/reference/" {
		t.Errorf("/reference redirects to %q", got)
	}
	c.Issuers[0].URL = "https://example.com/realm"
	c.Issuers[0].Endpoint = unknown
	if got := mustHeader(t, serve(t, c).URL+"/reference/").Get("Content-Security-Policy"); strings.Contains(got, "connect-src 'self' ") {
		t.Errorf("the origin of the API is in the policy twice: %s", got)
	}
}
