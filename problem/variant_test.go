package problem

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAnErrorSaysItsVariant(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
		want string
	}{
		{"a variant", Opaque, "opaque"},
		{"a wrapped variant", fmt.Errorf("secret: %w", Opaque), "opaque"},
		{"a type", TokenMalformed, ""},
		{"a type before a variant of another", errors.Join(TooManyFailures, Opaque), ""},
		{"an error of the input", &InputError{Type: BodyMalformed, Variant: BodyEmpty}, "empty"},
		{"an error of the input about which nothing is known", &InputError{Type: BodyMalformed}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if v, _ := VariantOf(test.err); v.Name != test.want || v.Type != Of(test.err) {
				t.Errorf("got %v, want %q", v, test.want)
			}
		})
	}
}

// TestFactsTakeOnlyWhatMayBeSaid has what a token or a header could smuggle into a response.
func TestFactsTakeOnlyWhatMayBeSaid(t *testing.T) {
	for _, test := range []struct {
		name string
		fact Fact
		want string
	}{
		{"an algorithm", Algorithm("HS256"), "HS256"},
		{"a long algorithm", Algorithm(strings.Repeat("a", 17)), "another algorithm"},
		{"an algorithm with markup", Algorithm("<script>"), "another algorithm"},
		{"an algorithm with a quote", Algorithm(`a"b`), "another algorithm"},
		{"no algorithm", Algorithm(""), "another algorithm"},
		{"a claim", Claim("https://api.example.com/roles"), "https://api.example.com/roles"},
		{"a claim with a quote", Claim(`a"b`), "a claim"},
		{"a claim that is not ASCII", Claim("r\u00f4les"), "a claim"},
		{"a long claim", Claim(strings.Repeat("a", 65)), "a claim"},
		{"an instant", ExpiredAt(time.Date(2026, 11, 23, 10, 5, 0, 0, time.FixedZone("", 3600))), "2026-11-23T09:05:00Z"},
		{"seconds", Seconds(1499 * time.Millisecond), "1"},
		{"scopes, as clients ask for them", Scopes([]string{"a", "b"}), "api:a api:b"},
		{"advice that names the audience", Advice("Ask for {audience}."), "Ask for urn:api."},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &Published{Audience: []string{"urn:api"}, Scopes: func(all []string) []string {
				return []string{"api:" + all[0], "api:" + all[1]}
			}}
			if got := test.fact.format(p); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestEverySlotIsFilled has no facts and nothing that is published: a response must read well even then.
func TestEverySlotIsFilled(t *testing.T) {
	for _, typ := range Types() {
		for _, v := range typ.variants {
			detail, hint := v.Texts(&Published{})
			if slot.MatchString(detail) || slot.MatchString(hint) {
				t.Errorf("%s: %q, %q", v.Error(), detail, hint)
			}
		}
	}
}

// TestClaimsAreForGenuineTokens finds variants with facts about claims that every caller would receive.
func TestClaimsAreForGenuineTokens(t *testing.T) {
	for _, typ := range Types() {
		for _, v := range typ.variants {
			about := func(slot string) bool { return strings.Contains(v.Detail+v.Hint, "{"+slot+"}") }
			if slices.ContainsFunc([]string{"claim", "form", "settings", "expired_at", "not_before", "seconds"}, about) && !v.Genuine {
				t.Errorf("%s is sent to every caller", v.Error())
			}
			if typ.Genuine && !v.Genuine {
				t.Errorf("%s is sent to every caller, and its type is not", v.Error())
			}
		}
	}
}

func TestABodyHasTheFactsThatItNames(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 5, 0, 0, time.UTC)
	body := ExpiredAtTime.Body("https://api.example.com", "1", &Published{}, ExpiredAt(at), Seconds(time.Minute), Claim("exp"))
	want := "The access token expired at 2026-11-23T09:05:00Z, 60 seconds ago."
	if body.Detail != want || body.ExpiredAt != "2026-11-23T09:05:00Z" || body.Claim != "" || body.NotBefore != "" || body.AtFault != Client {
		t.Errorf("got %+v", body)
	}
	if body := NotYetValid.Body("", "", &Published{}, NotBefore(at)); body.NotBefore != "2026-11-23T09:05:00Z" {
		t.Errorf("got %+v", body)
	}
	if body := ClaimAbsent.Body("", "", &Published{}, Claim("aud")); body.Claim != "aud" {
		t.Errorf("got %+v", body)
	}
	if body := TokenExpired.MinimalBody("", ""); body.AtFault != "" {
		t.Errorf("got %+v", body)
	}
}
