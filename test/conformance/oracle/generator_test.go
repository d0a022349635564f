package oracle

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"example.com/gatehouse/auth/authtest"
)

// A generator makes candidates: correct ones, with the changes of a mutation.
type generator struct {
	signers []*authtest.Key
	claims  document
	keys    []document // of the signers but the last
	other   string     // a valid token of another caller
}

func newGenerator(t testing.TB) *generator {
	t.Helper()
	i := authtest.New(issuer, audience)
	i.Now = func() time.Time { return epoch }
	g := &generator{signers: signers(t), claims: parseDocument(t, i.Claims(authtest.Claims{"scope": "items:read"}))}
	for _, signer := range g.signers[:4] {
		g.keys = append(g.keys, parseDocument(t, signer.JWK()))
	}
	other := authtest.Claims{"sub": "mallory", "client_id": "evil", "jti": "token-0", "scope": "items:evil", "roles": []string{"admin"}}
	g.other = g.signers[0].Sign(map[string]any{"typ": "at+jwt"}, i.Claims(other))
	return g
}

// What a change is applied to.
const (
	ofHeader = iota
	ofClaims
	ofKeys // this one and the following, one for each key
)

// generate returns the candidate of a mutation.
func (g *generator) generate(m mutation) candidate {
	signer := g.signers[m.signer()]
	header := document{{"alg", `"` + signer.Algorithm + `"`}, {"kid", `"` + signer.ID + `"`}, {"typ", `"at+jwt"`}}
	claims, keys := g.claims, slices.Clone(g.keys)
	for c := m.changes; len(c) >= 4; c = c[4:] {
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
	switch first, second := cmp.Or(m.header, header.String()), cmp.Or(m.claims, claims.String()); m.form() {
	case texts:
		token = signer.SignText(first, second)
	case segments:
		token = signer.SignSegments(first, second)
	case whole:
		token = first
	}
	return candidate{token: m.edited(token), other: g.other, keySet: cmp.Or(m.keySet, keySet(keys)), config: m.config()}
}
