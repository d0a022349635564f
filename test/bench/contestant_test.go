package main

import (
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth/authtest"
)

// A comparison is fair when everybody does the whole work.
func TestEveryContestantVerifies(t *testing.T) {
	for _, algorithm := range algorithms {
		i := startIssuer(algorithm)
		t.Cleanup(i.close)
		foreign := authtest.NewKey(algorithm)
		foreign.ID = i.Key().ID
		tests := []struct {
			name, token string
			accepted    bool
		}{
			{"accepts a good token", i.token(), true},
			{"refuses a bad signature", foreign.Sign(map[string]any{"typ": "at+jwt"}, i.Claims()), false},
			{"refuses an expired token", i.token(authtest.Claims{"exp": time.Now().Add(-time.Minute).Unix()}), false},
			{"refuses a token of another issuer", i.token(authtest.Claims{"iss": "https://other.example.com"}), false},
			{"refuses a token for another audience", i.token(authtest.Claims{"aud": "https://other.example.com"}), false},
		}
		for _, c := range contestants {
			check, err := c.connect(t.Context(), i)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			for _, test := range tests {
				t.Run(algorithm+"/"+c.name+"/"+test.name, func(t *testing.T) {
					err := check(bearing("Bearer " + test.token).WithContext(t.Context()))
					if (err == nil) != test.accepted {
						t.Errorf("it says %v", err)
					}
				})
			}
		}
	}
}

func TestRawVerifiesTheSignatureAlone(t *testing.T) {
	for _, algorithm := range algorithms {
		t.Run(algorithm, func(t *testing.T) {
			i := startIssuer(algorithm)
			t.Cleanup(i.close)
			check, _ := connectRaw(t.Context(), i)
			token := i.token(authtest.Claims{"exp": 0})
			if err := check(bearing("Bearer " + token)); err != nil {
				t.Error(err)
			}
			other := i.token()
			forged := token[:strings.LastIndexByte(token, '.')] + other[strings.LastIndexByte(other, '.'):]
			if check(bearing("Bearer "+forged)) == nil {
				t.Error("it accepts the signature of another token")
			}
		})
	}
}
