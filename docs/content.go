package docs

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A content is something to serve, as it is and as gzip. It has one of the two from the start. The other is
// made once, when a client first asks for it.
type content struct {
	mediaType   string
	tag         string
	plain, gzip func() []byte
}

// newContent returns the content of a file.
func newContent(mediaType string, file []byte) *content {
	compress := func() []byte {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Write(file) // into memory: there is no error
		w.Close()
		return b.Bytes()
	}
	return &content{mediaType, tag(file), func() []byte { return file }, sync.OnceValue(compress)}
}

// newCompressed returns the content of a file that was committed as gzip.
func newCompressed(mediaType string, file []byte) *content {
	decompress := func() []byte {
		r, err := gzip.NewReader(bytes.NewReader(file))
		if err != nil {
			return nil // a test reads every file
		}
		plain, _ := io.ReadAll(r)
		return plain
	}
	return &content{mediaType, tag(file), sync.OnceValue(decompress), func() []byte { return file }}
}

func tag(b []byte) string {
	sum := sha256.Sum256(b)
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// ServeHTTP serves GET and HEAD. Caches store what is served, and ask whether it is current. The two encodings
// are different bytes, so that their strong tags differ (RFC 9110, section 8.8.3.3).
func (c *content) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, suffix := c.plain, ""
	h := w.Header()
	if acceptsGzip(r) {
		body, suffix = c.gzip, "-gzip"
		h.Set("Content-Encoding", "gzip")
		h.Set("Content-Length", strconv.Itoa(len(body()))) // ServeContent sets that of a plain body alone
	}
	h.Set("ETag", `"`+c.tag+suffix+`"`)
	h.Set("Cache-Control", "no-cache")
	h.Add("Vary", "Accept-Encoding")
	h.Set("Content-Type", c.mediaType)
	// The API has no partial responses, and ServeContent rejects requests without a problem in the body.
	r.Header.Del("Range")
	r.Header.Del("If-Match")
	http.ServeContent(tagWriter{w}, r, "", time.Time{}, bytes.NewReader(body()))
}

// A tagWriter writes the name of the header ETag as RFC 9110 does. ServeContent reads it as Etag.
type tagWriter struct{ http.ResponseWriter }

// WriteHeader implements [http.ResponseWriter].
func (w tagWriter) WriteHeader(status int) {
	h := w.Header()
	h["ETag"] = h["Etag"]
	delete(h, "Etag")
	w.ResponseWriter.WriteHeader(status)
}

// acceptsGzip reports whether the client accepts gzip (RFC 9110, section 12.5.3).
func acceptsGzip(r *http.Request) bool {
	accepts := weights(r.Header["Accept-Encoding"])
	q, named := accepts["gzip"]
	return q > 0 || !named && accepts["*"] > 0
}

// prefersHTML reports whether the client asks for HTML by name, and for JSON no more than that. A browser
// does. A program that accepts anything gets JSON (RFC 9110, section 12.5.1).
func prefersHTML(r *http.Request) bool {
	accepts := weights(r.Header["Accept"])
	return accepts["text/html"] > 0 && accepts["text/html"] >= accepts["application/json"]
}

// weights returns the members of a header's list with their weights (RFC 9110, section 12.4.2). A member with
// a malformed weight counts as absent.
func weights(fields []string) map[string]float64 {
	found := map[string]float64{}
	for member := range strings.SplitSeq(strings.Join(fields, ","), ",") {
		name, parameters, err := mime.ParseMediaType(member)
		q, malformed := strconv.ParseFloat(cmp.Or(parameters["q"], "1"), 64)
		if err == nil && malformed == nil && q >= 0 && q <= 1 {
			found[name] = q
		}
	}
	return found
}
