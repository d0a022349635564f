package auth

import (
	"slices"
	"strings"
	"sync/atomic"

	"example.com/gatehouse/problem"
)

// A header is the JOSE header of a token (RFC 7515, section 4), as far as it is acted on.
type header struct {
	text      string // its segment, base64url
	algorithm *algorithm
	keyID     string
	typ       string
	foreign   bool // it carries or points to a key of its own
}

// maxHeaders is how many headers are remembered. An issuer writes one for each of its keys.
const maxHeaders = 16

// headers remembers the headers of good tokens, so that each is judged once.
type headers struct{ known atomic.Pointer[[]*header] }

// get returns the header with that text, if a good token had it.
func (m *headers) get(text []byte) *header {
	if known := m.known.Load(); known != nil {
		for _, h := range *known {
			if h.text == string(text) {
				return h
			}
		}
	}
	return nil
}

// put remembers a header. The list is replaced and not changed: it is read without a lock.
func (m *headers) put(h *header) {
	known := []*header{h}
	old := m.known.Load()
	if old != nil {
		known = append(known, (*old)[:min(len(*old), maxHeaders-1)]...)
	}
	m.known.CompareAndSwap(old, &known)
}

// members is a header as it stands.
type members struct {
	algorithm, typ, keyID text
	extended, foreign     bool
}

// parseHeader reads a header and judges what needs neither a key nor a profile.
func parseHeader(s *scratch, j jws, allowed []string) (*header, error) {
	m, err := readHeader(s, string(j.header))
	switch {
	case err != nil || m.extended:
		return nil, problem.TokenMalformed
	case m.algorithm.state != valid || !slices.Contains(allowed, m.algorithm.value):
		return nil, problem.AlgorithmNotAllowed
	case m.typ.state == invalid:
		return nil, problem.TokenTypeWrong
	case m.keyID.state == invalid:
		return nil, problem.TokenMalformed
	}
	return &header{
		text: string(j.encodedHeader), algorithm: algorithmByName(m.algorithm.value),
		keyID: m.keyID.value, typ: m.typ.value, foreign: m.foreign,
	}, nil
}

// readHeader reads a header's members. No extension is understood, so every crit is one that must be
// refused (RFC 7515, section 4.1.11); unencoded and compressed payloads are not for JWTs (RFC 7797,
// section 7).
func readHeader(s *scratch, text string) (m members, err error) {
	o := s.open(text)
	for name, more := o.next(); more; name, more = o.next() {
		switch name {
		case "alg":
			m.algorithm = o.string()
		case "typ":
			m.typ = o.string()
		case "kid":
			m.keyID = o.string()
		case "crit", "b64", "zip":
			m.extended = o.skip()
		case "jwk", "jku", "x5u":
			m.foreign = o.skip()
		default:
			o.skip()
		}
	}
	return m, o.err
}

// mediaType returns the type that typ names, without the prefix that may be left out and in lower
// case (RFC 7515, section 4.1.9).
func mediaType(typ string) string {
	return strings.TrimPrefix(strings.ToLower(typ), "application/")
}
