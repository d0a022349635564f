package main

import (
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth/authtest"
)

// TestEveryLibraryVerifiesTokens proves that the comparison is fair: each does the whole work.
func TestEveryLibraryVerifiesTokens(t *testing.T) {
	for _, algorithm := range algorithms {
		i := startIssuer(algorithm)
		t.Cleanup(i.close)
		foreign := authtest.NewKey(algorithm)
		foreign.ID = i.Key().ID
		tests := []struct {
			name, token string
			valid       bool
		}{
			{"a valid token", i.token(), true},
			{"a signature of another key", foreign.Sign(map[string]any{"typ": "at+jwt"}, i.Claims()), false},
			{"an expired token", i.token(authtest.Claims{"exp": time.Now().Add(-time.Minute).Unix()}), false},
			{"a token of another issuer", i.token(authtest.Claims{"iss": "https://other.example.com"}), false},
			{"a token for another audience", i.token(authtest.Claims{"aud": "https://other.example.com"}), false},
		}
		for _, l := range libraries {
			check, err := l.connect(t.Context(), i)
			if err != nil {
				t.Fatalf("%s: %v", l.name, err)
			}
			for _, test := range tests {
				t.Run(algorithm+"/"+l.name+"/"+test.name, func(t *testing.T) {
					err := check(newRequest("Bearer " + test.token).WithContext(t.Context()))
					if (err == nil) != test.valid {
						t.Errorf("got the error %v", err)
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
			if err := check(newRequest("Bearer " + token)); err != nil {
				t.Error(err)
			}
			other := i.token()
			forged := token[:strings.LastIndexByte(token, '.')] + other[strings.LastIndexByte(other, '.'):]
			if check(newRequest("Bearer "+forged)) == nil {
				t.Error("the signature of another token is accepted")
			}
		})
	}
}
