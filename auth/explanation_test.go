package auth_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/problem"
)

// TestAdviceNamesAWrongClock changes the verifier's clock, or the provider's Date, and explains a token that is rejected
// because of it.
func TestAdviceNamesAWrongClock(t *testing.T) {
	expiring, fresh := authtest.Claims{"exp": unix(30 * time.Second)}, authtest.Claims{"iat": unix(0), "exp": unix(time.Hour)}
	for _, test := range []struct {
		name   string
		off    time.Duration // of this clock
		age    time.Duration // of the response in a cache
		claims authtest.Claims
		check  string
		advice string
	}{
		{"this clock is ahead", 42 * time.Second, 0, expiring, "exp",
			"It expired 12s ago, and CLOCK_SKEW is 10s. This clock is 42s ahead of the provider's: synchronize it."},
		{"this clock is behind", -42 * time.Second, 0, fresh, "iat",
			"It is dated 42s from now, and CLOCK_SKEW is 10s. This clock is 42s behind the provider's: synchronize it."},
		{"this clock is behind, which expires no token", -42 * time.Second, 0, authtest.Claims{"exp": unix(-time.Minute)}, "exp",
			"It expired 18s ago, and CLOCK_SKEW is 10s."},
		{"this clock is right, and the response comes from a cache", 0, time.Hour, authtest.Claims{"exp": unix(-12 * time.Second)}, "exp",
			"It expired 12s ago, and CLOCK_SKEW is 10s."},
		{"this clock is two seconds ahead, which is accepted", 2 * time.Second, 0, authtest.Claims{"exp": unix(-12 * time.Second)}, "exp",
			"It expired 14s ago, and CLOCK_SKEW is 10s."},
	} {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
				issuer.Break(cached(issuer, test.age))
				f := connect(t, issuer, skew, func(c *auth.Config) {
					c.Now = func() time.Time { return time.Now().Add(test.off) }
				})
				c := checkOf(f.verifier.Explain(t.Context(), auth.AccessToken(issuer.Token(test.claims))), test.check)
				if c.Result != auth.Failed || c.Advice != test.advice {
					t.Errorf("%s is %s with %q\nwant failed with %q", test.check, c.Result, c.Advice, test.advice)
				}
			})
		})
	}
}

// cached responds as a cache that stored the response for that long.
func cached(issuer *authtest.Issuer, age time.Duration) http.HandlerFunc {
	healthy := issuer.Slow(0)
	return func(w http.ResponseWriter, r *http.Request) {
		if age > 0 {
			w.Header().Set("Date", time.Now().Add(-age).UTC().Format(http.TimeFormat))
			w.Header().Set("Age", strconv.Itoa(int(age.Seconds())))
		}
		healthy(w, r)
	}
}

// TestAllFailedChecksAreExplained has a token with several mistakes, of which the response to the caller names one.
func TestAllFailedChecksAreExplained(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer)
		e := f.verifier.Explain(t.Context(), auth.AccessToken(issuer.Token(authtest.Claims{
			"aud": "account", "exp": unix(-time.Hour), "jti": nil, "cnf": nil, "scope": 5,
		})))
		var failed []string
		for _, c := range e.Checks {
			if c.Result == auth.Failed {
				failed = append(failed, c.Name+" "+c.Code)
			}
		}
		want := "aud audience-wrong, exp token-expired, jti claim-missing, scope claim-invalid"
		if got := strings.Join(failed, ", "); got != want || e.Problem != problem.AudienceWrong || !e.Genuine {
			t.Errorf("got %s for %v\nwant %s", got, e.Problem, want)
		}
		if c := checkOf(e, "exp"); c.Expected != "after 2000-01-01T00:00:00Z" || c.Actual != "1999-12-31T23:00:00Z" {
			t.Errorf("got %+v", c)
		}
	})
}

// TestExplainRejectionVerifiesNothing passes errors that are wrong: ExplainRejection relies on them, because it checks
// no signature and fetches no keys.
func TestExplainRejectionVerifiesNothing(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		var events eventLog
		f := connect(t, issuer, events.observe)
		good, forged := issuer.Token(), foreign("unknown", nil)(issuer)
		f.want(good, nil)
		pass(time.Minute) // until the next fetch is within the budget
		before := len(events.all())
		for token, err := range map[string]error{good: problem.SignatureInvalid, forged: nil, issuer.Token(): problem.AccessDenied} {
			e := f.verifier.ExplainRejection(auth.AccessToken(token), err)
			if e.Genuine != (err == nil) {
				t.Errorf("the error is %v, and the explanation %+v", err, e)
			}
		}
		synctest.Wait()
		if more := events.all()[before:]; len(more) != 0 {
			t.Errorf("got %+v", more)
		}
	})
}

// TestExplanationsAreAsOfTheVerification lets an hour pass between verification and explanation.
func TestExplanationsAreAsOfTheVerification(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer)
		accepted := issuer.Token(authtest.Claims{"exp": unix(time.Minute)})
		early := issuer.Token(authtest.Claims{"nbf": unix(time.Minute)})
		f.want(accepted, nil)
		rejected := f.verify(early)
		pass(time.Hour)
		if c := checkOf(f.verifier.ExplainRejection(auth.AccessToken(accepted), nil), "exp"); c.Result != auth.Passed {
			t.Errorf("the token was accepted, and the explanation is %+v", c)
		}
		if c := checkOf(f.verifier.ExplainRejection(auth.AccessToken(early), rejected), "nbf"); c.Result != auth.Failed || c.Code != "token-not-yet-valid" {
			t.Errorf("the token came early, and the explanation is %+v", c)
		}
	})
}

