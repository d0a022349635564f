package store_test

import (
	"testing"
	"time"

	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
	"example.com/gatehouse/store/storetest"
)

// apiKeysIn returns the API keys of an empty database, whose clock is fixed.
func apiKeysIn(t *testing.T, now *time.Time) *store.APIKeys {
	t.Helper()
	keys := store.NewAPIKeys(open(t, storetest.Address(t)))
	keys.SetClock(func() time.Time { return *now })
	return keys
}

func createKey(t *testing.T, keys *store.APIKeys, owner store.Owner, hash string, expires time.Time) store.APIKey {
	t.Helper()
	key, err := keys.Create(t.Context(), owner, store.APIKey{Name: "nightly", Scopes: []string{"items:read"}, Hash: hash, ExpiresAt: expires})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func findKey(t *testing.T, keys *store.APIKeys, id string) store.APIKey {
	t.Helper()
	key, err := keys.Find(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestHashesOfAnAPIKey(t *testing.T) {
	now := time.Now()
	keys := apiKeysIn(t, &now)
	key := createKey(t, keys, alice, "one", now.Add(time.Hour))
	rotated := createKey(t, keys, alice, "old", now.Add(time.Hour))
	if _, err := keys.Rotate(t.Context(), rotated.ID, rotated.Version, "new", now); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ id, hash, previous string }{
		"a key":                  {key.ID, "one", ""},
		"a rotated key":          {rotated.ID, "new", "old"},
		"an unknown id":          {"01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77", "", ""},
		"what is no id":          {"' OR 1=1 --", "", ""},
		"the id in another form": {"{" + key.ID + "}", "", ""},
	} {
		hash, previous, err := keys.Hashes(t.Context(), test.id)
		if hash != test.hash || previous != test.previous || err != nil {
			t.Errorf("%s: got %q, %q and the error %v", name, hash, previous, err)
		}
	}
}

func TestRevokedAPIKeysAreListedUntilExpiry(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Second)
	keys := apiKeysIn(t, &now)
	for _, expires := range []time.Duration{time.Hour, -time.Minute} {
		for _, revoked := range []bool{false, true} {
			key := createKey(t, keys, alice, "hash", now.Add(expires))
			if revoked {
				wantError(t, keys.Revoke(t.Context(), key.ID, key.Version), nil)
			}
		}
	}
	count := func(want int) {
		t.Helper()
		own, _, err := keys.List(t.Context(), alice, "", 10)
		all, _, errAll := keys.ListAll(t.Context(), "", 10)
		if len(own) != want || len(all) != want || err != nil || errAll != nil {
			t.Errorf("got %d and %d keys and the errors %v and %v, want %d", len(own), len(all), err, errAll, want)
		}
	}
	count(3) // without the one that was revoked and expired
	now = now.Add(31 * 24 * time.Hour)
	createKey(t, keys, bob, "hash", now.Add(time.Hour))
	own, _, err := keys.List(t.Context(), alice, "", 10)
	if len(own) != 0 || err != nil {
		t.Errorf("%d keys that expired a month ago are stored, and the error is %v", len(own), err)
	}
}

func TestAnAPIKeyIsRevokedOnce(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Second)
	keys := apiKeysIn(t, &now)
	key, revoked := createKey(t, keys, alice, "hash", now.Add(time.Hour)), now
	wantError(t, keys.Revoke(t.Context(), key.ID, key.Version+1), problem.PreconditionFailed)
	wantError(t, keys.Revoke(t.Context(), key.ID, key.Version), nil)
	now = now.Add(time.Minute)
	wantError(t, keys.Revoke(t.Context(), key.ID, store.AnyVersion), nil)
	wantError(t, keys.RevokeOwned(t.Context(), "", "alice"), nil)
	after, err := keys.Rotate(t.Context(), key.ID, store.AnyVersion, "new", now)
	if err != nil || after.RevokedAt == nil || !after.RevokedAt.Equal(revoked) || after.Version != 2 || after.Hash != "hash" {
		t.Errorf("got %+v and the error %v", after, err)
	}
	wantError(t, keys.Revoke(t.Context(), "01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77", store.AnyVersion), problem.NotFound)
}

func TestAllAPIKeysOfASubjectAreRevoked(t *testing.T) {
	now := time.Now()
	keys := apiKeysIn(t, &now)
	elsewhere, machine := alice, alice
	elsewhere.Issuer, machine.Client = "https://other.example.com", true
	var all []store.APIKey
	for _, owner := range []store.Owner{alice, machine, elsewhere, bob} {
		all = append(all, createKey(t, keys, owner, "hash", now.Add(time.Hour)))
	}
	for _, step := range []struct {
		issuer string
		want   []bool
	}{
		{"https://none.example.com", []bool{false, false, false, false}},
		{alice.Issuer, []bool{true, true, false, false}},
		{"", []bool{true, true, true, false}},
	} {
		wantError(t, keys.RevokeOwned(t.Context(), step.issuer, "alice"), nil)
		for i, key := range all {
			if got := findKey(t, keys, key.ID).RevokedAt != nil; got != step.want[i] {
				t.Errorf("issuer %q: key %d of %+v revoked: %t", step.issuer, i, key.Owner, got)
			}
		}
	}
}

// TestConcurrentRotationsKeepTwoSecrets checks that no rotation is lost, and that the last two secrets are known.
func TestConcurrentRotationsKeepTwoSecrets(t *testing.T) {
	now := time.Now()
	keys := apiKeysIn(t, &now)
	key := createKey(t, keys, alice, "first", now.Add(time.Hour))
	concurrently(func(i int) error {
		_, err := keys.Rotate(t.Context(), key.ID, store.AnyVersion, string(rune('a'+i)), now.Add(time.Minute))
		if err != nil {
			t.Error(err)
		}
		return err
	})
	after := findKey(t, keys, key.ID)
	if after.Version != 1+concurrency || after.PreviousHash == nil || *after.PreviousHash == after.Hash || *after.PreviousHash == "first" {
		t.Errorf("got %+v", after)
	}
	stale := concurrently(func(i int) error {
		if _, err := keys.Rotate(t.Context(), key.ID, after.Version, string(rune('A'+i)), now); err != nil {
			return problem.Of(err)
		}
		return nil
	})
	if stale[nil] != 1 || stale[problem.PreconditionFailed] != concurrency-1 {
		t.Errorf("of rotations of one version, %v succeeded or failed", stale)
	}
}

func TestUseIsStoredOnceAMinute(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Second)
	keys := apiKeysIn(t, &now)
	key := createKey(t, keys, alice, "hash", now.Add(time.Hour))
	for _, step := range []struct{ after, want time.Duration }{{0, 0}, {59 * time.Second, 0}, {time.Minute, time.Minute}, {30 * time.Second, time.Minute}} {
		wantError(t, keys.Touch(t.Context(), key.ID, now.Add(step.after)), nil)
		got := findKey(t, keys, key.ID)
		if got.LastUsedAt == nil || !got.LastUsedAt.Equal(now.Add(step.want)) || got.Version != key.Version || !got.UpdatedAt.Equal(key.UpdatedAt) {
			t.Errorf("used after %s: got %+v", step.after, got)
		}
	}
}
