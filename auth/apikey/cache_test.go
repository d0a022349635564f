package apikey_test

import (
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/apikey"
	"example.com/gatehouse/problem"
)

// TestCachedKeysFollowTheStore checks that a cached key is rejected within 5 seconds, and at once when its time is over.
func TestCachedKeysFollowTheStore(t *testing.T) {
	revoke := func(r *apikey.Record) { r.RevokedAt = time.Now() }
	for name, test := range map[string]struct {
		change func(*apikey.Record)
		after  time.Duration
		want   *problem.Type
	}{
		"revoked":            {revoke, 5 * time.Second, problem.APIKeyRevoked},
		"rotated":            {rotated(0), 5 * time.Second, problem.APIKeyInvalid},
		"deleted and made":   {func(r *apikey.Record) { *r = apikey.Record{} }, 5 * time.Second, problem.APIKeyInvalid},
		"revoked just now":   {revoke, time.Second, nil},
		"without its scopes": {func(r *apikey.Record) { r.Scopes = nil }, 5 * time.Second, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v := newVerification(t)
				v.want(t, "before", v.key, nil)
				v.store.change(test.change)
				time.Sleep(test.after)
				v.want(t, "after", v.key, test.want)
			})
		})
	}
	for name, change := range map[string]func(*apikey.Record){
		"expires":     func(r *apikey.Record) { r.ExpiresAt = time.Now().Add(time.Second) },
		"was rotated": rotated(time.Second),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v := newVerification(t)
				v.store.change(change)
				v.want(t, "before", v.key, nil)
				time.Sleep(time.Second)
				if _, err := v.Verify(t.Context(), v.key); err == nil {
					t.Error("the cache accepts the key for longer than it works")
				}
			})
		})
	}
}

func TestAForgottenKeyIsRejectedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVerification(t)
		v.want(t, "before", v.key, nil)
		v.store.change(func(r *apikey.Record) { r.RevokedAt = time.Now() })
		v.Remove(func(p *auth.Principal) bool { return p.ClientID == apikey.ClientID(id) })
		v.want(t, "after", v.key, problem.APIKeyRevoked)
	})
}

// TestFreshKeysAreLookedUpAnew checks that a route whose tokens are introspected anew does not use the cache.
func TestFreshKeysAreLookedUpAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVerification(t)
		v.want(t, "before", v.key, nil)
		v.store.change(func(r *apikey.Record) { r.RevokedAt = time.Now() })
		v.want(t, "in the cache", v.key, nil)
		if _, err := v.Verify(auth.Fresh(t.Context()), v.key); problem.Of(err) != problem.APIKeyRevoked {
			t.Errorf("got the error %v", err)
		}
	})
}

func TestLookUpsOfAKey(t *testing.T) {
	for name, test := range map[string]struct {
		key  func(*verification) string
		want int
	}{
		"a valid key, twice": {func(v *verification) string { return v.key }, 2},
		"an unknown key": {func(*verification) string {
			return format.Write("01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e78", apikey.NewSecret())
		}, 2},
		"a wrong secret":       {func(*verification) string { return format.Write(id, apikey.NewSecret()) }, 2},
		"a truncated key":      {func(v *verification) string { return v.key[:len(v.key)-1] }, 0},
		"a wrong checksum":     {func(v *verification) string { return v.key[:len(v.key)-1] + "!" }, 0},
		"a key of another API": {func(*verification) string { return apikey.NewFormat("b").Write(id, apikey.NewSecret()) }, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			v := newVerification(t)
			for range 2 {
				v.Verify(t.Context(), test.key(v))
			}
			if v.store.lookUps != test.want {
				t.Errorf("%s: %d look-ups, want %d", name, v.store.lookUps, test.want)
			}
		})
	}
}
