package ginauth_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/auth/ginauth"
	"github.com/gin-gonic/gin"
)

// TestGenuineTokensGetTheirReason has clients behind one address: some repeat forged tokens, others have tokens of the
// provider that this API does not accept.
func TestGenuineTokensGetTheirReason(t *testing.T) {
	issuer := authtest.Start(t, "https://api.example.com")
	verifier, err := auth.Connect(t.Context(), auth.Config{Issuer: issuer.URL, Audience: []string{issuer.Audience}})
	if err != nil {
		t.Fatal(err)
	}
	call := serveWith(t, verifier, func(r *ginauth.Router) {
		r.Throttle(ginauth.NewThrottle(5, stopped))
		r.Require().GET("/me", hello)
		r.Require("a").GET("/a", hello)
		r.Optional().GET("/optional", hello)
	})
	want := func(what, path, token, code string) {
		t.Helper()
		if got := call(http.MethodGet, path, "Bearer "+token); got.body != code {
			t.Errorf("%s: got %d %s, want %s", what, got.status, got.body, code)
		}
	}
	expired := issuer.Token(authtest.Claims{"exp": time.Now().Add(-time.Hour).Unix()})
	genuine := func() {
		t.Helper()
		want("an expired token", "/me", expired, "token-expired")
		want("a token for another API", "/me", issuer.Token(authtest.Claims{"aud": "x"}), "audience-wrong")
		want("a token without aud", "/me", issuer.Token(authtest.Claims{"aud": nil}), "audience-wrong")
		want("a token without sub", "/me", issuer.Token(authtest.Claims{"sub": nil}), "claim-missing")
		want("a token with its own key", "/me", issuer.Sign(map[string]any{"typ": "at+jwt", "jwk": 1}, issuer.Claims()), "token-malformed")
		want("a token with bad claims", "/me", issuer.Key().SignText(`{"alg":"ES256","typ":"at+jwt","kid":"`+issuer.Key().ID+`"}`, "{"), "token-malformed")
		want("a valid token", "/me", issuer.Token(), "alice")
		want("a valid token without the scope", "/a", issuer.Token(), "scope-insufficient")
		want("a valid token where it is optional", "/optional", issuer.Token(), "alice")
	}
	for range 3 { // none of them counts
		genuine()
	}
	forger := authtest.NewKey("ES256")
	forger.ID = issuer.Key().ID
	forged := forger.Sign(map[string]any{"typ": "at+jwt"}, issuer.Claims())
	for range 5 {
		want("a forged token", "/me", forged, "signature-invalid")
	}
	for range 3 {
		want("a forged token after that", "/me", forged, "too-many-failures")
		want("an unsigned one", "/me", "x.y.z", "too-many-failures")
		want("one of an unknown key", "/me", authtest.NewKey("ES256").Sign(map[string]any{"typ": "at+jwt"}, issuer.Claims()), "too-many-failures")
		genuine()
	}
}

// serveWith is serve for another authenticator.
func serveWith(t *testing.T, a ginauth.Authenticator, declare func(*ginauth.Router)) func(method, path, credentials string) result {
	t.Helper()
	return serveEngine(t, func(engine *gin.Engine) { declare(ginauth.New(engine, a, fail)) })
}

// TestAnonymousCallersLearnTheScopes reads the requirement of the errors that a challenge is made of.
func TestAnonymousCallersLearnTheScopes(t *testing.T) {
	for credentials, scope := range map[string]string{"": "a b", "forged": "a b", "a": "a b"} {
		var got auth.Requirement
		engine := newEngine()
		router := ginauth.New(engine, grants{}, func(c *gin.Context, err error) {
			if rejected, ok := errors.AsType[*auth.Error](err); ok {
				got = rejected.Required
			}
			fail(c, err)
		})
		router.Require("a", "b").GET("/", hello)
		request, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		request.Header.Set("Authorization", credentials)
		engine.ServeHTTP(httptest.NewRecorder(), request)
		if got.Scope() != scope {
			t.Errorf("with %q: got %+v", credentials, got)
		}
	}
}
