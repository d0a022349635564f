package handlers_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
)

// afterRevoking is a token that was accepted before, and then revoked with a body, in which %s is its identifier.
func afterRevoking(body string) situation {
	return situation{send: func(t *testing.T, api *apitest.API) *apitest.Response {
		token := api.Issuer.Token(authtest.Claims{"jti": "t1", "sid": "s1"})
		api.Call(t, token, "GET /me", "").WantStatus(t, 200)
		revoke(t, api, strings.ReplaceAll(body, "%s", "t1"))
		return api.Call(t, token, "GET /me", "")
	}}
}

// revoke revokes tokens as an administrator whose own stay valid.
func revoke(t *testing.T, api *apitest.API, body string) {
	t.Helper()
	api.Call(t, api.Token("root", "", "admin"), "POST /admin/revocations", body).WantStatus(t, 204)
}

// TestRevocationsRejectWhatTheyName revokes after the tokens were accepted, and are in the cache, and in an API without a
// cache.
func TestRevocationsRejectWhatTheyName(t *testing.T) {
	ago := func(d time.Duration) int64 { return time.Now().Add(-d).Unix() }
	for _, test := range []struct {
		name, body string
		claims     authtest.Claims
		want       error // nil if the token is still accepted
	}{
		{"the token", `{"token_id":"t1"}`, authtest.Claims{"jti": "t1"}, problem.TokenRevoked},
		{"another token", `{"token_id":"t1"}`, authtest.Claims{"jti": "t2"}, nil},
		{"the token of another issuer", `{"token_id":"t1","issuer":"https://other.example.com"}`, authtest.Claims{"jti": "t1"}, nil},
		{"the subject", `{"subject":"alice"}`, nil, problem.SubjectRevoked},
		{"another subject", `{"subject":"bob"}`, nil, nil},
		{"a subject in another case", `{"subject":"Alice"}`, nil, nil},
		{"the subject of another issuer", `{"subject":"alice","issuer":"https://other.example.com"}`, nil, nil},
		{"the subject, with a clock ahead", `{"subject":"alice"}`, authtest.Claims{"iat": ago(-20 * time.Second)}, problem.SubjectRevoked},
		{"the subject before the token was issued", before("alice", time.Hour), authtest.Claims{"iat": ago(time.Minute)}, nil},
		{"the subject after the token was issued", before("alice", time.Minute), authtest.Claims{"iat": ago(time.Hour)}, problem.SubjectRevoked},
		{"the session", `{"session_id":"s1"}`, authtest.Claims{"sid": "s1"}, problem.SessionEnded},
		{"another session", `{"session_id":"s1"}`, authtest.Claims{"sid": "s2"}, nil},
		{"a session, and the token has none", `{"session_id":"s1"}`, nil, nil},
		{"a jti like the subject", `{"token_id":"alice"}`, nil, nil},
		{"a session like the jti", `{"session_id":"t1"}`, authtest.Claims{"jti": "t1"}, nil},
	} {
		for _, cache := range []string{"64MB", "0"} {
			t.Run(test.name+" with a cache of "+cache, func(t *testing.T) {
				api, other := startBoth(t, apitest.Env("TOKEN_CACHE_SIZE="+cache))
				token := api.Issuer.Token(test.claims)
				api.Call(t, token, "GET /me", "").WantStatus(t, 200)
				revoke(t, api, strings.ReplaceAll(test.body, "https://other.example.com", other.URL))
				r := api.Call(t, token, "GET /me", "")
				if test.want == nil {
					r.WantStatus(t, 200)
					return
				}
				r.WantProblem(t, test.want)
			})
		}
	}
}

// before is the body that revokes the tokens of a subject that were issued before an instant.
func before(subject string, ago time.Duration) string {
	return fmt.Sprintf(`{"subject":%q,"before":%q}`, subject, time.Now().Add(-ago).UTC().Format(time.RFC3339))
}

