package auth

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"strings"
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

// A jws is a signed token in compact serialization (RFC 7515, section 7.1).
type jws struct {
	header, payload, signature []byte // decoded
	signed                     string // header.payload as it was sent: what the signature covers
}

// parseJWS splits a token into its segments. Only the compact serialization is a JWT: a token in
// any other form is TokenMalformed, and one of five segments is TokenEncrypted. Dots are counted
// before anything is allocated.
func parseJWS(t Token) (jws, error) {
	s := string(t)
	switch strings.Count(s, ".") {
	case 2:
	case 4:
		return jws{}, TokenEncrypted
	default:
		return jws{}, TokenMalformed
	}
	if len(s) > MaxTokenSize {
		return jws{}, TokenMalformed
	}
	end := strings.LastIndexByte(s, '.')
	header, payload, _ := strings.Cut(s[:end], ".")
	j := jws{signed: s[:end]}
	var err [3]error
	j.header, err[0] = decodeSegment("header", header)
	j.payload, err[1] = decodeSegment("payload", payload)
	j.signature, err[2] = decodeSegment("signature", s[end+1:])
	return j, cmp.Or(err[:]...)
}

// base64url is the only encoding of a segment: no padding, and no bits set beyond the last byte, so
// that a token has one text (RFC 7515, section 2; RFC 4648, section 3.5).
var base64url = base64.RawURLEncoding.Strict()

// decodeSegment returns the bytes of a segment. Line breaks, which a decoder would pass over, are
// refused like everything else outside the alphabet.
func decodeSegment(name, segment string) ([]byte, error) {
	if segment == "" || strings.ContainsAny(segment, "\r\n") {
		return nil, refuse(TokenMalformed, "%s: empty, or with a line break", name)
	}
	b, err := base64url.DecodeString(segment)
	if err != nil {
		return nil, refuse(TokenMalformed, "%s: %w", name, err)
	}
	return b, nil
}
