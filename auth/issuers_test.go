package auth_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/problem"
)

// bothIssuers are two issuers, each of which gets the requests to its own host.
type bothIssuers struct{ first, second *authtest.Issuer }

// RoundTrip implements [http.RoundTripper].
func (b bothIssuers) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(b.second.URL, r.URL.Host) {
		return b.second.RoundTrip(r)
	}
	return b.first.RoundTrip(r)
}

// connectBoth returns a verifier of two issuers, with the same names of keys and other audiences.
func connectBoth(t *testing.T, changes ...func(first, second *auth.Config)) (*fixture, bothIssuers) {
	t.Helper()
	both := bothIssuers{authtest.New(issuerURL, audience), authtest.New("https://second.example.com", "second")}
	both.second.Key().ID = both.first.Key().ID
	first := auth.Config{Issuer: issuerURL, Audience: []string{audience}, Transport: both}
	second := auth.Config{Issuer: both.second.URL, Suffix: "_2", Audience: []string{"second"}, RolesClaim: []string{}, Transport: both}
	for _, change := range changes {
		change(&first, &second)
	}
	v, err := auth.ConnectAll(t.Context(), []auth.Config{first, second})
	if err != nil {
		t.Fatal(err)
	}
	return &fixture{t, both.first, v}, both
}

// TestATokenIsGivenToTheIssuerItNames has tokens that one of the issuers would accept, and the other must not.
func TestATokenIsGivenToTheIssuerItNames(t *testing.T) {
	f, both := connectBoth(t)
	a, b := both.first, both.second
	forged := func(claims authtest.Claims) string { return a.Sign(map[string]any{"typ": "at+jwt"}, claims) }
	for _, test := range []struct {
		name, token string
		want        *problem.Type
	}{
		{"of the first", a.Token(), nil},
		{"of the second", b.Token(), nil},
		{"of the second, signed by the first", forged(b.Claims()), problem.SignatureInvalid},
		{"of the first, signed by the second", b.Sign(map[string]any{"typ": "at+jwt"}, a.Claims()), problem.SignatureInvalid},
		{"of the second, for the first's audience", b.Token(authtest.Claims{"aud": audience}), problem.AudienceWrong},
		{"of the first, for the second's audience", a.Token(authtest.Claims{"aud": "second"}), problem.AudienceWrong},
		{"of neither", forged(a.Claims(authtest.Claims{"iss": "https://third.example.com"})), problem.IssuerWrong},
		{"of the second with a slash", b.Token(authtest.Claims{"iss": b.URL + "/"}), problem.IssuerWrong},
		{"of both in a list", forged(a.Claims(authtest.Claims{"iss": []string{a.URL, b.URL}})), problem.IssuerWrong},
		{"of the second inside another claim", forged(a.Claims(authtest.Claims{"act": map[string]any{"iss": b.URL}})), nil},
		{"of none", a.Token(authtest.Claims{"iss": nil}), problem.ClaimMissing},
		{"an ID token of the second", b.IDToken(), problem.TokenTypeWrong},
	} {
		t.Run(test.name, func(t *testing.T) {
			for range 2 { // the second time with what the first has left in the cache
				(&fixture{t, a, f.verifier}).want(test.token, test.want)
			}
		})
	}
}

// TestIssuersMayShareAKey has two realms of one provider that sign with the same key. What differs is the issuer alone.
func TestIssuersMayShareAKey(t *testing.T) {
	f, both := connectBoth(t, func(_, second *auth.Config) { second.Audience = []string{audience} })
	both.second.Swap(both.first.Key())
	pass := authtest.Claims{"aud": audience, "roles": []string{"admin"}, "scope": "a"}
	first, err := f.verifier.Verify(t.Context(), auth.AccessToken(both.first.Token(pass)))
	second, errSecond := f.verifier.Verify(t.Context(), auth.AccessToken(both.second.Token(pass)))
	if err != nil || errSecond != nil {
		t.Fatal(err, errSecond)
	}
	if first.Identity() == second.Identity() || first.Subject != second.Subject {
		t.Errorf("the callers are %v and %v", first.Identity(), second.Identity())
	}
	if !first.HasRole("admin") || len(second.Roles) > 0 || !second.HasScope("a") {
		t.Errorf("the roles are %q and %q", first.Roles, second.Roles)
	}
	if first.Provider().Issuer() != issuerURL || second.Provider().Issuer() != both.second.URL {
		t.Error("a caller has the provider of another issuer")
	}
}

// TestAnOutageConcernsOneIssuer breaks the second issuer until its keys are too old: cached tokens end with them.
func TestAnOutageConcernsOneIssuer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, both := connectBoth(t)
		long := authtest.Claims{"exp": time.Now().Add(24 * time.Hour).Unix()}
		first, second := both.first.Token(long), both.second.Token(long)
		f.want(first, nil)
		f.want(second, nil)
		both.second.Break(authtest.Down)
		pass(10 * time.Minute)
		if got := f.verifier.State(); got != auth.Degraded {
			t.Errorf("the state is %s", got)
		}
		f.want(second, nil)
		pass(2 * time.Hour)
		f.want(first, nil)
		f.want(both.first.Token(), nil)
		f.wantUnavailable(second)
		f.wantUnavailable(both.second.Token())
		f.want(both.first.Token(authtest.Claims{"iss": "https://third.example.com"}), problem.IssuerWrong)
		if got := f.verifier.State(); got != auth.Degraded {
			t.Errorf("the state is %s", got)
		}
		both.first.Break(authtest.Down)
		pass(2 * time.Hour)
		if got := f.verifier.State(); got != auth.Down {
			t.Errorf("without any keys, the state is %s", got)
		}
	})
}