// TestATokenWithoutIatIsRevoked has a profile whose provider may leave iat out.
func TestATokenWithoutIatIsRevoked(t *testing.T) {
	api := apitest.New(t, apitest.Env("TOKEN_PROFILE=ping"))
	token := api.Issuer.Sign(nil, api.Issuer.Claims(authtest.Claims{"iat": nil, "scope": "items:read"}))
	api.Call(t, token, "GET /me", "").WantStatus(t, 200)
	revoke(t, api, before("alice", 24*time.Hour))
	api.Call(t, token, "GET /me", "").WantProblem(t, problem.SubjectRevoked)
}

// TestOtherNamesOfTheIssuerAreRevoked has a provider that writes another iss than its issuer.
func TestOtherNamesOfTheIssuerAreRevoked(t *testing.T) {
	api := apitest.New(t, apitest.Env("TOKEN_PROFILE=descope", "BACKCHANNEL_LOGOUT=docs"))
	_, name, _ := strings.Cut(api.Issuer.URL, "://")
	as := func(claims authtest.Claims) string {
		claims["iss"], claims["drn"] = name, "DS"
		return api.Issuer.Token(claims)
	}
	token := as(authtest.Claims{})
	api.Call(t, token, "GET /me", "").WantStatus(t, 200)
	api.Call(t, as(authtest.Claims{"sub": "root", "roles": []string{"admin"}}), "POST /admin/revocations", `{"subject":"alice"}`).WantStatus(t, 204)
	api.Call(t, token, "GET /me", "").WantProblem(t, problem.SubjectRevoked)

	other := as(authtest.Claims{"sub": "bob", "sid": "session-1"})
	api.Call(t, other, "GET /me", "").WantStatus(t, 200)
	sendLogout(t, api, api.Issuer.LogoutToken(authtest.Claims{"iss": name}), 200)
	api.Call(t, other, "GET /me", "").WantProblem(t, problem.SessionEnded)
}

// TestASubjectCanSignInAgain waits for the difference of clocks that is accepted.
func TestASubjectCanSignInAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := apitest.New(t)
		revoke(t, api, `{"subject":"alice"}`)
		time.Sleep(31 * time.Second)
		api.Call(t, api.Token("alice", ""), "GET /me", "").WantStatus(t, 200)
	})
}

func TestRevocationsAreForAdmins(t *testing.T) {
	api := apitest.New(t)
	admin := api.Token("root", "", "admin")
	for _, test := range []struct {
		name, token, body string
		want              error
	}{
		{"an anonymous caller", "", `{"subject":"bob"}`, problem.CredentialsMissing},
		{"a caller without the role", api.Token("alice", "items:write"), `{"subject":"bob"}`, problem.AccessDenied},
		{"nothing", admin, `{}`, problem.ValidationFailed},
		{"two things", admin, `{"subject":"bob","session_id":"s"}`, problem.ValidationFailed},
		{"an instant for a token", admin, `{"token_id":"t","before":"2026-01-01T00:00:00Z"}`, problem.ValidationFailed},
		{"an instant in the future", admin, `{"subject":"bob","before":"2999-01-01T00:00:00Z"}`, problem.ValidationFailed},
		{"a life of no time", admin, `{"subject":"bob","expires_in":0}`, problem.ValidationFailed},
		{"an identifier that no index can hold", admin, `{"token_id":"` + strings.Repeat("é", 1000) + `"}`, problem.ValidationFailed},
		{"an issuer of no token", admin, `{"subject":"bob","issuer":"` + api.Issuer.URL + `/"}`, problem.ValidationFailed},
		{"another member", admin, `{"user":"bob"}`, problem.MemberUnknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			if r := api.Call(t, test.token, "POST /admin/revocations", test.body); !strings.Contains(r.Body, `"`+problem.Of(test.want).Code+`"`) {
				t.Errorf("got %d %s", r.Status, r.Body)
			}
		})
	}
}

// A revocationDatabase stores revocations in a database of this process, or fails.
type revocationDatabase struct {
	handlers.RevocationStore
	broken atomic.Bool
}

