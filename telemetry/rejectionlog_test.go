package telemetry_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/problem"
)

// A gate is an API without a network. Within a bubble its time is fake.
type gate struct {
	*handlers.API
	issuer *authtest.Issuer
	log    *logbook
}

// newGate returns a gate whose issuer answers, and whose clock may be off.
func newGate(t *testing.T, verification func(*auth.Config), changes ...func(*handlers.Config)) *gate {
	t.Helper()
	issuer := authtest.New("https://id.example.com", origin)
	cfg := auth.Config{Issuer: issuer.URL, Audience: []string{origin}, Transport: issuer}
	if verification != nil {
		verification(&cfg)
	}
	book := &logbook{}
	return &gate{newAPI(t, connect(t, cfg), issuer, book, changes...), issuer, book}
}

// call answers a request that comes from an address, and returns the problem.
func (g *gate) call(t *testing.T, from, line, authorization string) handlers.Problem {
	t.Helper()
	method, target, _ := strings.Cut(line, " ")
	r := httptest.NewRequest(method, target, nil).WithContext(t.Context())
	r.RemoteAddr = from
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	return decode[handlers.Problem](t, w.Body.String())
}

// records returns what was logged with this message.
func (g *gate) records(t *testing.T, message string) []map[string]any {
	t.Helper()
	var found []map[string]any
	for line := range strings.Lines(g.log.String()) {
		if record := decode[map[string]any](t, line); record["msg"] == message {
			found = append(found, record)
		}
	}
	return found
}

const anybody = "203.0.113.1:5000"

