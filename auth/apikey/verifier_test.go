package apikey_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/apikey"
	"example.com/gatehouse/problem"
)

// A fakeStore has keys, and counts what is asked of it.
type fakeStore struct {
	mu      sync.Mutex
	records map[string]apikey.Record
	err     error // of every query
	touch   error
	lookUps int
	uses    []time.Time
}

func (s *fakeStore) Hashes(_ context.Context, id string) (apikey.Hash, apikey.Hash, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lookUps++
	return s.records[id].Hash, s.records[id].PreviousHash, s.err
}

func (s *fakeStore) Find(_ context.Context, id string) (apikey.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lookUps++
	if r, ok := s.records[id]; ok {
		return r, s.err
	}
	return apikey.Record{}, problem.NotFound
}

func (s *fakeStore) Touch(_ context.Context, _ string, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.uses = append(s.uses, now)
	return s.touch
}

// change changes the one key, and err, between two requests.
func (s *fakeStore) change(change func(*apikey.Record)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.records[id]
	change(&r)
	s.records[id] = r
}

// A verification has a Verifier, and its one key, which works for an hour.
type verification struct {
	*apikey.Verifier
	store *fakeStore
	key   string
	log   bytes.Buffer
}

func newVerification(t *testing.T) *verification {
	t.Helper()
	secret := apikey.NewSecret()
	owner := auth.Identity{Issuer: "https://id.example.com", Subject: "alice"}
	v := &verification{key: format.Write(id, secret), store: &fakeStore{records: map[string]apikey.Record{
		id: {ID: id, Owner: owner, Scopes: []string{"items:read"}, Hash: secret.Hash(), ExpiresAt: time.Now().Add(time.Hour)},
	}}}
	v.Verifier = apikey.New(apikey.Config{Format: format, Store: v.store, Log: slog.New(slog.NewTextHandler(&v.log, nil))})
	return v
}

// want fails unless the key is accepted, or rejected with a type.
func (v *verification) want(t *testing.T, when, key string, want *problem.Type) {
	t.Helper()
	caller, err := v.Verify(t.Context(), key)
	if want == nil && (err != nil || caller == nil) || want != nil && (problem.Of(err) != want || caller != nil) {
		t.Errorf("%s: got the caller %v and the error %v, want %v", when, caller, err, want)
	}
}

func TestAKeyActsForItsOwner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVerification(t)
		for _, client := range []bool{false, true} {
			v.store.change(func(r *apikey.Record) { r.Owner.Client = client })
			time.Sleep(5 * time.Second)
			caller, err := v.Verify(t.Context(), v.key)
			if err != nil {
				t.Fatal(err)
			}
			want := auth.Identity{Issuer: "https://id.example.com", Subject: "alice", Client: client}
			if caller.Identity() != want || caller.ClientID != "key:"+id || !slices.Equal(caller.Scopes, []string{"items:read"}) || len(caller.Roles) != 0 {
				t.Errorf("the caller is %+v", caller)
			}
		}
	})
}

func TestKeysAreRejectedForTheirReason(t *testing.T) {
	other := format.Write("01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e78", apikey.NewSecret())
	for name, test := range map[string]struct {
		change  func(*apikey.Record)
		wrong   bool // the secret is another one
		key     string
		want    *problem.Type
		genuine bool
	}{
		"a valid key":                       {change: func(*apikey.Record) {}},
		"an unknown id":                     {key: other, want: problem.APIKeyInvalid},
		"a wrong secret":                    {wrong: true, want: problem.APIKeyInvalid},
		"a wrong secret of a revoked key":   {change: func(r *apikey.Record) { r.RevokedAt = time.Now() }, wrong: true, want: problem.APIKeyInvalid},
		"a wrong secret of an expired key":  {change: func(r *apikey.Record) { r.ExpiresAt = time.Now() }, wrong: true, want: problem.APIKeyInvalid},
		"a revoked key":                     {change: func(r *apikey.Record) { r.RevokedAt = time.Now() }, want: problem.APIKeyRevoked, genuine: true},
		"an expired key":                    {change: func(r *apikey.Record) { r.ExpiresAt = time.Now() }, want: problem.APIKeyExpired, genuine: true},
		"a rotated key":                     {change: rotated(-1), want: problem.APIKeyInvalid},
		"a rotated key, at the end":         {change: rotated(0), want: problem.APIKeyInvalid},
		"a rotated key that still works":    {change: rotated(time.Second)},
		"a rotated key that was revoked":    {change: func(r *apikey.Record) { rotated(time.Second)(r); r.RevokedAt = time.Now() }, want: problem.APIKeyRevoked, genuine: true},
		"a key without a hash":              {change: func(r *apikey.Record) { r.Hash = "" }, want: problem.APIKeyInvalid},
		"a hash in place of the secret":     {key: format.Write(id, apikey.Secret(strings.Repeat("0", 43))), want: problem.APIKeyInvalid},
		"a text that only begins like one":  {key: format.Prefix() + "x", want: problem.APIKeyInvalid},
		"the prefix alone":                  {key: format.Prefix(), want: problem.APIKeyInvalid},
		"a key of another API":              {key: apikey.NewFormat("other").Write(id, apikey.NewSecret()), want: problem.APIKeyInvalid},
		"a revoked key that is expired too": {change: func(r *apikey.Record) { r.RevokedAt, r.ExpiresAt = time.Now(), time.Now() }, want: problem.APIKeyRevoked, genuine: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v := newVerification(t)
				if test.change != nil {
					v.store.change(test.change)
				}
				key := v.key
				if test.wrong {
					key = format.Write(id, apikey.NewSecret())
				}
				if test.key != "" {
					key = test.key
				}
				v.want(t, name, key, test.want)
				_, err := v.Verify(t.Context(), key)
				if rejected, ok := errors.AsType[*auth.Error](err); ok && rejected.Genuine() != test.genuine {
					t.Errorf("genuine is %t", rejected.Genuine())
				}
				if err != nil && len(key) > 40 && strings.Contains(err.Error(), key[len(key)-40:]) {
					t.Errorf("the error has the secret: %v", err)
				}
			})
		})
	}
}

