package auth

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"example.com/gatehouse/problem"
)

// An AccessToken is a token as its holder sent it. It prints and logs as REDACTED; convert it to a
// string to get the text.
type AccessToken string

// String returns REDACTED.
func (t AccessToken) String() string { return "REDACTED" }

// Format writes REDACTED, whatever the verb: fmt prints the text of a value that does not fit one.
func (t AccessToken) Format(f fmt.State, _ rune) { io.WriteString(f, t.String()) }

// MarshalText returns REDACTED, so that a struct with a token can be logged as JSON.
func (t AccessToken) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// LogValue returns REDACTED.
func (t AccessToken) LogValue() slog.Value { return slog.StringValue(t.String()) }

// Fingerprint returns the first 8 bytes of the token's SHA-256: enough to tell tokens apart in a log, and useless
// for an attacker.
func (t AccessToken) Fingerprint() string {
	sum := t.sum()
	return hex.EncodeToString(sum[:8])
}

// A sum is the SHA-256 of a token, by which caches have what is known about it: they store no token.
type sum = [sha256.Size]byte

// sum returns the token's SHA-256. The buffer keeps tokens of the usual size off the heap.
func (t AccessToken) sum() sum {
	var buffer [4 << 10]byte
	return sha256.Sum256(append(buffer[:0], t...))
}

// maxHeaderSize is the length in bytes beyond which a token's header is rejected unread. What makes a header
// that long is the name of a key, or a key itself, that this API does not have.
const maxHeaderSize = 4 << 10

// A jws is a signed token in compact serialization (RFC 7515, section 7.1). It points into the buffer that it was
// decoded into, which begins with signed.
type jws struct {
	signed                     []byte // header.payload as it was sent: what the signature covers
	header, payload, signature []byte // decoded
}

// checkForm returns what is wrong with the form of a token, as far as that can be seen without decoding it or reading it
// more than once. Only the compact serialization is a JWT: a token of five segments is TokenEncrypted, and one in any other
// form is TokenMalformed.
func checkForm(token string) error {
	switch {
	case strings.Count(token, ".") != 2:
		return otherForm(token)
	case !beginsJSON(token) && isSample(token):
		return problem.SampleSent
	case strings.IndexByte(token, '.') > maxHeaderSize:
		return problem.HeaderLong
	case len(token) > MaxTokenSize:
		return overSize(len(token), MaxTokenSize)
	}
	return nil
}

// parseJWS splits a token into its segments and decodes them into the buffer, which may be nil. A token without a signature
// is returned beside its error, because its header says whether there should be one.
func parseJWS(token string, buffer []byte) (jws, error) {
	if err := checkForm(token); err != nil {
		return jws{}, err
	}
	first, last := strings.IndexByte(token, '.'), strings.LastIndexByte(token, '.')
	buffer = append(buffer[:0], token...)
	var decoded [3][]byte
	for i, segment := range [][]byte{buffer[:first], buffer[first+1 : last], buffer[last+1:]} {
		start := len(buffer)
		var err error
		if buffer, err = appendSegment(buffer, segment); err != nil {
			return jws{}, damagedPart[i]
		}
		if decoded[i] = buffer[start:]; i < 2 && len(segment) == 0 {
			return jws{}, problem.PartEmpty
		}
	}
	j := jws{buffer[:last], decoded[0], decoded[1], decoded[2]}
	if len(j.signature) == 0 {
		return j, problem.SignatureAbsent
	}
	return j, nil
}

// base64url is the only encoding of a segment: no padding, and no bits set beyond the last byte, so that a token
// has one text (RFC 7515, section 2; RFC 4648, section 3.5).
var base64url = base64.RawURLEncoding.Strict()

var errLineBreak = errors.New("there is a line break")

// appendSegment appends the bytes of a segment. It rejects line breaks, which a decoder ignores, like every other
// character outside the alphabet.
func appendSegment(buffer, segment []byte) ([]byte, error) {
	if bytes.IndexByte(segment, '\r') >= 0 || bytes.IndexByte(segment, '\n') >= 0 {
		return buffer, errLineBreak
	}
	return base64url.AppendDecode(buffer, segment)
}

// A Secret is a client's secret. It prints and logs as REDACTED; convert it to a string to get the text.
type Secret string

// Format writes REDACTED, whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, "REDACTED") }

// MarshalText returns REDACTED.
func (s Secret) MarshalText() ([]byte, error) { return []byte("REDACTED"), nil }