func (*revocationDatabase) Ready(context.Context) error { return nil }

func (d *revocationDatabase) ListAll(ctx context.Context, after store.Cursor, limit int, where ...store.Condition) ([]store.Revocation, store.Cursor, error) {
	if d.broken.Load() {
		return nil, "", problem.DatabaseUnavailable
	}
	return d.RevocationStore.ListAll(ctx, after, limit, where...)
}

func (d *revocationDatabase) Add(ctx context.Context, by store.Owner, all ...store.Revocation) (bool, error) {
	if d.broken.Load() {
		return false, problem.DatabaseUnavailable
	}
	return d.RevocationStore.Add(ctx, by, all...)
}

// withRevocations gives an API the revocations of another one's database.
func withRevocations(d *revocationDatabase) apitest.Option {
	return apitest.Parts(func(p *handlers.Parts) {
		if db, ok := p.DB.(*store.DB); ok && d.RevocationStore == nil {
			d.RevocationStore = store.NewRevocations(db)
		}
		p.DB = d
	})
}

// TestInstancesReadRevocations has two instances with one database, and one that starts later.
func TestInstancesReadRevocations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := &revocationDatabase{}
		here, there := apitest.New(t, withRevocations(shared)), apitest.New(t, withRevocations(shared))
		token := there.Token("alice", "")
		there.Call(t, token, "GET /me", "").WantStatus(t, 200)
		revoke(t, here, `{"subject":"alice"}`)
		time.Sleep(5 * time.Second)
		there.Call(t, token, "GET /me", "").WantProblem(t, problem.SubjectRevoked)
		later := apitest.New(t, withRevocations(shared))
		later.Call(t, later.Token("alice", ""), "GET /me", "").WantProblem(t, problem.SubjectRevoked)
	})
}

// TestKnownRevocationsOutliveAnOutage revokes before the database fails, and after it is back.
func TestKnownRevocationsOutliveAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := &revocationDatabase{}
		api := apitest.New(t, withRevocations(db))
		alice, bob := api.Token("alice", ""), api.Token("bob", "")
		revoke(t, api, `{"subject":"alice"}`)
		db.broken.Store(true)
		time.Sleep(5 * time.Second)
		api.Call(t, alice, "GET /me", "").WantProblem(t, problem.SubjectRevoked)
		api.Call(t, bob, "GET /me", "").WantStatus(t, 200)
		root := api.Token("root", "", "admin")
		api.Call(t, root, "POST /admin/revocations", `{"subject":"bob"}`).WantStatus(t, 503)
		api.Call(t, bob, "GET /me", "").WantStatus(t, 200)
		ready := api.Call(t, "", "GET /readyz", "").WantStatus(t, 200)
		if !strings.Contains(ready.Body, `"status":"degraded"`) || !strings.Contains(ready.Body, `"revocations":`) {
			t.Errorf("readiness is %s", ready.Body)
		}
		db.broken.Store(false)
		time.Sleep(5 * time.Second)
		if ready := api.Call(t, "", "GET /readyz", ""); !strings.Contains(ready.Body, `"status":"ready"`) {
			t.Errorf("afterwards, readiness is %s", ready.Body)
		}
		if logged := len(api.Log.Records(t, "revocations cannot be read: tokens are verified with those that are known")); logged != 1 {
			t.Errorf("the outage was logged %d times", logged)
		}
	})
}

// TestRevocationsEndWithTheirTokens revokes for a minute, in a database that keeps no more.
func TestRevocationsEndWithTheirTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := apitest.New(t)
		revoke(t, api, `{"token_id":"t1","expires_in":60}`)
		token := func() string { return api.Issuer.Token(authtest.Claims{"jti": "t1"}) }
		time.Sleep(time.Minute)
		api.Call(t, token(), "GET /me", "").WantProblem(t, problem.TokenRevoked)
		time.Sleep(4 * time.Minute)
		api.Call(t, token(), "GET /me", "").WantStatus(t, 200)
	})
}
