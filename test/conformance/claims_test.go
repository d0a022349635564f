package conformance

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
)

// A claimTable collects rows about tokens with one claim changed.
type claimTable struct {
	api  *testAPI
	rows []row
}

// add adds a row for every value of a claim.
func (c *claimTable) add(id, claim, code string, values ...any) {
	for _, v := range values {
		text := strings.ReplaceAll(toJSON(v), c.api.Issuer.URL, "ISSUER") // its port changes
		c.rows = append(c.rows, row{id + " " + claim + ": " + text, me(c.api.withClaims(authtest.Claims{claim: v})), code})
	}
}

func TestIdentityClaimsAreValidated(t *testing.T) {
	t.Parallel()
	a := start(t)
	url, other := a.Issuer.URL, "https://other.example.com"
	c := &claimTable{api: a}
	c.add("C01", "iss", "issuer-wrong", url+"/", url[:len(url)-1], url+"1", strings.ToUpper(url), " "+url, other, "",
		[]string{url}, 5, null, map[string]any{url: 1})
	c.add("C03", "aud", "", audience, []string{audience}, []string{other, audience})
	c.add("C03", "aud", "audience-wrong", other, "", audience+"/", audience+" ", strings.ToUpper(audience), audience[:len(audience)-1],
		audience+","+other, []string{}, []string{other}, []any{audience, 5}, []any{audience, nil}, []any{[]string{audience}},
		map[string]any{audience: 1}, 5, true, null)
	for _, claim := range []string{"iss", "exp", "sub", "client_id", "iat", "jti"} {
		c.rows = append(c.rows, row{"C08 no " + claim, me(a.withClaims(authtest.Claims{claim: nil})), "claim-missing"})
	}
	c.add("C08", "sub", "claim-invalid", strings.Repeat("s", 256), strings.Repeat("é", 256))
	c.add("C08", "sub", "", strings.Repeat("s", 255), strings.Repeat("é", 255))
	c.rows = append(c.rows, row{"C08 no aud", me(a.withClaims(authtest.Claims{"aud": nil})), "audience-wrong"})
	for _, claim := range []string{"sub", "client_id", "jti"} {
		c.add("C08", claim, "claim-invalid", "", "a\x00b", 5, null, []string{"x"}, map[string]any{})
	}
	c.add("C11", "roles", "claim-invalid", 5, null, true, map[string]any{"admin": true}, []any{"admin", 5})
	c.add("C13", "acr", "claim-invalid", 5, null, []string{"gold"})
	c.add("C13", "auth_time", "claim-invalid", "1", null, -1, 1e30)
	a.run(t, c.rows)
}

func TestKeysOfAnotherIssuerAreNotUsed(t *testing.T) {
	t.Parallel()
	ours, theirs := start(t), start(t)
	key := newKey("ES256")
	key.ID = ours.Issuer.Key().ID
	theirs.Issuer.Swap(key)
	ours.run(t, []row{
		{"C02 another issuer's key of the same kid", me(theirs.Issuer.Token()), "issuer-wrong"},
		{"C02 another issuer's key, and our iss", me(theirs.Issuer.Token(authtest.Claims{"iss": ours.Issuer.URL})), "signature-invalid"},
		{"C02 that key with iss of this API's issuer", me(theirs.withClaims(authtest.Claims{"iss": ours.Issuer.URL})), "signature-invalid"},
	})
}

func TestUnsafeConfigurationsDoNotStart(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*auth.Config){
		"no issuer":               func(c *auth.Config) { c.Issuer = "" },
		"an issuer without TLS":   func(c *auth.Config) { c.Issuer = "http://login.example.com" },
		"no audience":             func(c *auth.Config) { c.Audience = nil },
		"an empty audience":       func(c *auth.Config) { c.Audience = []string{audience, ""} },
		"a leeway of 61 seconds":  func(c *auth.Config) { c.Leeway = 61 * time.Second },
		"a symmetric algorithm":   func(c *auth.Config) { c.Algorithms = []string{"ES256", "HS256"} },
		"the algorithm none":      func(c *auth.Config) { c.Algorithms = []string{"none"} },
		"an issuer with no host":  func(c *auth.Config) { c.Issuer = "https://" },
		"an issuer with a query":  func(c *auth.Config) { c.Issuer = "https://login.example.com/?a=b" },
		"an issuer with fragment": func(c *auth.Config) { c.Issuer = "https://login.example.com/#a" },
	} {
		t.Run("C04 "+name, func(t *testing.T) {
			c := auth.Config{Issuer: "https://login.example.com", Audience: []string{audience}}
			change(&c)
			if _, err := auth.Connect(t.Context(), c); err == nil {
				t.Error("it starts")
			}
		})
	}
}

func TestDatesAreValidatedToTheSecond(t *testing.T) {
	t.Parallel()
	a := start(t)
	at := func(d time.Duration) int64 { return a.now().Add(d).Unix() }
	c := &claimTable{api: a}
	for id, claim := range map[string]string{"C05": "exp", "C06": "nbf", "C07": "iat"} {
		c.add(id, claim, "claim-invalid", "1", "", null, true, []int{}, map[string]any{}, -1, -0.5, json.RawMessage("1e400"),
			json.RawMessage("-1e400"), 1e30, 1e300, json.RawMessage("9223372036854775808"), json.RawMessage("18446744073709551616"), endOfTime+1)
	}
	c.add("C05", "exp", "token-expired", 0, 0.5, json.RawMessage("-0"), 1, 1e3, json.RawMessage("1E3"))
	c.add("C05", "exp", "", endOfTime)
	c.add("C06", "nbf", "token-not-yet-valid", endOfTime)
	c.add("C07", "iat", "token-not-yet-valid", endOfTime)
	date := func(name, claim string, value any, code string) row {
		return row{name, me(a.withClaims(authtest.Claims{claim: value})), code}
	}
	a.run(t, append(c.rows,
		date("C05 a fraction of a second", "exp", float64(at(time.Minute))+0.5, ""),
		date("C05 one second before exp and leeway", "exp", at(time.Second-leeway), ""),
		date("C05 half a second before exp and leeway", "exp", float64(at(-leeway))+0.5, ""),
		date("C05 at exp and leeway", "exp", at(-leeway), "token-expired"),
		date("C05 one second after exp and leeway", "exp", at(-leeway-time.Second), "token-expired"),
		date("C06 no nbf", "nbf", nil, ""),
		date("C06 at nbf less leeway", "nbf", at(leeway), ""),
		date("C06 one second before nbf less leeway", "nbf", at(leeway+time.Second), "token-not-yet-valid"),
		date("C07 at iat less leeway", "iat", at(leeway), ""),
		date("C07 one second before iat less leeway", "iat", at(leeway+time.Second), "token-not-yet-valid"),
		date("C07 an hour ahead", "iat", at(time.Hour), "token-not-yet-valid"),
		date("C07 a day old", "iat", at(-24*time.Hour), ""),
	))
}

// endOfTime is the last second of the year 9999, the greatest date that is accepted.
const endOfTime = 253402300799
