package docs_test

import (
	"bytes"
	"net/http"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"example.com/gatehouse/docs"
)

// served are the addresses of a site and their media types.
var served = map[string]string{
	"/docs/":                                 "text/html; charset=utf-8",
	"/docs/init.js":                          "text/javascript; charset=utf-8",
	"/docs/operations.js":                    "text/javascript; charset=utf-8",
	"/docs/signin.js":                        "text/javascript; charset=utf-8",
	"/docs/rejection.js":                     "text/javascript; charset=utf-8",
	"/docs/inspect":                          "text/html; charset=utf-8",       // part:inspector
	"/docs/inspect.js":                       "text/javascript; charset=utf-8", // part:inspector
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

// TestFilesAreReadWhenTheyAreAskedFor compares what a site allocates with its files, which are half a megabyte.
func TestFilesAreReadWhenTheyAreAskedFor(t *testing.T) {
	c := config(t)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := docs.New(c); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 200<<10 {
		t.Errorf("a site that was not asked for anything allocated %d bytes", got)
	}
}
