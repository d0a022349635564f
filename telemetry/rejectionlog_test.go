package telemetry_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
)

// A brokenStore fails when an item is read.
type brokenStore struct{ handlers.ItemStore }

func (brokenStore) Get(context.Context, store.Owner, string) (store.Item, error) {
	return store.Item{}, errors.New("broken")
}

// An unavailableStore has no database.
type unavailableStore struct{ handlers.ItemStore }

func (unavailableStore) Get(context.Context, store.Owner, string) (store.Item, error) {
	return store.Item{}, problem.DatabaseUnavailable
}

func withBrokenStore(p *handlers.Parts) { p.Items = brokenStore{p.Items} }

// TestARejectionIsLoggedOnceAndInFull compares whole records.
func TestARejectionIsLoggedOnceAndInFull(t *testing.T) {
	flawed := authtest.Claims{"iss": "https://id.example.com/", "aud": "account", "exp": 946684788, "client_id": nil, "azp": "docs"} // expired 12 s ago
	bearer := func(token func(*authtest.Issuer) string) func(*authtest.Issuer) string {
		return func(i *authtest.Issuer) string { return "Bearer " + token(i) }
	}
	for _, test := range []struct {
		name, line  string
		credentials func(*authtest.Issuer) string
		want        string
	}{
		{"a token that fails several checks", "GET /items", bearer(func(i *authtest.Issuer) string { return i.Token(flawed) }),
			`"code":"issuer-wrong","status":401,"method":"GET","route":"/items","caller":"anonymous","required":{"scope":"items:read"},
			"genuine":false,"issuer_state":"ready","keys_age":60000000000,"failed":{
				"iss":{"expected":"\"https://id.example.com\"","actual":"\"https://id.example.com/\"","remedy":"The issuers differ only by a trailing slash: set OIDC_ISSUER=https://id.example.com/."},
				"aud":{"expected":"any of [\"https://api.example.com\"]","actual":"[\"account\"]","remedy":"aud is account: add an audience mapper at Keycloak, to the client or to a client scope."},
				"exp":{"expected":"after 2000-01-01T00:00:50Z","actual":"1999-12-31T23:59:48Z","remedy":"It expired 1m12s ago, and CLOCK_SKEW is 10s."},
				"client_id":{"expected":"a client","actual":"absent"}},
			"err":"issuer-wrong: slash"`},
		{"a token that is signed by an unknown key", "GET /me", bearer(func(i *authtest.Issuer) string {
			key := authtest.NewKey("ES256")
			key.ID = "dev-1"
			return key.Sign(map[string]any{"typ": "JWT"}, i.Claims(authtest.Claims{"iss": "http://localhost:9000"}))
		}),
			`"code":"token-type-wrong","status":401,"method":"GET","route":"/me","caller":"anonymous",
			"genuine":false,"issuer_state":"ready","keys_age":60000000000,"failed":{
				"typ":{"expected":"\"at+jwt\"","actual":"\"JWT\""},
				"iss":{"expected":"\"https://id.example.com\"","actual":"\"http://localhost:9000\""}},
			"err":"token-type-wrong: typ"`},
		{"a caller who lacks a scope and a role", "GET /admin/items", bearer(func(i *authtest.Issuer) string { return i.Token(authtest.Claims{"scope": "openid"}) }),
			`"code":"scope-insufficient","status":403,"method":"GET","route":"/admin/items","required":{"scope":"items:read","roles":"admin"},
			"caller":{"iss":"https://id.example.com","sub":"alice","client_id":"docs"},
			"genuine":true,"issuer_state":"ready","keys_age":60000000000,"failed":{
				"required_scope":{"expected":"every one of [\"items:read\"]","actual":"[\"openid\"]","remedy":"The token lacks [\"items:read\"]: let the client ask for it, and the provider grant it."},
				"required_role":{"expected":"every one of [\"admin\"]","actual":"[]","remedy":"The caller lacks [\"admin\"]: roles are what the provider writes into roles."}},
			"err":"scope-insufficient: scope: want [\"items:read\"], got [\"openid\"]"`},
		{"credentials without a scheme, which are not repeated", "GET /me", func(*authtest.Issuer) string { return "hunter2 hunter2" },
			`"code":"scheme-unsupported","status":401,"method":"GET","route":"/me","caller":"anonymous","issuer_state":"ready","keys_age":60000000000,"failed":{
				"authorization":{"expected":"one header: Authorization: Bearer <access token>","actual":"something other than Bearer, a space and a token",
					"remedy":"Send Bearer, one space and an access token of https://id.example.com, and nothing else."}},
			"err":"scheme-unsupported: other"`},
		{"an opaque token", "GET /me", bearer(func(*authtest.Issuer) string { return "opaque" }),
			`"code":"token-malformed","status":401,"method":"GET","route":"/me","caller":"anonymous",
			"genuine":false,"issuer_state":"ready","keys_age":60000000000,"failed":{
				"form":{"expected":"three segments of base64url, as the provider issued them","actual":"6 bytes without a dot: an opaque token, or no token at all",
					"remedy":"` + strings.ReplaceAll(problem.Opaque.Hint, "{audience}", apitest.PublicURL) + `"}},
			"err":"token-malformed: opaque"`},
		{"an unknown path", "GET /nowhere", bearer(func(*authtest.Issuer) string { return "opaque" }),
			`"code":"not-found","status":404,"method":"GET","route":"","caller":"anonymous","err":"not-found: path"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				api := apitest.New(t, apitest.Env("CLOCK_SKEW=10s"))
				time.Sleep(time.Minute)
				credentials := test.credentials(api.Issuer)
				r := api.Call(t, "", test.line, "", "Authorization: "+credentials)
				var want map[string]any
				if err := json.Unmarshal([]byte("{"+test.want+"}"), &want); err != nil {
					t.Fatal(err)
				}
				want["request_id"] = r.Header.Get("X-Request-Id")
				want["msg"], want["level"], want["time"] = "request rejected", "INFO", "2000-01-01T00:01:00Z"
				if want["genuine"] != nil {
					want["token"] = auth.AccessToken(strings.TrimPrefix(credentials, "Bearer ")).Fingerprint()
				}
				records := api.Log.Records(t, "request rejected")
				if len(records) != 1 {
					t.Fatalf("it is logged %d times", len(records))
				}
				if got, want := sortedJSON(t, records[0]), sortedJSON(t, want); got != want {
					t.Errorf("got\n%s\nwant\n%s", got, want)
				}
			})
		})
	}
}

// sortedJSON returns a value as JSON with sorted members.
func sortedJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAGoodTokenIsNotTheCauseOfALaterError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := apitest.New(t)
		api.Issuer.Break(api.Issuer.On("/userinfo", authtest.Down))
		r := api.Call(t, api.Token("alice", "openid"), "GET /me/profile", "")
		records := api.Log.Records(t, "request rejected")
		if r.Status != problem.AuthUnavailable.Status || len(records) != 1 || records[0]["genuine"] != true || records[0]["failed"] != nil {
			t.Errorf("%s is logged as %v", r.Body, records)
		}
	})
}

func TestAThrottledTokenIsLoggedInFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := apitest.New(t, apitest.Env("FAILURE_LIMIT=1"))
		api.Call(t, "opaque", "GET /me", "")
		forger := authtest.NewKey("ES256")
		forger.ID = api.Issuer.Key().ID
		forged := forger.Sign(map[string]any{"typ": "at+jwt"}, api.Issuer.Claims(authtest.Claims{"exp": 1}))
		r := api.Call(t, forged, "GET /me", "")
		record := api.Log.Records(t, "request rejected")[1]
		failed, _ := record["failed"].(map[string]any)
		if r.Status != problem.TooManyFailures.Status || record["genuine"] != false || failed["exp"] == nil {
			t.Errorf("%s is logged as %v", r.Body, record)
		}
	})
}
