package auth

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"

	"example.com/gatehouse/problem"
)

// A Token is an access token as its holder sent it. It prints and logs as REDACTED; convert it to a
// string to get the text.
type Token string

// String returns REDACTED.
func (t Token) String() string { return "REDACTED" }

// Format writes REDACTED, whatever the verb: fmt prints the text of a value that does not fit one.
func (t Token) Format(f fmt.State, _ rune) { io.WriteString(f, t.String()) }

// MarshalText returns REDACTED, so that a struct with a token can be logged as JSON.
func (t Token) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// LogValue returns REDACTED.
func (t Token) LogValue() slog.Value { return slog.StringValue(t.String()) }

// maxHeaderSize is the length in bytes beyond which a token's header is refused unread. What makes a
// header long is the name of its key, or the key itself, and that is none of ours.
const maxHeaderSize = 4 << 10

// A jws is a signed token in compact serialization (RFC 7515, section 7.1). It points into the
// scratch that it was parsed with.
type jws struct {
	encodedHeader              []byte // as it was sent
	signed                     []byte // header.payload as it was sent: what the signature covers
	header, payload, signature []byte // decoded
}

// parseJWS splits a token into its segments and decodes them. Only the compact serialization is a
// JWT: a token in any other form is TokenMalformed, and one of five segments is TokenEncrypted. Dots
// are counted before anything is decoded.
func parseJWS(s *scratch, text []byte) (j jws, err error) {
	switch bytes.Count(text, []byte{'.'}) {
	case 2:
	case 4:
		return j, problem.TokenEncrypted
	default:
		return j, problem.TokenMalformed
	}
	first, last := bytes.IndexByte(text, '.'), bytes.LastIndexByte(text, '.')
	if len(text) > MaxTokenSize {
		return j, problem.TokenMalformed
	}
	if first > maxHeaderSize {
		return j, problem.KeyUnknown
	}
	j.encodedHeader, j.signed = text[:first], text[:last]
	for i, segment := range [][]byte{text[:first], text[first+1 : last], text[last+1:]} {
		if s.segments[i], err = decodeSegment(s.segments[i][:0], segment); err != nil {
			return j, err
		}
	}
	j.header, j.payload, j.signature = s.segments[0], s.segments[1], s.segments[2]
	return j, nil
}

// base64url is the only encoding of a segment: no padding, and no bits set beyond the last byte, so
// that a token has one text (RFC 7515, section 2; RFC 4648, section 3.5).
var base64url = base64.RawURLEncoding.Strict()

// decodeSegment appends the bytes of a segment. Line breaks, which a decoder would pass over, are
// refused like everything else outside the alphabet.
func decodeSegment(into, segment []byte) ([]byte, error) {
	if len(segment) == 0 || bytes.IndexByte(segment, '\r') >= 0 || bytes.IndexByte(segment, '\n') >= 0 {
		return into, problem.TokenMalformed
	}
	into, err := base64url.AppendDecode(into, segment)
	if err != nil {
		return into, problem.TokenMalformed
	}
	return into, nil
}
