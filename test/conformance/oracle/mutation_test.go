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

// A mutation is what the fuzzer chooses: how a token, a key set and a clock differ from valid ones.
// Header and claims are signed after their changes, so the signature is valid.
type mutation struct {
	how     byte   // the key, the form of the token, profile and leeway of the verifier
	changes []byte // of header, claims and keys, four bytes each
	header  string // replaces the header unless empty
	claims  string // replaces the claims unless empty
	edits   []byte // of the signed token, four bytes each
	keySet  string // replaces the key set unless empty
	clock   int64  // seconds after epoch; whole ones, because some peers cut off the rest
}

// What header and claims of a mutation are.
const (
	texts    = iota // JSON, which is encoded and signed
	segments        // segments, which are signed as they are
	whole           // the header is the whole token
	forms
)

// how returns the first field of a mutation.
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

// config returns the verifier's configuration without a transport.
func (m mutation) config() auth.Config {
	now := epoch.Add(time.Duration(m.clock%(1<<33)) * time.Second)
	c := auth.Config{
		Issuer:    issuer,
		Audience:  []string{audience},
		Leeway:    m.leeway(),
		CacheSize: 8 << 10,
		Now:       func() time.Time { return now },
	}
	if m.lenient() {
		c.Profile = auth.PlainJWT()
	}
	return c
}

// edited applies edits to a token. An edit has a kind, a position of two bytes, and a byte to write.
// Half of the kinds change the token's text, half its decoded signature.
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
