package auth

import (
	"context"
	stdjson "encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/problem"
)

// FuzzExplain compares explanations with Authenticate. The problem is the same and is that of a failed check; an accepted
// token passes all checks; and no part of the signature is in the explanation.
func FuzzExplain(f *testing.F) {
	issuer := authtest.New("https://issuer.example", "api")
	issuer.Publish(authtest.NewKey("ES384"))
	for _, token := range append(tokenShapes(issuer.Key()), changedTokens(issuer)...) {
		f.Add(token)
	}
	ctx, cancel := context.WithCancel(context.Background())
	f.Cleanup(cancel)
	var verifiers []*Verifier
	for _, c := range []Config{{}, {Profile: PlainJWT()}, {Algorithms: []string{"RS256"}}, {CacheSize: -1}} {
		c.Issuer, c.Audience, c.Transport = issuer.URL, []string{"api"}, issuer
		v, err := Connect(ctx, c)
		if err != nil {
			f.Fatal(err)
		}
		verifiers = append(verifiers, v)
	}
	issuer.Break(authtest.Down)
	down, err := Connect(ctx, Config{Issuer: issuer.URL, Audience: []string{"api"}, Transport: issuer})
	if err != nil {
		f.Fatal(err)
	}
	down.Verify(ctx, "x.y.z") // waits for the first fetch, so that the others can have theirs
	issuer.Break(nil)
	f.Fuzz(func(t *testing.T, token string) {
		for _, v := range append(verifiers, down) {
			checkExplanation(t, v, AccessToken(token))
		}
	})
}

func checkExplanation(t *testing.T, v *Verifier, token AccessToken) {
	t.Helper()
	request := &http.Request{Header: http.Header{"Authorization": {"Bearer " + string(token)}}, URL: &url.URL{}}
	ctx := LimitSignatures(t.Context(), impatient{})
	caller, err := v.Authenticate(request.WithContext(ctx))
	_, signed := v.provider.VerifySignature(ctx, string(token))
	failed, _ := errors.AsType[*problem.Type](err)
	named := func(c Check) bool { return c.Result == Failed && failed != nil && c.Code == failed.Code }
	flawed := func(c Check) bool { return c.Result != Passed }
	e := v.Explain(ctx, token)
	switch {
	case e.Problem != failed || (e.Caller == nil) != (caller == nil):
		t.Fatalf("%q: rejected with %v, and explained as %v", string(token), failed, e.Problem)
	case err == nil && (slices.ContainsFunc(e.Checks, flawed) || !e.Genuine):
		t.Fatalf("%q: accepted, and explained as %+v", string(token), e)
	case err != nil && !slices.ContainsFunc(e.Checks, named):
		t.Fatalf("%q: rejected with %v, and explained as %+v", string(token), failed, e.Checks)
	case e.Genuine && (errors.Is(signed, problem.SignatureInvalid) || errors.Is(signed, problem.KeyUnknown) || errors.Is(signed, problem.AlgorithmNotAllowed)):
		t.Fatalf("%q: its signature is %v, and it is explained as genuine", string(token), signed)
	}
	text, err := stdjson.Marshal(e)
	if err != nil {
		t.Fatalf("%q: %v", string(token), err)
	}
	signature := string(token[strings.LastIndexByte(string(token), '.')+1:])
	if len(signature) >= 80 && strings.Contains(string(text), signature[:40]) {
		t.Fatalf("%q: its signature is in %s", string(token), text)
	}
}

// changedTokens returns tokens in which each claim and each member of the header is missing or of a wrong type, signed
// with keys that are published and keys that are not.
func changedTokens(issuer *authtest.Issuer) []string {
	unpublished := authtest.NewKey("ES256")
	namesake := &authtest.Key{ID: issuer.Key().ID, Algorithm: "ES256", Private: unpublished.Private}
	tokens := []string{issuer.Token(), issuer.IDToken()}
	for _, value := range []any{nil, stdjson.RawMessage("null"), "", "x", -1, time.Now().Add(time.Hour).Unix(), true, []any{"a", 5}, map[string]any{}} {
		for _, claim := range []string{"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "client_id", "azp", "cid", "scope", "scp", "roles", "acr",
			"auth_time", "cnf", "nonce", "events", "htm", "token_use", "typ", "unknown"} {
			tokens = append(tokens, issuer.Token(authtest.Claims{claim: value}))
		}
		for _, member := range []string{"alg", "kid", "typ", "crit", "b64", "zip", "jwk", "jku", "x5u", "x5c", "cty"} {
			header := map[string]any{"typ": "at+jwt", member: value}
			tokens = append(tokens, issuer.Sign(header, issuer.Claims()), unpublished.Sign(header, issuer.Claims()), namesake.Sign(header, issuer.Claims()))
		}
	}
	for _, claims := range []string{"", "null", "[]", "{}", `{"iss":"a","iss":"b"}`, "{\"iss\":\"\xff\"}", strings.Repeat(`{"a":`, 900)} {
		tokens = append(tokens, issuer.Key().SignText(`{"alg":"ES256","typ":"at+jwt","kid":"`+issuer.Key().ID+`"}`, claims))
	}
	for _, typ := range []string{"JWT", "at+jwt", "Application/AT+JWT", "x"} {
		for _, alg := range []string{"ES256", "ES384", "RS256", "none", "HS256"} {
			for _, kid := range []any{nil, 5, issuer.Key().ID, "unknown", strings.Repeat("k", 300), strings.Repeat("k", 4<<10)} {
				tokens = append(tokens, issuer.Sign(map[string]any{"typ": typ, "alg": alg, "kid": kid}, issuer.Claims()))
			}
		}
	}
	return tokens
}
