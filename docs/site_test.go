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

// served are the addresses of a site and their media types.
var served = map[string]string{
	"/docs/":                                 "text/html; charset=utf-8",
	"/docs/init.js":                          "text/javascript; charset=utf-8",
	"/docs/inspect":                          "text/html; charset=utf-8",
	"/docs/inspect.js":                       "text/javascript; charset=utf-8",
	"/docs/gatehouse.css":                    "text/css; charset=utf-8",
	"/docs/operations.css":                   "text/css; charset=utf-8",
	"/docs/swagger-ui-bundle.js":             "text/javascript; charset=utf-8",
	"/docs/swagger-ui.css":                   "text/css; charset=utf-8",
	"/docs/oauth2-redirect.html":             "text/html; charset=utf-8",
	"/docs/oauth2-redirect.js":               "text/javascript; charset=utf-8",
	"/docs/favicon-32x32.png":                "image/png",
	"/docs/LICENSE":                          "text/plain; charset=utf-8",
	"/docs/NOTICE":                           "text/plain; charset=utf-8",
	"/docs/swagger-ui-bundle.js.LICENSE.txt": "text/plain; charset=utf-8",
	"/openapi.json":                          "application/json",
	"/problems":                              "application/json",
	"/problems/token-expired":                "application/json",
}

func TestEverythingIsServedInBothEncodings(t *testing.T) {
	server := serve(t, config(t))
	for path, kind := range served {
		t.Run(path, func(t *testing.T) {
			plain, body := get(t, "GET", server.URL+path)
			zipped, packed := get(t, "GET", server.URL+path, "Accept-Encoding", "br, gzip;q=0.5")
			for _, r := range []*http.Response{plain, zipped} {
				h := r.Header
				if r.StatusCode != 200 || h.Get("Content-Type") != kind {
					t.Errorf("got %d and %q, want 200 and %q", r.StatusCode, h.Get("Content-Type"), kind)
				}
				if h.Get("Cache-Control") != "no-cache" || !strings.Contains(strings.Join(h["Vary"], ","), "Accept-Encoding") {
					t.Errorf("got Cache-Control %q, Vary %q", h.Get("Cache-Control"), h["Vary"])
				}
				if h.Get("X-Content-Type-Options") != "nosniff" {
					t.Error("no nosniff")
				}
			}
			if plain.Header.Get("Content-Encoding") != "" || zipped.Header.Get("Content-Encoding") != "gzip" {
				t.Errorf("got encodings %q and %q", plain.Header.Get("Content-Encoding"), zipped.Header.Get("Content-Encoding"))
			}
			if plain.ContentLength != int64(len(body)) || zipped.ContentLength != int64(len(packed)) || len(body) == 0 {
				t.Errorf("got lengths %d and %d, want %d and %d", plain.ContentLength, zipped.ContentLength, len(body), len(packed))
			}
			if !bytes.Equal(unzip(t, packed), body) {
				t.Error("the two encodings are not of one file")
			}
			wantCurrent(t, server.URL+path, plain.Header.Get("ETag"), zipped.Header.Get("ETag"))
		})
	}
}

var strong = regexp.MustCompile(`^"[\w-]+"$`)

// wantCurrent checks that each encoding has a strong tag of its own, and that the tag leads to 304.
func wantCurrent(t *testing.T, url, plain, zipped string) {
	t.Helper()
	if !strong.MatchString(plain) || !strong.MatchString(zipped) || plain == zipped {
		t.Errorf("got tags %s and %s, want two strong ones", plain, zipped)
	}
	tests := []struct {
		coding, tags string
		want         int
	}{
		{"identity", plain, 304},
		{"identity", `"other", W/` + plain, 304},
		{"identity", "*", 304},
		{"gzip", zipped, 304},
		{"*", zipped, 304},
		{"gzip", plain, 200},
		{"identity", zipped, 200},
		{"gzip;q=0, *", zipped, 200},
		{"identity", `"other"`, 200},
	}
	for _, tt := range tests {
		r, body := get(t, "GET", url, "Accept-Encoding", tt.coding, "If-None-Match", tt.tags)
		if r.StatusCode != tt.want || tt.want == 304 && len(body) != 0 {
			t.Errorf("%s with %s: got %d and %d bytes, want %d", tt.coding, tt.tags, r.StatusCode, len(body), tt.want)
		}
		if tt.want == 304 && (r.Header.Get("ETag") == "" || r.Header.Get("Cache-Control") != "no-cache" || r.Header.Get("Vary") == "") {
			t.Errorf("%s with %s: got headers %v, want what goes with a 304", tt.coding, tt.tags, r.Header)
		}
	}
	for header, value := range map[string]string{"Range": "bytes=0-1", "If-Match": `"other"`} {
		if r, body := get(t, "GET", url, header, value); r.StatusCode != 200 || int64(len(body)) != r.ContentLength {
			t.Errorf("%s: got %d and %d bytes, want all", header, r.StatusCode, len(body))
		}
	}
	if r, body := get(t, "HEAD", url, "Accept-Encoding", "gzip"); r.StatusCode != 200 || r.ContentLength <= 0 || len(body) != 0 {
		t.Errorf("HEAD: got %d, length %d", r.StatusCode, r.ContentLength)
	}
}

func TestEveryPageIsProtected(t *testing.T) {
	server := serve(t, config(t))
	for path := range served {
		t.Run(path, func(t *testing.T) {
			h := mustHeader(t, server.URL+path)
			switch {
			case path == "/openapi.json":
				return
			case path == "/docs/inspect":
				if got := h.Get("Content-Security-Policy"); !inspectorPolicy.MatchString(got) {
					t.Errorf("got policy %s, want one with our script and connections to us alone", got)
				}
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

var inspectorPolicy = regexp.MustCompile(`^script-src 'self'; connect-src 'self'; default-src 'none'; style-src 'sha256-[^ ;]+'; ` +
	`form-action 'none'; base-uri 'none'; frame-ancestors 'none'$`)

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
			c.Issuer = tt.issuer
			c.Endpoint = func() (oauth2.Endpoint, bool) { return oauth2.Endpoint{AuthURL: tt.issuer, TokenURL: tt.token}, true }
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
	c.Endpoint = func() (oauth2.Endpoint, bool) {
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
	c.ClientID = `"><script>alert(1)</script>`
	c.AuthorizeParams = map[string]string{"audience": publicURL}
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
		Origin, ClientID string
		Scopes           []string
		AuthorizeParams  map[string]string
	}
	unescaped := strings.NewReplacer("&#34;", `"`, "&lt;", "<", "&gt;", ">", "&#39;", "'", "&amp;", "&").Replace(settings[1])
	if err := json.Unmarshal([]byte(unescaped), &got); err != nil {
		t.Fatal(err)
	}
	if got.Origin != publicURL || got.ClientID != c.ClientID || len(got.Scopes) != 2 || got.AuthorizeParams["audience"] != publicURL {
		t.Errorf("got settings %+v", got)
	}
}

var (
	inlineScript = regexp.MustCompile(`(?i)<script(?:\s+(?:defer|src="[^"]*"))*>\s*[^<\s]|<script>|javascript:`)
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
