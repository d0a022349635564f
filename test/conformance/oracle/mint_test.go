package oracle

import (
	"slices"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
)

// A mint issues tokens: genuine ones, until a mutation says otherwise.
type mint struct {
	signers []*authtest.Key
	claims  document
	keys    []document // of the signers but the last
	next    string     // a genuine token of somebody else
}

func newMint(t testing.TB) *mint {
	t.Helper()
	i := authtest.New(issuer, audience)
	i.Now = func() time.Time { return epoch }
	m := &mint{signers: signers(t), claims: parseDocument(t, i.Claims(authtest.Claims{"scope": "items:read"}))}
	for _, signer := range m.signers[:4] {
		m.keys = append(m.keys, parseDocument(t, signer.JWK()))
	}
	other := authtest.Claims{"sub": "mallory", "client_id": "evil", "jti": "token-0", "scope": "items:evil", "roles": []string{"admin"}}
	m.next = m.signers[0].Sign(map[string]any{"typ": "at+jwt"}, i.Claims(other))
	return m
}

// A trial is a token before a verifier.
type trial struct {
	token  string
	next   string // another token, which the verifier sees later
	keySet string
	config auth.Config
}

// What a change is of.
const (
	ofHeader = iota
	ofClaims
	ofKeys // this and the following are of one key each
)

// issue returns the token of a mutation, and how it is to be judged.
func (m *mint) issue(mu mutation) trial {
	signer := m.signers[mu.signer()]
	header := document{{"alg", `"` + signer.Algorithm + `"`}, {"kid", `"` + signer.ID + `"`}, {"typ", `"at+jwt"`}}
	claims, keys := m.claims, slices.Clone(m.keys)
	for c := mu.changes; len(c) >= 4; c = c[4:] {
		switch target := c[0] % byte(ofKeys+len(keys)); target {
		case ofHeader:
			header = header.changed(c[1], c[2], c[3])
		case ofClaims:
			claims = claims.changed(c[1], c[2], c[3])
		default:
			keys[target-ofKeys] = keys[target-ofKeys].changed(c[1], c[2], c[3])
		}
	}
	var token string
	switch first, second := or(mu.header, header.String()), or(mu.claims, claims.String()); mu.form() {
	case texts:
		token = signer.SignText(first, second)
	case segments:
		token = signer.SignSegments(first, second)
	case whole:
		token = first
	}
	return trial{token: mu.edited(token), next: m.next, keySet: or(mu.keySet, keySet(keys)), config: mu.config()}
}

// or returns the first of two texts that is not empty.
func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
