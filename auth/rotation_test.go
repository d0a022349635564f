package auth_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/problem"
)

func TestAKeyThatWasPublishedBeforeItSignsCostsNothing(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		w := connect(t, issuer)
		before, next := issuer.Token(), authtest.NewKey("EdDSA")
		issuer.Publish(next)
		pass(6 * time.Minute)
		fetches := issuer.Fetches("/jwks")
		issuer.SignWith(next)
		w.want(issuer.Token(), nil)
		w.want(issuer.Token(authtest.Claims{"sub": "bob"}), nil)
		w.want(before, problem.TokenExpired) // and not signature-invalid: its key is still there
		w.wantFetches(fetches)
	})
}

func TestAKeyThatSignsAtOnceIsFetchedAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		w := connect(t, issuer)
		w.want(issuer.Token(), nil)
		pass(time.Second)
		before := issuer.Token()
		issuer.Swap(authtest.NewKey("ES256"))
		w.want(before, nil) // nobody knows yet
		w.want(issuer.Token(), nil)
		w.want(before, problem.KeyUnknown)
		w.wantFetches(2)
	})
}

func TestAKeyThatSignsWithinASecondOfAFetchWaitsOutTheSecond(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		w := connect(t, issuer)
		w.want(issuer.Token(), nil)
		issuer.Swap(authtest.NewKey("ES256"))
		pass(time.Second - 1)
		w.want(issuer.Token(), problem.KeyUnknown)
		w.wantFetches(1)
		pass(1)
		w.want(issuer.Token(), nil)
		w.wantFetches(2)
	})
}

func TestAKeyThatWasWithdrawnIsRefusedAfterTheRefresh(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		w := connect(t, issuer)
		stolen := issuer.Key()
		token := func() string { return stolen.Sign(map[string]any{"typ": "at+jwt"}, issuer.Claims()) }
		w.want(token(), nil)
		issuer.Swap(authtest.NewKey("ES256"))
		pass(4 * time.Minute)
		w.want(token(), nil)
		pass(time.Minute)
		w.want(token(), problem.KeyUnknown)
		pass(time.Hour)
		w.want(token(), problem.KeyUnknown)
	})
}

// TestAFloodOfUnknownKeys sends a hundred tokens a second, for ten seconds.
func TestAFloodOfUnknownKeys(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		w := connect(t, issuer)
		w.want(issuer.Token(), nil)
		forger := authtest.NewKey("ES256")
		claims := issuer.Claims()
		for n := range 1000 {
			w.want(forger.Sign(map[string]any{"typ": "at+jwt", "kid": fmt.Sprintf("random-%d", n)}, claims), problem.KeyUnknown)
			pass(10 * time.Millisecond)
		}
		w.wantFetches(10) // one at the start, one a second after that
		w.want(issuer.Token(), nil)
		w.wantState(auth.Ready)
	})
}

func TestAFloodAtOneTimeIsOneFetch(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		w := connect(t, issuer)
		w.want(issuer.Token(), nil)
		pass(time.Minute)
		issuer.Break(issuer.Slow(time.Second))
		forger := authtest.NewKey("ES256")
		var wg sync.WaitGroup
		for n := range 100 {
			wg.Go(func() {
				token := forger.Sign(map[string]any{"typ": "at+jwt", "kid": fmt.Sprint(n)}, issuer.Claims())
				if d := took(func() { w.want(token, problem.KeyUnknown) }); d != 2*time.Second {
					t.Errorf("a forged token took %s", d)
				}
			})
		}
		synctest.Wait()
		if d := took(func() { w.want(issuer.Token(), nil) }); d != 0 {
			t.Errorf("a genuine token took %s", d)
		}
		wg.Wait()
		w.wantFetches(2)
	})
}

// TestForgeriesUnderAKnownNameCostTheProviderNothing sends what can be judged with the keys at hand.
func TestForgeriesUnderAKnownNameCostTheProviderNothing(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		w := connect(t, issuer)
		w.want(issuer.Token(), nil)
		forger, known := authtest.NewKey("ES256"), issuer.Key().ID
		sign := func(changes map[string]any) string {
			header := map[string]any{"typ": "at+jwt", "kid": known}
			for name, v := range changes {
				header[name] = v
			}
			return forger.Sign(header, issuer.Claims())
		}
		for range 100 {
			pass(time.Second)
			w.want(sign(nil), problem.SignatureInvalid)
			w.want(sign(map[string]any{"kid": nil}), problem.SignatureInvalid)
			w.want(sign(map[string]any{"alg": "RS256"}), problem.AlgorithmNotAllowed)
			w.want(sign(map[string]any{"kid": known, "alg": "HS256"}), problem.AlgorithmNotAllowed)
			w.want(sign(map[string]any{"kid": "\x00"}), problem.KeyUnknown)
			w.want(sign(map[string]any{"kid": strings.Repeat("k", 257)}), problem.KeyUnknown)
			w.want(sign(map[string]any{"kid": "other", "typ": "JWT"}), problem.TokenTypeWrong)
			w.want("a.b.c", problem.TokenMalformed)
		}
		w.wantFetches(1)
	})
}
