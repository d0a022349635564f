package handlers_test

import (
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
)

// A situation is what must hold beside a request, so that it gets a variant.
type situation struct {
	options []apitest.Option
	send    func(*testing.T, *apitest.API) *apitest.Response
	fake    bool // the time
}

// check makes the situation, and compares the response with the variant.
func (s situation) check(t *testing.T, v *problem.Variant) {
	if !s.fake {
		api := apitest.Start(t, s.options...)
		checkVariant(t, api, v, s.send(t, api))
		return
	}
	synctest.Test(t, func(t *testing.T) {
		api := apitest.New(t, s.options...)
		synctest.Wait()
		checkVariant(t, api, v, s.send(t, api))
	})
}

func env(variables ...string) []apitest.Option { return []apitest.Option{apitest.Env(variables...)} }

// withToken returns what sends a token to GET /me.
func withToken(token func(*apitest.API) string) func(*testing.T, *apitest.API) *apitest.Response {
	return func(t *testing.T, api *apitest.API) *apitest.Response { return api.Call(t, token(api), "GET /me", "") }
}

// situations are by the variant that they cause.
var situations = map[*problem.Variant]situation{
	problem.KeyWithdrawn: {fake: true, send: func(t *testing.T, api *apitest.API) *apitest.Response {
		old := api.Issuer.Token()
		api.Call(t, old, "GET /me", "").WantStatus(t, 200)
		api.Issuer.Swap(authtest.NewKey("ES256"))
		api.Call(t, api.Issuer.Token(), "GET /me", "").WantStatus(t, 200) // which fetches the keys
		return api.Call(t, old, "GET /me", "")
	}},
	problem.KeyTooNew: {fake: true, send: func(t *testing.T, api *apitest.API) (last *apitest.Response) {
		for range 5 {
			last = api.Call(t, authtest.NewKey("ES256").Sign(map[string]any{"typ": "at+jwt"}, api.Issuer.Claims()), "GET /me", "")
		}
		return last
	}},
	problem.Unmarked: {options: env("TOKEN_PROFILE=keycloak"), send: withToken(func(api *apitest.API) string {
		return api.Issuer.Sign(map[string]any{"typ": "JWT"}, api.Issuer.Claims(authtest.Claims{"client_id": nil}))
	})},
	problem.ScopeUnmarked: {options: env("TOKEN_PROFILE=spring"), send: withToken(func(api *apitest.API) string {
		return api.Issuer.Sign(nil, api.Issuer.Claims(authtest.Claims{"client_id": nil, "scope": nil}))
	})},
	problem.AudienceByClient: {options: env("TOKEN_PROFILE=spring"), send: withToken(func(api *apitest.API) string {
		return api.Issuer.Sign(nil, api.Issuer.Claims(authtest.Claims{"client_id": nil, "aud": "spa", "scope": []string{"items:read"}}))
	})},
	problem.IssuerTenant: {options: env("OIDC_ISSUER=https://id.example.com/realms/shop"), fake: true, send: withToken(func(api *apitest.API) string {
		return api.Issuer.Token(authtest.Claims{"iss": "https://id.example.com/realms/staging"})
	})},
	problem.IssuerProfile: {options: env("TOKEN_PROFILE=jwt"), fake: true, send: withToken(func(api *apitest.API) string {
		return api.Issuer.Sign(map[string]any{"typ": "JWT"}, api.Issuer.Claims(authtest.Claims{"iss": "id.example.com", "drn": "DS"}))
	})},
	problem.AudienceProfile: {options: env("TOKEN_PROFILE=jwt", "OIDC_CLIENTS=docs"), send: withToken(func(api *apitest.API) string {
		return api.Issuer.Token(authtest.Claims{"aud": nil, "token_use": "access"})
	})},
	problem.RequiredAbsent: {options: env("REQUIRED_CLAIMS=tier=gold"), send: withToken(func(api *apitest.API) string { return api.Issuer.Token() })},
	problem.RequiredOther: {options: env("REQUIRED_CLAIMS=tier=gold"), send: withToken(func(api *apitest.API) string {
		return api.Issuer.Token(authtest.Claims{"tier": "silver"})
	})},
	problem.ClientOther: {options: env("OIDC_CLIENTS=spa"), send: withToken(func(api *apitest.API) string { return api.Issuer.Token() })},
	problem.ExpiredByClock: {options: []apitest.Option{clockAhead(time.Hour)}, send: withToken(func(api *apitest.API) string {
		return api.Issuer.Token()
	})},
	problem.SignInWeak:    requiring(auth.Requirement{ACR: []string{"gold"}}, time.Time{}),
	problem.SignInOld:     requiring(auth.Requirement{MaxAge: time.Minute}, time.Unix(1, 0)),
	problem.SignInUnknown: requiring(auth.Requirement{MaxAge: time.Minute}, time.Time{}),
	problem.Throttled: {options: env("FAILURE_LIMIT=1"), send: func(t *testing.T, api *apitest.API) *apitest.Response {
		api.Call(t, "opaque", "GET /me", "")
		return api.Call(t, "opaque", "GET /me", "")
	}},
	problem.RateReached: {options: env("RATE_LIMIT=1"), send: func(t *testing.T, api *apitest.API) *apitest.Response {
		token := api.Issuer.Token()
		api.Call(t, token, "GET /me", "")
		return api.Call(t, token, "GET /me", "")
	}},
	problem.KeysNotFetched: {options: []apitest.Option{apitest.Issuer(func(i *authtest.Issuer) { i.Break(authtest.Down) })},
		send: withToken(func(api *apitest.API) string { return api.Issuer.Token() })},
	problem.KeysOld: {fake: true, send: func(t *testing.T, api *apitest.API) *apitest.Response {
		api.Issuer.Break(authtest.Down)
		time.Sleep(2 * time.Hour)
		return api.Call(t, api.Issuer.Token(), "GET /me", "")
	}},
	problem.KeyNotFetched: {send: func(t *testing.T, api *apitest.API) *apitest.Response {
		api.Call(t, api.Issuer.Token(), "GET /me", "").WantStatus(t, 200) // which waits for the first keys
		api.Issuer.Break(authtest.Down)
		api.Issuer.SignWith(authtest.NewKey("ES256"))
		return api.Call(t, api.Issuer.Token(), "GET /me", "")
	}},
	// part:introspection:begin
	problem.NotAsked: {options: []apitest.Option{introspecting("opaque")}, send: func(t *testing.T, api *apitest.API) *apitest.Response {
		api.Call(t, api.Issuer.Token(), "GET /me", "") // which waits for the keys
		api.Issuer.Break(authtest.Down)
		return api.Call(t, "opaque", "GET /me", "")
	}},
	problem.AnswerIssuer: {options: []apitest.Option{introspecting("opaque")}, send: withToken(func(api *apitest.API) string {
		return api.Issuer.Opaque(authtest.Claims{"iss": nil})
	})},
	problem.AnswerType: {options: []apitest.Option{introspecting("opaque")}, send: withToken(func(api *apitest.API) string {
		return api.Issuer.Opaque(authtest.Claims{"token_type": nil})
	})},
	// part:introspection:end
	problem.TokenRevoked:   afterRevoking(`{"token_id":"%s"}`),   // part:revocation
	problem.SubjectRevoked: afterRevoking(`{"subject":"alice"}`), // part:revocation
	problem.SessionEnded:   afterRevoking(`{"session_id":"s1"}`), // part:revocation
	problem.NoUserInfo: {send: func(t *testing.T, api *apitest.API) *apitest.Response {
		token := api.Token("alice", "openid")
		api.Call(t, token, "GET /me", "") // which waits for the keys
		api.Issuer.Break(api.Issuer.On("/userinfo", authtest.Down))
		return api.Call(t, token, "GET /me/profile", "")
	}},
	problem.ProviderOther: {options: env("OIDC_ISSUER=https://id.example.org"), fake: true, send: withToken(func(api *apitest.API) string {
		return api.Issuer.Token(authtest.Claims{"iss": "https://id.example.org"})
	})},
}

// clockAhead sets the clock of the API.
func clockAhead(by time.Duration) apitest.Option {
	return apitest.Auth(func(c *auth.Config) { c.Now = func() time.Time { return time.Now().Add(by) } })
}

// requiring is a route with a requirement, and a caller that signed in at some time, or never.
func requiring(q auth.Requirement, signedIn time.Time) situation {
	return situation{send: func(t *testing.T, _ *apitest.API) *apitest.Response {
		return respond(t, false, func(*gin.Context) error { return q.Check(&auth.Principal{SignedIn: signedIn}, time.Now()) })
	}}
}
