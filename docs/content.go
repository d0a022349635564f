package docs

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// A content is something to serve, in two codings. Small ones are kept as they are and compressed
// when they are first asked for so; the large ones are committed compressed, and decompressed on the
// way to the rare client that does not take gzip.
type content struct {
	kind   string // media type
	tag    string // of the entity
	size   int    // when not compressed
	plain  []byte // nil if it is kept compressed
	packed func() []byte
}

// newContent returns the content of a file.
func newContent(kind string, file []byte) *content {
	packed := sync.OnceValue(func() []byte {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Write(file) // into memory: there is no error
		w.Close()
		return b.Bytes()
	})
	return &content{kind, tag(file), len(file), file, packed}
}

// packedContent returns the content of a file that was committed compressed, as one member that ends
// with its size (RFC 1952, section 2.3.1).
func packedContent(kind string, file []byte) *content {
	size := int(binary.LittleEndian.Uint32(file[len(file)-4:]))
	return &content{kind, tag(file), size, nil, func() []byte { return file }}
}

func tag(b []byte) string {
	sum := sha256.Sum256(b)
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// ServeHTTP answers GET and HEAD, never with part of a content. Caches keep what is served and ask
// whether it is current. The two codings are different bytes, so their strong tags differ too
// (RFC 9110, section 8.8.3.3).
func (c *content) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	zipped, etag := acceptsGzip(r), `"`+c.tag+`"`
	if zipped {
		etag = `"` + c.tag + `-gzip"`
	}
	h := w.Header()
	h.Set("ETag", etag)
	h.Set("Cache-Control", "no-cache")
	h.Add("Vary", "Accept-Encoding")
	if holds(r, etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", c.kind)
	if zipped {
		h.Set("Content-Encoding", "gzip")
		h.Set("Content-Length", strconv.Itoa(len(c.packed())))
		w.Write(c.packed()) // net/http leaves the body of an answer to HEAD away
		return
	}
	h.Set("Content-Length", strconv.Itoa(c.size))
	if r.Method != http.MethodHead {
		c.write(w)
	}
}

// write writes the content without compression.
func (c *content) write(w io.Writer) {
	if c.plain != nil {
		w.Write(c.plain)
	} else if z, err := gzip.NewReader(bytes.NewReader(c.packed())); err == nil {
		io.Copy(w, z)
	}
}

// holds reports whether the client has the entity already (RFC 9110, section 13.1.2).
func holds(r *http.Request, etag string) bool {
	for _, t := range strings.Split(strings.Join(r.Header["If-None-Match"], ","), ",") {
		if t = strings.TrimSpace(t); t == "*" || strings.TrimPrefix(t, "W/") == etag {
			return true
		}
	}
	return false
}
