package apikey

import (
	"errors"
	"fmt"
	"hash/crc32"
	"strings"

	"example.com/gatehouse/auth"
	"github.com/google/uuid"
)

// checksumLength is that of 32 bits in base62.
const checksumLength = 6

// What is wrong with a text that begins like a key. These errors never have a part of the text.
var (
	errShape    = errors.New("it has another form than a key")
	errChecksum = errors.New("its checksum does not match: it was truncated or mistyped")
)

// A Format is the form of the keys of one API.
type Format struct{ prefix string }

// NewFormat returns the format of the API with a name. Its keys begin with the words of the name.
func NewFormat(name string) Format {
	words := strings.FieldsFunc(strings.ToLower(name), func(c rune) bool { return !('a' <= c && c <= 'z' || '0' <= c && c <= '9') })
	return Format{strings.Join(words, "-") + "_"}
}

// Prefix returns what every key begins with.
func (f Format) Prefix() string { return f.prefix }

// Begins reports whether a text is a key or a part of one: it is for this package alone, whatever else is wrong with it.
func (f Format) Begins(text string) bool { return strings.HasPrefix(text, f.prefix) }

// Write returns the text of a key.
func (f Format) Write(id string, secret Secret) string {
	text := f.prefix + id + "_" + string(secret)
	return text + checksum(text)
}

// Parse returns the parts of a key. The id has its canonical form.
func (f Format) Parse(text string) (id string, secret Secret, err error) {
	rest, ok := strings.CutPrefix(text, f.prefix)
	id, end, separated := strings.Cut(rest, "_")
	if !ok || !separated || len(end) != secretLength+checksumLength || !isID(id) || strings.Trim(end, base62) != "" {
		return "", "", errShape
	}
	at := len(text) - checksumLength
	if checksum(text[:at]) != text[at:] {
		return "", "", errChecksum
	}
	return id, Secret(end[:secretLength]), nil
}

// ParsePair returns the parts of a key that was sent as a user, its id, and a password, the secret with its checksum or
// without.
func (f Format) ParsePair(user, password string) (id string, secret Secret, err error) {
	text := f.prefix + user + "_" + password
	if len(password) == secretLength {
		text += checksum(text)
	}
	return f.Parse(text)
}

// isID reports whether a text is the identifier of a row in its canonical form (RFC 9562, section 4).
func isID(text string) bool {
	parsed, err := uuid.Parse(text)
	return err == nil && parsed.String() == text
}

// checksum returns the CRC-32 of a text in base62.
func checksum(text string) string {
	sum := crc32.ChecksumIEEE([]byte(text))
	var digits [checksumLength]byte
	for i := range digits {
		digits[checksumLength-1-i] = base62[sum%uint32(len(base62))]
		sum /= uint32(len(base62))
	}
	return string(digits[:])
}

// describe says what is wrong with a text in its own place, for the log: never what it is.
func describe(text string, err error) error {
	return fmt.Errorf("%d bytes: %w", len(text), err)
}

// ClientID is that of callers with a key.
func ClientID(id string) string { return "key:" + id }

// principal returns the caller that a key acts for.
func (r *Record) principal() *auth.Principal {
	return r.Owner.Principal(auth.Key, ClientID(r.ID), r.Scopes, r.ExpiresAt)
}