// TestARefusalIsRecordedOnceAndInFull compares whole records with what they should say.
func TestARefusalIsRecordedOnceAndInFull(t *testing.T) {
	flawed := authtest.Claims{"iss": "https://id.example.com/", "aud": "account", "exp": 946684788, "client_id": nil, "azp": "docs"} // expired 12 s ago
	for _, test := range []struct {
		name, line string
		token      func(*authtest.Issuer) string
		want       string
	}{
		{"a token that fails several checks", "GET /items", func(i *authtest.Issuer) string { return i.Token(flawed) },
			`"code":"issuer-wrong","status":401,"method":"GET","route":"/items","caller":"anonymous","required":{"scope":"items:read"},
			"genuine":true,"issuer_state":"ready","keys_age":60000000000,"failed":{
				"iss":{"expected":"\"https://id.example.com\"","actual":"\"https://id.example.com/\"","remedy":"The issuers differ only by a trailing slash: set OIDC_ISSUER=https://id.example.com/."},
				"aud":{"expected":"any of [\"https://api.example.com\"]","actual":"[\"account\"]","remedy":"aud is account: add an audience mapper at Keycloak, to the client or to a client scope."},
				"exp":{"expected":"after 2000-01-01T00:00:50Z","actual":"1999-12-31T23:59:48Z","remedy":"It expired 1m12s ago, and CLOCK_SKEW is 10s."},
				"client_id":{"expected":"a client","actual":"absent","remedy":"The client is in azp or cid: the provider does not follow RFC 9068, set TOKEN_PROFILE=jwt."}},
			"err":"issuer-wrong: iss: want \"https://id.example.com\", got \"https://id.example.com/\""`},
		{"a token that nobody signed", "GET /me", func(i *authtest.Issuer) string {
			key := authtest.NewKey("ES256")
			key.ID = "dev-1"
			return key.Sign(map[string]any{"typ": "JWT"}, i.Claims(authtest.Claims{"iss": "http://localhost:9000"}))
		},
			`"code":"token-type-wrong","status":401,"method":"GET","route":"/me","caller":"anonymous",
			"genuine":false,"issuer_state":"ready","keys_age":60000000000,"failed":{
				"typ":{"expected":"\"at+jwt\"","actual":"\"JWT\""},
				"iss":{"expected":"\"https://id.example.com\"","actual":"\"http://localhost:9000\""}},
			"err":"This is not an access token."`},
		{"a caller who lacks a scope and a role", "GET /admin/items", func(i *authtest.Issuer) string { return i.Token(authtest.Claims{"scope": "openid"}) },
			`"code":"scope-insufficient","status":403,"method":"GET","route":"/admin/items","required":{"scope":"items:read","roles":"admin"},
			"caller":{"iss":"https://id.example.com","sub":"alice","client_id":"docs"},
			"genuine":true,"issuer_state":"ready","keys_age":60000000000,"failed":{
				"required_scope":{"expected":"every one of [\"items:read\"]","actual":"[\"openid\"]","remedy":"The token lacks [\"items:read\"]: let the client ask for it, and the provider grant it."},
				"required_role":{"expected":"every one of [\"admin\"]","actual":"[]","remedy":"The caller lacks [\"admin\"]: roles are what the provider writes into the claim roles."}},
			"err":"scope-insufficient: scope: want [\"items:read\"], got [\"openid\"]"`},
		{"what is no token and no scheme, of which nothing is repeated", "GET /me", nil,
			`"code":"scheme-unsupported","status":401,"method":"GET","route":"/me","caller":"anonymous","issuer_state":"ready","keys_age":60000000000,"failed":{
				"authorization":{"expected":"one header: Authorization: Bearer <access token>","actual":"something other than Bearer, a space and a token",
					"remedy":"Write Bearer and a space before the token."}},
			"err":"The authentication scheme is not supported."`},
		{"a text that is no token", "GET /me", func(*authtest.Issuer) string { return "opaque" },
			`"code":"token-malformed","status":401,"method":"GET","route":"/me","caller":"anonymous",
			"genuine":false,"issuer_state":"ready","keys_age":60000000000,"failed":{
				"form":{"expected":"three segments of base64url, as the provider issued them","actual":"6 bytes without a dot: an opaque token, or no token at all",
					"remedy":"This is not a JWT: let the client ask for this API (resource or audience), so that the provider issues a JWT for it."}},
			"err":"The access token is malformed."`},
		{"a path that is not there", "GET /nowhere", func(*authtest.Issuer) string { return "opaque" },
			`"code":"not-found","status":404,"method":"GET","route":"","caller":"anonymous","err":"There is nothing here for this caller."`},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := newGate(t, func(c *auth.Config) { c.Leeway = 10 * time.Second })
				time.Sleep(time.Minute)
				token, credentials := "", "hunter2 hunter2"
				if test.token != nil {
					token = test.token(g.issuer)
					credentials = "Bearer " + token
				}
				problem := g.call(t, anybody, test.line, credentials)
				want := decode[map[string]any](t, "{"+test.want+"}")
				want["request_id"] = strings.TrimPrefix(problem.Instance, "urn:uuid:")
				want["msg"], want["level"], want["time"] = "request refused", "INFO", "2000-01-01T00:01:00Z"
				if want["genuine"] != nil {
					want["token"] = auth.Token(token).Fingerprint()
				}
				records := g.records(t, "request refused")
				if len(records) != 1 {
					t.Fatalf("it was recorded %d times", len(records))
				}
				if got, want := text(t, records[0]), text(t, want); got != want {
					t.Errorf("got\n%s\nwant\n%s", got, want)
				}
			})
		})
	}
}

// text returns a value as JSON with sorted members.
func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAGoodTokenIsNotBlamedForWhatComesAfterIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t, nil)
		g.issuer.Break(g.issuer.On("/userinfo", authtest.Down))
		problem := g.call(t, anybody, "GET /me/profile", "Bearer "+g.issuer.Token(authtest.Claims{"scope": "openid"}))
		records := g.records(t, "request refused")
		if problem.Code != "auth-unavailable" || len(records) != 1 || records[0]["genuine"] != true || records[0]["failed"] != nil {
			t.Errorf("%s is recorded as %v", problem.Code, records)
		}
	})
}

func TestAThrottleHidesNothingFromTheRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t, nil, func(c *handlers.Config) { c.FailureLimit = 1 })
		g.call(t, anybody, "GET /me", "Bearer opaque")
		expired := g.issuer.Token(authtest.Claims{"exp": 1})
		problem := g.call(t, anybody, "GET /me", "Bearer "+expired)
		record := g.records(t, "request refused")[1]
		failed, _ := record["failed"].(map[string]any)
		if problem.Code != "too-many-failures" || record["genuine"] != true || failed["exp"] == nil {
			t.Errorf("%s is recorded as %v", problem.Code, record)
		}
	})
}

