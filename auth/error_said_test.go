package auth

import (
	"testing"
	"time"

	"example.com/gatehouse/problem"
)

// TestClaimsAreToldToHoldersOnly has the same error with and without a signature that was verified.
func TestClaimsAreToldToHoldersOnly(t *testing.T) {
	for _, test := range []struct {
		name    string
		variant *problem.Variant
		told    bool // to every caller
	}{
		{"when a token expired", problem.ExpiredAtTime, false},
		{"which claim is missing", problem.ClaimAbsent, false},
		{"by which claim it is an ID token", problem.IDToken, false},
		{"which profile reads it", problem.TypeProfile, false},
		{"which other audience it has", problem.AudienceAccount, false},
		{"that it has no dots", problem.Opaque, true},
		{"that it looks like a refresh token", problem.LooksRefresh, true},
		{"that its issuer has a slash more", problem.IssuerSlash, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			facts := []problem.Fact{problem.Claim("aud"), problem.ExpiredAt(time.Now())}
			forged := newError(test.variant.Type, "x").saying(test.variant, facts...)
			v, said := problem.VariantOf(forged)
			if (v == test.variant) != test.told || (len(said) > 0) != test.told {
				t.Errorf("a forged token gets %v with %v", v, said)
			}
			if v, said := problem.VariantOf(forged.AsGenuine(time.Now())); v != test.variant || len(said) == 0 {
				t.Errorf("a genuine token gets %v with %v", v, said)
			}
		})
	}
}
