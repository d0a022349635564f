package oracle

import (
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
)

// A mutation is what a fuzzer chooses: how a token, a key set and a clock differ from genuine ones.
// The changes of header and claims are signed, so that what is wrong stands behind a good signature.
type mutation struct {
	how     byte   // which key signs which form of token, and how lenient the verifier is
	changes []byte // of header, claims and keys, four bytes each
	header  string // in place of the genuine header, unless empty
	claims  string // in place of the genuine claims, unless empty
	edits   []byte // of the token when it is signed, four bytes each
	keySet  string // in place of the genuine key set, unless empty
	clock   int64  // seconds after epoch: whole ones, for some peers cut off the rest
}

// What the header and the claims of a mutation are.
const (
	texts    = iota // JSON, to be encoded and signed
	segments        // segments, to be signed as they are
	whole           // the header is a token as it stands
	forms
)

// how returns the byte for these choices.
func how(signer, form int, lenient bool, leeway time.Duration) byte {
	n := signer + 5*form + 30*int(leeway/(20*time.Second))
	if lenient {
		n += 15
	}
	return byte(n)
}

func (m mutation) signer() int           { return int(m.how) % 5 }
func (m mutation) form() int             { return int(m.how) / 5 % forms }
func (m mutation) lenient() bool         { return int(m.how)/15%2 == 1 }
func (m mutation) leeway() time.Duration { return time.Duration(m.how/30%4) * 20 * time.Second }

// config returns the verifier's configuration, which lacks a way to the provider.
func (m mutation) config() auth.Config {
	now := epoch.Add(time.Duration(m.clock%(1<<33)) * time.Second)
	c := auth.Config{
		Issuer:       issuer,
		Audience:     []string{audience},
		Leeway:       m.leeway(),
		CacheEntries: 8,
		Now:          func() time.Time { return now },
	}
	if m.lenient() {
		c.Profile = auth.PlainJWT()
	}
	return c
}

// edited returns a token after edits: what, where (two bytes), and with which byte. Half of them are
// of the token's text, half of its decoded signature.
func (m mutation) edited(token string) string {
	for e := m.edits; len(e) >= 4; e = e[4:] {
		dot := strings.LastIndexByte(token, '.')
		signature, err := base64.RawURLEncoding.DecodeString(token[dot+1:])
		if e[0] < 0x80 || err != nil {
			token = string(edit([]byte(token), e))
		} else {
			token = token[:dot+1] + authtest.Encode(string(edit(signature, e)))
		}
	}
	return token
}

func edit(text, e []byte) []byte {
	if len(text) == 0 {
		return text
	}
	at, with := int(binary.BigEndian.Uint16(e[1:]))%len(text), e[3]
	switch e[0] % 0x80 % 5 {
	case 0:
		text[at] = with
	case 1:
		text[at] ^= 1 << (with % 8)
	case 2:
		text = slices.Insert(text, at, with)
	case 3:
		text = slices.Delete(text, at, at+1)
	case 4:
		text = append(text, with)
	}
	return text
}