// TestAFloodIsCounted sends the same refusals again and again.
func TestAFloodIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t, nil, func(c *handlers.Config) {
			c.Store = broken{c.Store, func() error { return fmt.Errorf("broken") }}
		})
		good := "Bearer " + g.issuer.Token(authtest.Claims{"scope": "items:read"})
		flood := func(n int, from, line, authorization string) {
			for range n {
				g.call(t, from, line, authorization)
			}
		}
		wantLogged := func(what string, n int) {
			t.Helper()
			if got := len(g.records(t, "request refused")); got != n {
				t.Errorf("%s: %d are logged, want %d", what, got, n)
			}
		}
		wantSums := func(want ...string) {
			t.Helper()
			var got []string
			for _, r := range g.records(t, "requests refused repeatedly") {
				got = append(got, fmt.Sprint(r["code"], " ", r["client"], " ", r["more"]))
			}
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Errorf("the sums are %q, want %q", got, want)
			}
		}
		flood(25, anybody, "GET /me", "")
		wantLogged("one kind from one address", 10)
		flood(25, "203.0.113.1:6000", "GET /items", "")
		wantLogged("the same kind from another port, elsewhere", 10)
		flood(3, anybody, "GET /me", "Bearer opaque")
		wantLogged("another kind", 13)
		flood(12, "203.0.113.2:5000", "GET /me", "")
		wantLogged("another address", 23)
		flood(10, "203.0.113.3:5000", "GET /me", "")
		wantLogged("as many as are not summed up", 33)
		for n := range 20 {
			flood(1, fmt.Sprintf("[2001:db8::%x]:5000", n+1), "GET /me", "")
		}
		wantLogged("a network of IPv6", 43)
		flood(5, "[2001:db8:0:1::1]:5000", "GET /me", "")
		wantLogged("another network of IPv6", 48)
		flood(30, anybody, "GET /items/1", good)
		wantLogged("a fault of ours", 78)
		wantSums()
		time.Sleep(time.Minute)
		synctest.Wait()
		wantSums("credentials-missing 2001:db8::/64 10", "credentials-missing 203.0.113.1 40", "credentials-missing 203.0.113.2 2")
		flood(11, anybody, "GET /me", "")
		wantLogged("a minute later", 88)
		g.Flush()
		wantSums("credentials-missing 2001:db8::/64 10", "credentials-missing 203.0.113.1 1", "credentials-missing 203.0.113.1 40", "credentials-missing 203.0.113.2 2")
		time.Sleep(time.Hour)
		synctest.Wait()
		wantSums("credentials-missing 2001:db8::/64 10", "credentials-missing 203.0.113.1 1", "credentials-missing 203.0.113.1 40", "credentials-missing 203.0.113.2 2")
	})
}

// TestAFloodFromEverywhereIsBounded comes from more addresses than are told apart.
func TestAFloodFromEverywhereIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t, nil)
		for n := range 10_050 {
			w := httptest.NewRecorder()
			r := httptest.NewRequest("GET", "/me", nil)
			r.RemoteAddr = fmt.Sprintf("10.0.%d.%d:5000", n/256, n%256)
			g.ServeHTTP(w, r)
		}
		if got := strings.Count(g.log.String(), `"msg":"request refused"`); got != 10_010 {
			t.Errorf("%d are logged, want ten thousand and ten of the others", got)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if sums := g.records(t, "requests refused repeatedly"); len(sums) != 1 || sums[0]["client"] != "others" || sums[0]["more"] != 40.0 {
			t.Errorf("the sums are %v", sums)
		}
	})
}

// TestTheLatestRecordsAreKept is about one refusal more than are remembered.
func TestTheLatestRecordsAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t, nil, documentedForDevelopers)
		var instances []string
		for n := range 301 {
			instances = append(instances, g.call(t, fmt.Sprintf("10.0.0.%d:5000", n/2), "GET /me", "").Instance)
		}
		for _, instance := range instances[1:] {
			w := g.ask(t, `{"instance":"`+instance+`"}`, "")
			wantCode(t, "a record", w, nil)
			if got := decode[handlers.Record](t, w.Body.String()); got.Instance != instance || got.Code != "credentials-missing" || got.Route != "/me" {
				t.Fatalf("%s is answered with %s", instance, w.Body)
			}
		}
		wantCode(t, "the record before the latest", g.ask(t, `{"instance":"`+instances[0]+`"}`, ""), problem.NotFound)
	})
}
