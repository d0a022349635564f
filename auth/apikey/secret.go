package apikey

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
)

const (
	base62       = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	secretLength = 43 // 62^43 is more than 2^256
)

// A Secret is the part of a key that proves it. It prints and logs as REDACTED; convert it to a string to get the text.
type Secret string

// NewSecret returns a random secret. Bytes that would make some characters more frequent are not used.
func NewSecret() Secret {
	secret := make([]byte, 0, secretLength)
	var random [2 * secretLength]byte
	for {
		rand.Read(random[:]) // never returns an error
		for _, b := range random {
			if b < 4*byte(len(base62)) {
				secret = append(secret, base62[int(b)%len(base62)])
			}
			if len(secret) == secretLength {
				return Secret(secret)
			}
		}
	}
}

// Format writes REDACTED, whatever the verb: fmt prints the text of a value that does not fit one.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, "REDACTED") }

// MarshalText returns REDACTED, so that a struct with a secret can be logged as JSON.
func (s Secret) MarshalText() ([]byte, error) { return []byte("REDACTED"), nil }

// LogValue returns REDACTED.
func (s Secret) LogValue() slog.Value { return slog.StringValue("REDACTED") }

// A Hash is the SHA-256 of a secret in hexadecimal digits: what is stored of it. A slow hash would protect no secret of
// 256 random bits any better, and would let anonymous callers cost much CPU.
type Hash string

// Hash returns the hash of a secret.
func (s Secret) Hash() Hash {
	sum := sha256.Sum256([]byte(s))
	return Hash(hex.EncodeToString(sum[:]))
}

// equals compares in constant time. An empty hash equals none.
func (h Hash) equals(other Hash) bool {
	return subtle.ConstantTimeCompare([]byte(h), []byte(other)) == 1 && h != ""
}