// rotated gives a key another secret. Its own works for a while.
func rotated(overlap time.Duration) func(*apikey.Record) {
	return func(r *apikey.Record) {
		r.PreviousHash, r.Hash, r.PreviousUntil = r.Hash, apikey.NewSecret().Hash(), time.Now().Add(overlap)
	}
}

// TestKeysNeedTheIssuerOfTheirOwner has a key of an issuer that is no longer configured.
func TestKeysNeedTheIssuerOfTheirOwner(t *testing.T) {
	for issuer, want := range map[string]*problem.Type{"https://id.example.com": nil, "https://id.example.org": problem.APIKeyRevoked} {
		v := newVerification(t)
		verifier := apikey.New(apikey.Config{Format: format, Store: v.store, Trusts: func(one string) bool { return one == issuer }})
		caller, err := verifier.Verify(t.Context(), v.key)
		rejected, _ := errors.AsType[*auth.Error](err)
		if want == nil && caller == nil || want != nil && (problem.Of(err) != want || !rejected.Genuine()) {
			t.Errorf("with %s: got the caller %v and the error %v", issuer, caller, err)
		}
	}
}

func TestWithoutTheStoreNoKeyIsRejected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVerification(t)
		v.want(t, "before", v.key, nil)
		v.store.err = errors.New("the disk is gone")
		v.want(t, "in the cache", v.key, nil)
		time.Sleep(5 * time.Second)
		v.want(t, "a known key", v.key, problem.AuthUnavailable)
		v.want(t, "an unknown key", format.Write(id, apikey.NewSecret()), problem.AuthUnavailable)
		v.want(t, "no key", format.Prefix()+"x", problem.APIKeyInvalid)
		v.store.err = nil
		v.want(t, "afterwards", v.key, nil)
	})
}

// TestUsesAreWrittenBesideRequests checks that a use is written once a minute, and that no request fails without it.
func TestUsesAreWrittenBesideRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVerification(t)
		v.store.touch = errors.New("the disk is full")
		for range 3 {
			v.want(t, "a use", v.key, nil)
			synctest.Wait()
		}
		if len(v.store.uses) != 1 || !strings.Contains(v.log.String(), "the disk is full") || strings.Contains(v.log.String(), v.key) {
			t.Errorf("uses were written at %v, and the log is %s", v.store.uses, v.log.String())
		}
		v.store.change(func(r *apikey.Record) { r.LastUsedAt = time.Now() })
		time.Sleep(59 * time.Second)
		v.want(t, "within a minute", v.key, nil)
		synctest.Wait()
		if len(v.store.uses) != 1 {
			t.Errorf("uses were written at %v", v.store.uses)
		}
	})
}

// A limitOne lets one look-up through.
type limitOne struct{ released []bool }

func (l *limitOne) Exceeded() bool { return len(l.released) > 0 }
func (l *limitOne) Acquire(context.Context, int) (func(bool), error) {
	if l.Exceeded() {
		return nil, &auth.Error{Type: problem.TooManyFailures}
	}
	return func(genuine bool) { l.released = append(l.released, genuine) }, nil
}

func TestLookUpsAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, limit := newVerification(t), &limitOne{}
		ctx := auth.LimitSignatures(t.Context(), limit)
		for _, want := range []*problem.Type{problem.APIKeyInvalid, problem.TooManyFailures} {
			if _, err := v.Verify(ctx, format.Write(id, apikey.NewSecret())); problem.Of(err) != want {
				t.Errorf("got the error %v, want %v", err, want)
			}
		}
		if !slices.Equal(limit.released, []bool{false}) || v.store.lookUps != 1 {
			t.Errorf("released %v after %d look-ups", limit.released, v.store.lookUps)
		}
	})
}