func TestRequirementsAreExplained(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	required := auth.Requirement{Scopes: []string{"read", "write"}, Roles: []string{"admin"}, ACR: []string{"gold"}, MaxAge: 5 * time.Minute}
	full := &auth.Principal{Scopes: []string{"write", "read"}, Roles: []string{"admin"}, ACR: "gold", SignedIn: now}
	poor := &auth.Principal{Scopes: []string{"read"}, SignedIn: now.Add(-time.Hour)}
	for _, test := range []struct {
		name   string
		caller *auth.Principal
		want   []auth.Check
	}{
		{"a caller who meets it", full, []auth.Check{
			{Name: "required_scope", Result: auth.Passed, Expected: `every one of ["read" "write"]`, Actual: `["write" "read"]`},
			{Name: "required_role", Result: auth.Passed, Expected: `every one of ["admin"]`, Actual: `["admin"]`},
			{Name: "required_acr", Result: auth.Passed, Expected: `any of ["gold"]`, Actual: `"gold"`},
			{Name: "required_auth_time", Result: auth.Passed, Expected: "after 2026-11-23T08:55:00Z", Actual: "2026-11-23T09:00:00Z"},
		}},
		{"a caller who meets no part", poor, []auth.Check{
			{Name: "required_scope", Result: auth.Failed, Code: "scope-insufficient", Expected: `every one of ["read" "write"]`, Actual: `["read"]`,
				Advice: `The token lacks ["write"]: let the client ask for it, and the provider grant it.`},
			{Name: "required_role", Result: auth.Failed, Code: "access-denied", Expected: `every one of ["admin"]`, Actual: `[]`,
				Advice: `The caller lacks ["admin"]: roles are what the provider writes into the claim roles.`},
			{Name: "required_acr", Result: auth.Failed, Code: "step-up-required", Expected: `any of ["gold"]`, Actual: `""`,
				Advice: "Sign in again with these acr_values. The provider must write acr into access tokens."},
			{Name: "required_auth_time", Result: auth.Failed, Code: "step-up-required", Expected: "after 2026-11-23T08:55:00Z", Actual: "2026-11-23T08:00:00Z",
				Advice: "Sign in again with this max_age. The provider must write auth_time into access tokens."},
		}},
		{"no caller", nil, []auth.Check{
			{Name: "required_scope", Result: auth.Skipped, Expected: `every one of ["read" "write"]`},
			{Name: "required_role", Result: auth.Skipped, Expected: `every one of ["admin"]`},
			{Name: "required_acr", Result: auth.Skipped, Expected: `any of ["gold"]`},
			{Name: "required_auth_time", Result: auth.Skipped, Expected: "after 2026-11-23T08:55:00Z"},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := required.Explain(test.caller, now)
			for i := range max(len(got), len(test.want)) {
				if i >= len(got) || i >= len(test.want) || got[i] != test.want[i] {
					t.Fatalf("got %+v\nwant %+v", got, test.want)
				}
			}
		})
	}
	if got := (&auth.Requirement{}).Explain(poor, now); got != nil {
		t.Errorf("nothing is required, and the explanation is %+v", got)
	}
}

// TestTheFirstExplanationIsOfVerifiedClaims has a token of another typ, and a verifier that has fetched no keys yet.
func TestTheFirstExplanationIsOfVerifiedClaims(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		v := connect(t, issuer).verifier
		e := v.Explain(t.Context(), auth.AccessToken(issuer.Sign(nil, issuer.Claims(authtest.Claims{"client_id": nil, "azp": "docs", "jti": nil}))))
		var advised []string
		for _, c := range e.Checks {
			if c.Advice != "" {
				advised = append(advised, c.Name)
			}
		}
		if !e.Genuine || checkOf(e, "signature").Result != auth.Passed || strings.Join(advised, " ") != "typ" || !strings.Contains(e.Hint, "TOKEN_PROFILE=jwt") {
			t.Errorf("genuine %v, hint %s, advice for %q, %+v", e.Genuine, e.Hint, advised, e.Checks)
		}
	})
}

// TestRequiredClaimsAreExplained has the check only where there are such claims.
func TestRequiredClaimsAreExplained(t *testing.T) {
	issuer := authtest.New(issuerURL, audience)
	for _, test := range []struct {
		required []string
		claims   authtest.Claims
		want     auth.Check
	}{
		{nil, nil, auth.Check{}},
		{[]string{"org=acme"}, authtest.Claims{"org": "acme"}, auth.Check{Name: "required_claims", Result: auth.Passed, Expected: `every one of ["org=acme"]`, Actual: "every one of them"}},
		{[]string{"org=acme"}, authtest.Claims{"org": "b"}, auth.Check{Name: "required_claims", Result: auth.Failed, Code: "claim-invalid", Expected: `every one of ["org=acme"]`, Actual: `org ["b"]`, Advice: "REQUIRED_CLAIMS says what a token must have."}},
		{[]string{"org=acme"}, nil, auth.Check{Name: "required_claims", Result: auth.Failed, Code: "claim-missing", Expected: `every one of ["org=acme"]`, Actual: "org absent", Advice: "REQUIRED_CLAIMS says what a token must have."}},
	} {
		f := connect(t, issuer, func(c *auth.Config) { c.RequiredClaims = test.required })
		e := f.verifier.Explain(t.Context(), auth.AccessToken(issuer.Token(test.claims)))
		if got := checkOf(e, "required_claims"); got != test.want {
			t.Errorf("%q: got %+v, want %+v", test.required, got, test.want)
		}
	}
}
