package conformance

import (
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth/authtest"
)

// A faultyRequest has every fault that the API checks for. A test fixes them one by one.
type faultyRequest struct {
	repeated    bool // a second Authorization header
	unusedBit   bool // an unused bit of the signature's encoding is set
	otherKey    bool // signed with a key that the issuer does not publish
	notJSON     bool // the claims are no JSON
	header      header
	claims      authtest.Claims
	claimsFixed authtest.Claims
}

func TestTheFirstFaultInOrderDecides(t *testing.T) {
	t.Parallel()
	a := start(t)
	later := a.now().Add(time.Hour).Unix()
	f := &faultyRequest{
		repeated: true, unusedBit: true, otherKey: true, notJSON: true,
		header: header{"crit": []string{"x"}, "alg": "none", "typ": "JWT", "kid": "\x00"},
		claims: authtest.Claims{
			"iss": "x", "nonce": "x", "aud": "x", "exp": 1, "nbf": later, "iat": later, "sub": nil, "cnf": 1, "scope": "x",
		},
		claimsFixed: a.Issuer.Claims(authtest.Claims{"scope": "items:read", "roles": []string{"admin"}}),
	}
	for _, step := range []struct {
		name, code string
		fix        func()
	}{
		{"the number of headers", "credentials-multiple", func() { f.repeated = false }},
		{"the form of the token", "token-malformed", func() { f.unusedBit = false }},
		{"crit", "token-malformed", func() { f.header["crit"] = nil }},
		{"alg", "algorithm-not-allowed", func() { f.header["alg"] = "ES256" }},
		{"typ", "token-type-wrong", func() { f.header["typ"] = "at+jwt" }},
		{"the key", "key-unknown", func() { f.header["kid"] = a.Issuer.Key().ID }},
		{"the signature", "signature-invalid", func() { f.otherKey = false }},
		{"the form of the claims", "token-malformed", func() { f.notJSON = false }},
		{"iss", "issuer-wrong", f.fixClaim("iss")},
		{"the kind of token", "token-type-wrong", f.fixClaim("nonce")},
		{"aud", "audience-wrong", f.fixClaim("aud")},
		{"exp", "token-expired", f.fixClaim("exp")},
		{"nbf", "token-not-yet-valid", f.fixClaim("nbf")},
		{"iat", "token-not-yet-valid", f.fixClaim("iat")},
		{"a required claim", "claim-missing", f.fixClaim("sub")},
		{"the binding", "binding-invalid", f.fixClaim("cnf")},
		{"the scope", "scope-insufficient read", f.fixClaim("scope")},
		{"the role", "access-denied", f.fixClaim("roles")},
		{"nothing", "", func() {}},
	} {
		t.Run("R03 the first fault is "+step.name, func(t *testing.T) { a.want(t, f.request(a.Issuer), step.code) })
		step.fix()
	}
}

// fixClaim returns a function that gives a claim its correct value, or removes it.
func (f *faultyRequest) fixClaim(name string) func() {
	return func() { f.claims[name] = f.claimsFixed[name] }
}

func (f *faultyRequest) request(i *authtest.Issuer) request {
	key := i.Key()
	if f.otherKey {
		key = authtest.NewKey("ES256")
	}
	var claims any = "no JSON"
	if !f.notJSON {
		claims = i.Claims(f.claims)
	}
	token := key.Sign(f.header, claims)
	if f.unusedBit {
		token = setUnusedBit(token)
	}
	headers := []string{bearer(token)}
	if f.repeated {
		headers = append(headers, strings.ToLower(bearer("x")))
	}
	return get("/admin/items", headers...)
}
