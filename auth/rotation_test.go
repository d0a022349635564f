package auth_test

import (
	"testing"
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
		if d := took(func() { f.want(issuer.Token(), nil) }); d != 0 {
			t.Errorf("it took %s", d)
		}
		f.wantFetches(2)
		f.want(before, problem.KeyUnknown)
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

// TestKeysThatStayOutliveAnOutage lets the keys become too old: afterwards, they are the same keys as before.
func TestKeysThatStayOutliveAnOutage(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		var log eventLog
		f := connect(t, issuer, log.observe)
		cached := issuer.Token(authtest.Claims{"exp": unix(24 * time.Hour)})
		f.want(cached, nil)
		issuer.Break(authtest.Down)
		pass(2 * time.Hour)
		f.wantUnavailable(cached)
		issuer.Break(nil)
		pass(6 * time.Second)
		f.want(cached, nil)
		if all := log.all(); all[len(all)-1].Kind != auth.CacheHit {
			t.Errorf("got %+v, want it to come from the cache", all[len(all)-1])
		}
	})
}

// TestAKeyTwiceHidesNoWithdrawal publishes one key twice, in place of itself and another one.
func TestAKeyTwiceHidesNoWithdrawal(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		stolen, kept := issuer.Key(), authtest.NewKey("ES256")
		issuer.Publish(kept)
		f := connect(t, issuer)
		day := authtest.Claims{"exp": unix(48 * time.Hour)}
		cached := issuer.Token(day)
		f.want(cached, nil)
		issuer.Swap(kept)
		issuer.Publish(kept)
		pass(6 * time.Minute)
		f.want(issuer.Token(), nil)
		for range 3 {
			f.want(cached, problem.KeyUnknown)
			f.want(stolen.Sign(map[string]any{"typ": "at+jwt"}, issuer.Claims(day)), problem.KeyUnknown)
			pass(8 * time.Hour)
		}
	})
}

// TestWithdrawnKeysMayComeBack publishes a key again, which is then a key like any other.
func TestWithdrawnKeysMayComeBack(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer)
		first, second := issuer.Key(), authtest.NewKey("ES256")
		cached := issuer.Token(authtest.Claims{"exp": unix(24 * time.Hour)})
		f.want(cached, nil)
		issuer.Swap(second)
		pass(6 * time.Minute)
		f.want(cached, problem.KeyUnknown)
		issuer.Publish(first)
		pass(6 * time.Minute)
		f.want(cached, nil)
		issuer.Swap(second)
		pass(6 * time.Minute)
		f.want(cached, problem.KeyUnknown)
	})
}