// TestIssuersHaveTheirOwnBudget sends unknown keys of one issuer: the other is not asked, and neither are its keys.
func TestIssuersHaveTheirOwnBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, both := connectBoth(t)
		pass(time.Second)
		old, next := both.first.Token(), authtest.NewKey("ES256")
		for range 5 {
			f.want(authtest.NewKey("ES256").Sign(map[string]any{"typ": "at+jwt"}, both.second.Claims()), problem.KeyUnknown)
		}
		if got := both.first.Fetches("/jwks"); got != 1 {
			t.Errorf("the keys of the first were fetched %d times", got)
		}
		both.first.Swap(next) // a rotation is noticed at once, although the budget of the other is used up
		f.want(both.first.Token(), nil)
		f.want(both.second.Token(), nil)
		f.want(old, problem.KeyUnknown)
	})
}

// TestIssuersAreNamedInMoreWays has iss as encoders write it, and names that a profile derives.
func TestIssuersAreNamedInMoreWays(t *testing.T) {
	entra, _ := auth.ProfileByName("entra")
	f, both := connectBoth(t, func(first, second *auth.Config) {
		first.Issuer, first.Tenants, first.Profile = "https://id.example.com/{tenantid}/v2.0", []string{"*"}, entra
	})
	both.first.URL = "https://id.example.com/{tenantid}/v2.0"
	escaped := strings.ReplaceAll(`{"iss":"`+both.second.URL+`"}`, "/", `\/`)
	for _, test := range []struct{ payload, want string }{
		{escaped, both.second.URL},
		{`{ "a" : ["iss", {"iss":"x"}] , "b":"\"iss\":\"y\"", "\u0069ss" : "` + both.second.URL + `" }`, both.second.URL},
		{`{"iss":"https://id.example.com/7/v2.0"}`, both.first.URL},
		{`{"iss":"https://id.example.com"}`, both.first.URL},
		{`{"iss":"` + strings.ToUpper(both.second.URL) + `"}`, both.second.URL},
		{`{"iss":null,"x":"` + both.second.URL + `"}`, both.first.URL},
		{`{"iss":"` + both.second.URL, both.first.URL},
		{`"iss":`, both.first.URL},
		{`{"iss":"\`, both.first.URL},
		{``, both.first.URL},
	} {
		if got := f.verifier.For(withPayload(test.payload)).Issuer(); got != test.want {
			t.Errorf("%s is given to %s", test.payload, got)
		}
	}
}

// TestTheSameIssuerTwiceIsAnError has a configuration in which a token would have two meanings.
func TestTheSameIssuerTwiceIsAnError(t *testing.T) {
	cfg := auth.Config{Issuer: issuerURL, Audience: []string{audience}}
	if _, err := auth.ConnectAll(t.Context(), []auth.Config{cfg, cfg}); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("the error is %v", err)
	}
	if _, err := auth.ConnectAll(t.Context(), []auth.Config{cfg, {Issuer: "https://b.example.com"}}); err == nil {
		t.Error("an issuer without an audience is accepted")
	}
}

// TestExplanationsAreOfTheIssuer has tokens of the second issuer, whose advice names its own variables.
func TestExplanationsAreOfTheIssuer(t *testing.T) {
	f, both := connectBoth(t)
	plain := both.second.Sign(map[string]any{"typ": "JWT"}, both.second.Claims(authtest.Claims{"scope": "a"}))
	e := f.verifier.Explain(t.Context(), auth.AccessToken(plain))
	if e.Issuer != both.second.URL || !strings.Contains(e.Hint, "TOKEN_PROFILE_2=jwt") || !strings.Contains(checkOf(e, "typ").Advice, "TOKEN_PROFILE_2=jwt") {
		t.Errorf("got %+v", e)
	}
	e = f.verifier.Explain(t.Context(), auth.AccessToken(both.second.Token(authtest.Claims{"roles": []string{"admin"}})))
	advice := (&auth.Requirement{Roles: []string{"admin"}}).Explain(e.Caller, time.Now())[0].Advice
	if e.Caller == nil || advice != "The roles stand in roles; ROLES_CLAIM_2=roles reads them." {
		t.Errorf("the advice is %s", advice)
	}
	e = f.verifier.Explain(t.Context(), auth.AccessToken(both.first.Sign(map[string]any{"typ": "JWT"}, both.first.Claims(authtest.Claims{"scope": "a"}))))
	if e.Issuer != issuerURL || strings.Contains(e.Hint, "_2") {
		t.Errorf("got %+v", e)
	}
}

// TestTheSizeOfATokenIsThatOfItsIssuer has MAX_TOKEN_SIZE of one issuer above that of the other.
func TestTheSizeOfATokenIsThatOfItsIssuer(t *testing.T) {
	f, both := connectBoth(t, func(_, second *auth.Config) { second.MaxTokenSize = auth.MaxTokenSize })
	long := authtest.Claims{"x": strings.Repeat("x", auth.DefaultTokenSize)}
	f.want(both.first.Token(long), problem.CredentialsTooLarge)
	f.want(both.second.Token(long), nil)
}

// withPayload returns a token with a payload as it is written.
func withPayload(payload string) auth.AccessToken {
	part := base64.RawURLEncoding.EncodeToString
	return auth.AccessToken(part([]byte(`{"alg":"ES256"}`)) + "." + part([]byte(payload)) + "." + part([]byte("signature")))
}
