package auth_test

import (
	"crypto"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/problem"
	"github.com/coreos/go-oidc/v3/oidc"
)

var rsaNumbers = sync.OnceValue(func() crypto.Signer { return authtest.NewKey("RS256").Private })

func newKey(algorithm string) *authtest.Key {
	if strings.HasPrefix(algorithm, "RS") || strings.HasPrefix(algorithm, "PS") {
		return &authtest.Key{ID: "rsa-" + algorithm, Algorithm: algorithm, Private: rsaNumbers()}
	}
	return authtest.NewKey(algorithm)
}

func TestEveryAlgorithmIsAccepted(t *testing.T) {
	for _, algorithm := range auth.Algorithms() {
		t.Run(algorithm, func(t *testing.T) {
			issuer := authtest.New(issuerURL, audience)
			issuer.Swap(newKey(algorithm))
			connect(t, issuer).want(issuer.Token(), nil)
			others := connect(t, issuer, func(c *auth.Config) { c.Algorithms = except(algorithm) })
			others.want(issuer.Token(), problem.AlgorithmNotAllowed)
		})
	}
}

func except(algorithm string) []string {
	var others []string
	for _, a := range auth.Algorithms() {
		if a != algorithm {
			others = append(others, a)
		}
	}
	return others
}

func TestAPrincipalHasTheClaimsOfTheToken(t *testing.T) {
	issuer := authtest.New(issuerURL, audience)
	end := time.Now().Add(time.Minute).Truncate(time.Second)
	token := issuer.Token(authtest.Claims{
		"jti": "1", "sid": "s", "iat": end.Add(-time.Minute).Unix(), "exp": end.Unix(), "scope": "read write", "roles": []string{"admin", "user"}, "acr": "gold", "auth_time": 1e9,
		"tenant": "acme",
	})
	got, err := connect(t, issuer).verifier.Verify(t.Context(), auth.AccessToken(token))
	if err != nil {
		t.Fatal(err)
	}
	var claims struct {
		Tenant string `json:"tenant"`
	}
	if err := got.Claims(&claims); err != nil || claims.Tenant != "acme" {
		t.Errorf("got %+v and %v", claims, err)
	}
	want := auth.Principal{
		Issuer: issuerURL, Subject: "alice", ClientID: "docs", TokenID: "1", Scopes: []string{"read", "write"},
		Roles: []string{"admin", "user"}, IssuedAt: end.Add(-time.Minute), SessionID: "s", ExpiresAt: end, ACR: "gold", SignedIn: time.Unix(1e9, 0),
	}
	value, expected := reflect.ValueOf(*got), reflect.ValueOf(want)
	for i := range value.NumField() {
		if f := value.Type().Field(i); f.IsExported() && !reflect.DeepEqual(value.Field(i).Interface(), expected.Field(i).Interface()) {
			t.Errorf("%s: got %v, want %v", f.Name, value.Field(i), expected.Field(i))
		}
	}
}

func TestRequestsAreAuthenticated(t *testing.T) {
	issuer := authtest.New(issuerURL, audience)
	f := connect(t, issuer)
	for _, test := range []struct {
		name, header string
		problem      *problem.Type
	}{
		{"a token", "Bearer " + issuer.Token(), nil},
		{"no header", "", problem.CredentialsMissing},
		{"another scheme", "Basic YWJj", problem.SchemeUnsupported},
		{"no token", "Bearer", problem.CredentialsMalformed},
		{"a bad token", "Bearer abc", problem.TokenMalformed},
		{"a token that is past", "Bearer " + issuer.Token(authtest.Claims{"exp": 1}), problem.TokenExpired},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header.Set("Authorization", test.header)
			caller, err := f.verifier.Authenticate(r)
			if (caller != nil) != (test.problem == nil) || test.problem != nil && !errors.Is(err, test.problem) || test.problem == nil && err != nil {
				t.Errorf("got %v and %v", caller, err)
			}
		})
	}
}

// TestProvidersVerifyIDTokens passes a Provider to go-oidc, for its keys.
func TestProvidersVerifyIDTokens(t *testing.T) {
	bubble(t, verifyIDTokens)
}

func verifyIDTokens(t *testing.T, issuer *authtest.Issuer) {
	provider := connect(t, issuer).verifier.Provider()
	verifier := oidc.NewVerifier(issuerURL, provider, &oidc.Config{ClientID: "docs", SupportedSigningAlgs: []string{"ES256"}})
	for _, test := range []struct {
		name, token string
		good        bool
	}{
		{"an ID token", issuer.IDToken(), true},
		{"an ID token for another client", issuer.IDToken(authtest.Claims{"aud": "cli"}), false},
		{"an ID token that is past", issuer.IDToken(authtest.Claims{"exp": 1}), false},
		{"an ID token of another key", authtest.NewKey("ES256").Sign(nil, issuer.Claims(authtest.Claims{"aud": "docs"})), false},
		{"an ID token that is not signed", authtest.Encode(`{"alg":"none"}`) + "." + strings.SplitN(issuer.IDToken(), ".", 3)[1] + ".", false},
		{"an ID token with a line break", strings.Replace(issuer.IDToken(), ".", ".\n", 1), false},
		{"an ID token with an extension", issuer.Sign(map[string]any{"crit": []string{"x"}, "x": 1}, issuer.Claims(authtest.Claims{"aud": "docs"})), false},
		{"an ID token with a key of its own", issuer.Sign(map[string]any{"jwk": issuer.Key().JWK()}, issuer.Claims(authtest.Claims{"aud": "docs"})), false},
		{"nothing", "", false},
	} {
		token, err := verifier.Verify(t.Context(), test.token)
		if (err == nil) != test.good || test.good && token.Subject != "alice" {
			t.Errorf("%s: got %+v and %v", test.name, token, err)
		}
	}
}

// TestPrincipalsShareNoMemory verifies many tokens at once and compares the principals at the end: a Verifier reuses
// memory, and none of it may be part of a Principal.
func TestPrincipalsShareNoMemory(t *testing.T) {
	issuer := authtest.New(issuerURL, audience)
	f := connect(t, issuer, func(c *auth.Config) { c.CacheSize = -1 })
	principals := make([]*auth.Principal, 200)
	var wg sync.WaitGroup
	for n := range principals {
		name := fmt.Sprintf("caller-%d", n)
		token := auth.AccessToken(issuer.Token(authtest.Claims{
			"sub": name, "client_id": "client of " + name, "scope": "a " + name, "roles": []string{name}, "note": strings.Repeat(name, n%30),
		}))
		wg.Go(func() { principals[n], _ = f.verifier.Verify(t.Context(), token) })
	}
	wg.Wait()
	for n, p := range principals {
		name := fmt.Sprintf("caller-%d", n)
		var claims struct {
			Subject string `json:"sub"`
			Note    string `json:"note"`
		}
		if p == nil || p.Claims(&claims) != nil {
			t.Fatalf("%s: got %+v", name, p)
		}
		got := []string{p.Subject, p.ClientID, p.Scopes[1], p.Roles[0], claims.Subject, claims.Note}
		if want := []string{name, "client of " + name, name, name, name, strings.Repeat(name, n%30)}; !slices.Equal(got, want) {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
}
