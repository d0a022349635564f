package store_test

import (
	"testing"
	"time"

	"example.com/gatehouse/store"
	"example.com/gatehouse/store/storetest"
)

func revocation(kind, value string, life time.Duration) store.Revocation {
	now := time.Now()
	return store.Revocation{Kind: kind, Issuer: "https://id.example.com", Value: value, Before: now, Until: now.Add(life)}
}

// TestRevocationsAreReadByOthers has two instances of one database.
func TestRevocationsAreReadByOthers(t *testing.T) {
	address := storetest.Address(t)
	here, there := store.NewRevocations(open(t, address)), store.NewRevocations(open(t, address))
	var last store.Cursor
	for _, value := range []string{"a", "b"} {
		if fresh, err := here.Add(t.Context(), store.Owner{}, revocation("jti", value, time.Hour)); !fresh || err != nil {
			t.Fatal(fresh, err)
		}
		found, _, err := there.ListAll(t.Context(), last, 10)
		if err != nil || len(found) != 1 || found[0].Value != value || found[0].Kind != "jti" {
			t.Fatalf("after %q: got %v and %v", last, found, err)
		}
		last = store.Cursor(found[0].ID)
	}
}

// TestExpiredRevocationsAreDeleted stores one that has expired already.
func TestExpiredRevocationsAreDeleted(t *testing.T) {
	rows := store.NewRevocations(open(t, storetest.Address(t)))
	for _, life := range []time.Duration{-time.Second, time.Hour} {
		if _, err := rows.Add(t.Context(), store.Owner{}, revocation("jti", "a", life)); err != nil {
			t.Fatal(err)
		}
	}
	if found, _, err := rows.ListAll(t.Context(), "", 10); err != nil || len(found) != 1 {
		t.Errorf("got %v and %v", found, err)
	}
}

func TestLogoutTokensAreUsedOnce(t *testing.T) {
	rows := store.NewRevocations(open(t, storetest.Address(t)))
	other := revocation(store.LogoutToken, "a", time.Hour)
	other.Issuer = "https://other.example.com"
	for _, test := range []struct {
		name  string
		token store.Revocation
		fresh bool
	}{
		{"the first time", revocation(store.LogoutToken, "a", time.Hour), true},
		{"again", revocation(store.LogoutToken, "a", time.Hour), false},
		{"of another issuer", other, true},
	} {
		fresh, err := rows.Add(t.Context(), store.Owner{}, test.token, revocation("sid", "s", time.Hour))
		if fresh != test.fresh || err != nil {
			t.Errorf("%s: got %v and %v", test.name, fresh, err)
		}
	}
	if found, _, err := rows.ListAll(t.Context(), "", 10); err != nil || len(found) != 4 {
		t.Errorf("got %v and %v: want two of each", found, err)
	}
}
