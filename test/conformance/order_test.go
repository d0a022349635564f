package conformance

import (
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth/authtest"
)

// A wreck is a request with every fault there is; its faults are mended one by one.
type wreck struct {
	duplicate bool
	loose     bool // spare bits set in the signature
	forged    bool // signed with another key
	text      bool // claims that are no JSON
	header    header
	claims    authtest.Claims
}

// TestOrder mends a request that is wrong in every way, fault by fault, in the order of
// decisions: each fault hides all that come after it.
func TestOrder(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	later := r.now().Add(time.Hour).Unix()
	b := &wreck{
		duplicate: true, loose: true, forged: true, text: true,
		header: header{"crit": []string{"x"}, "alg": "none", "typ": "JWT", "kid": "\x00"},
		claims: authtest.Claims{
			"iss": "x", "nonce": "x", "aud": "x", "exp": 1, "nbf": later, "iat": later, "sub": nil, "cnf": 1, "scope": "x",
		},
	}
	whole := r.issuer.Claims(authtest.Claims{"scope": "items:read", "roles": []string{"admin"}})
	claim := func(name string) func() { return func() { b.claims[name] = whole[name] } }
	for _, step := range []struct {
		name, code string
		mend       func()
	}{
		{"the number of headers", "credentials-multiple", func() { b.duplicate = false }},
		{"the token's shape", "token-malformed", func() { b.loose = false }},
		{"crit", "token-malformed", func() { b.header["crit"] = nil }},
		{"alg", "algorithm-not-allowed", func() { b.header["alg"] = "ES256" }},
		{"typ", "token-type-wrong", func() { b.header["typ"] = "at+jwt" }},
		{"the key", "key-unknown", func() { b.header["kid"] = r.issuer.Key().ID }},
		{"the signature", "signature-invalid", func() { b.forged = false }},
		{"the claims' form", "token-malformed", func() { b.text = false }},
		{"iss", "issuer-wrong", claim("iss")},
		{"the kind of token", "token-type-wrong", func() { b.claims["nonce"] = nil }},
		{"aud", "audience-wrong", claim("aud")},
		{"exp", "token-expired", claim("exp")},
		{"nbf", "token-not-yet-valid", func() { b.claims["nbf"] = nil }},
		{"iat", "token-not-yet-valid", claim("iat")},
		{"a required claim", "claim-missing", claim("sub")},
		{"the binding", "binding-invalid", func() { b.claims["cnf"] = nil }},
		{"the scope", "scope-insufficient read", claim("scope")},
		{"the role", "access-denied", claim("roles")},
		{"nothing", "", func() {}},
	} {
		t.Run("what is wrong first is "+step.name, func(t *testing.T) { r.want(t, b.call(r), step.code) })
		step.mend()
	}
}

func (b *wreck) call(r *rig) call {
	key := r.issuer.Key()
	if b.forged {
		key = authtest.NewKey("ES256")
	}
	var claims any = "no JSON"
	if !b.text {
		claims = r.issuer.Claims(b.claims)
	}
	token := key.Sign(b.header, claims)
	if b.loose {
		token = loosened(token)
	}
	headers := []string{bearer(token)}
	if b.duplicate {
		headers = append(headers, strings.ToLower(bearer("x")))
	}
	return get("/admin/items", headers...)
}
