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

func TestKeysPublishedInAdvanceCauseNoFetch(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer)
		before, next := issuer.Token(), authtest.NewKey("EdDSA")
		issuer.Publish(next)
		pass(6 * time.Minute)
		fetches := issuer.Fetches("/jwks")
		issuer.SignWith(next)
		f.want(issuer.Token(), nil)
		f.want(issuer.Token(authtest.Claims{"sub": "bob"}), nil)
		f.want(before, problem.TokenExpired) // and not signature-invalid: its key is still there
		f.wantFetches(fetches)
	})
}

func TestUnknownKeysAreFetchedAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer)
		f.want(issuer.Token(), nil)
		pass(time.Second)
		before := issuer.Token()
		issuer.Swap(authtest.NewKey("ES256"))
		f.want(before, nil) // the API still has the old keys
		f.want(issuer.Token(), nil)
		f.want(before, problem.KeyUnknown)
		f.wantFetches(2)
	})
}

func TestNewKeysWaitForTheFetchBudget(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer)
		f.want(issuer.Token(), nil)
		issuer.Swap(authtest.NewKey("ES256"))
		pass(time.Second - 1)
		f.want(issuer.Token(), problem.KeyUnknown)
		f.wantFetches(1)
		pass(1)
		f.want(issuer.Token(), nil)
		f.wantFetches(2)
	})
}

func TestWithdrawnKeysAreRejectedAfterTheRefresh(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer)
		stolen := issuer.Key()
		token := func() string { return stolen.Sign(map[string]any{"typ": "at+jwt"}, issuer.Claims()) }
		f.want(token(), nil)
		issuer.Swap(authtest.NewKey("ES256"))
		pass(4 * time.Minute)
		f.want(token(), nil)
		pass(time.Minute)
		f.want(token(), problem.KeyUnknown)
		pass(time.Hour)
		f.want(token(), problem.KeyUnknown)
	})
}

// TestKeysReplacedInAnOutageAreWithdrawn lets the keys expire and change before the provider responds again: a token
// in the cache is rejected like any other token of the old key.
func TestKeysReplacedInAnOutageAreWithdrawn(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer)
		cached := issuer.Token(authtest.Claims{"exp": unix(24 * time.Hour)})
		f.want(cached, nil)
		issuer.Break(authtest.Down)
		pass(2 * time.Hour)
		f.wantUnavailable(cached)
		issuer.Swap(authtest.NewKey("ES256"))
		issuer.Break(nil)
		pass(6 * time.Second)
		f.want(issuer.Token(), nil)
		f.want(cached, problem.KeyUnknown)
	})
}

// TestAFloodOfUnknownKeysStaysInTheBudget sends a hundred tokens a second, for ten seconds.
func TestAFloodOfUnknownKeysStaysInTheBudget(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer)
		f.want(issuer.Token(), nil)
		forger := authtest.NewKey("ES256")
		claims := issuer.Claims()
		for n := range 1000 {
			f.want(forger.Sign(map[string]any{"typ": "at+jwt", "kid": fmt.Sprintf("random-%d", n)}, claims), problem.KeyUnknown)
			pass(10 * time.Millisecond)
		}
		f.wantFetches(10) // one at the start, one a second after that
		f.want(issuer.Token(), nil)
		f.wantState(auth.Ready)
	})
}

func TestConcurrentUnknownKeysCauseOneFetch(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer)
		f.want(issuer.Token(), nil)
		pass(time.Minute)
		issuer.Break(issuer.Slow(time.Second))
		forger := authtest.NewKey("ES256")
		var wg sync.WaitGroup
		for n := range 100 {
			wg.Go(func() {
				token := forger.Sign(map[string]any{"typ": "at+jwt", "kid": fmt.Sprint(n)}, issuer.Claims())
				if d := took(func() { f.want(token, problem.KeyUnknown) }); d != 2*time.Second {
					t.Errorf("a forged token took %s", d)
				}
			})
		}
		synctest.Wait()
		if d := took(func() { f.want(issuer.Token(), nil) }); d != 0 {
			t.Errorf("a genuine token took %s", d)
		}
		wg.Wait()
		f.wantFetches(2)
	})
}

// TestForgeriesWithAKnownKidCauseNoFetch sends tokens that can be rejected with the current keys.
func TestForgeriesWithAKnownKidCauseNoFetch(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer)
		f.want(issuer.Token(), nil)
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
			f.want(sign(nil), problem.SignatureInvalid)
			f.want(sign(map[string]any{"kid": nil}), problem.SignatureInvalid)
			f.want(sign(map[string]any{"alg": "RS256"}), problem.AlgorithmNotAllowed)
			f.want(sign(map[string]any{"kid": known, "alg": "HS256"}), problem.AlgorithmNotAllowed)
			f.want(sign(map[string]any{"kid": "\x00"}), problem.KeyUnknown)
			f.want(sign(map[string]any{"kid": strings.Repeat("k", 257)}), problem.KeyUnknown)
			f.want(sign(map[string]any{"kid": "other", "typ": "JWT"}), problem.TokenTypeWrong)
			f.want("a.b.c", problem.TokenMalformed)
		}
		f.wantFetches(1)
	})
}
