package store_test

import (
	"context"
	"database/sql"
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

// TestRevokingASubjectRevokesItsKeys has keys of alice, of which one was made after the instant, and of others.
func TestRevokingASubjectRevokesItsKeys(t *testing.T) {
	db := open(t, storetest.Address(t))
	rows, now := store.NewRevocations(db), time.Now().UTC()
	createKeys(t, db, now)
	of := revocation("sub", "alice", time.Hour)
	of.Before = now.Add(-time.Minute)
	for _, test := range []struct {
		name string
		all  []store.Revocation
		want string
	}{
		{"a token", []store.Revocation{revocation("jti", "alice", time.Hour)}, ""},
		{"a logout", []store.Revocation{revocation(store.LogoutToken, "a", time.Hour), of}, ""},
		{"a subject", []store.Revocation{of}, "1"},
	} {
		if _, err := rows.Add(t.Context(), store.Owner{}, test.all...); err != nil {
			t.Fatal(err)
		}
		if got := revokedKeys(t, db); got != test.want {
			t.Errorf("%s: revoked are the keys %q, want %q", test.name, got, test.want)
		}
	}
}

// createKeys creates API keys with these names.
func createKeys(t *testing.T, db *store.DB, now time.Time) {
	t.Helper()
	err := db.Transact(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS api_keys (id TEXT, name TEXT, scopes TEXT, hash TEXT, expires_at TIMESTAMP,
			revoked_at TIMESTAMP, created_at TIMESTAMP, updated_at TIMESTAMP, version INTEGER, issuer TEXT, subject TEXT, client BOOLEAN)`)
		for name, key := range map[string]struct {
			issuer, subject string
			created         time.Time
		}{
			"1": {"https://id.example.com", "alice", now.Add(-time.Hour)}, "2": {"https://id.example.com", "alice", now},
			"3": {"https://id.example.com", "bob", now.Add(-time.Hour)}, "4": {"https://other.example.com", "alice", now.Add(-time.Hour)},
		} {
			if err == nil {
				_, err = tx.ExecContext(ctx, `INSERT INTO api_keys (id, name, scopes, hash, expires_at, created_at, updated_at, version, issuer, subject, client)
					VALUES ($1, $2, '[]', '', $3, $4, $4, 1, $5, $6, false)`,
					"00000000-0000-0000-0000-00000000000"+name, name, now.Add(time.Hour), key.created, key.issuer, key.subject)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// revokedKeys returns the names of the API keys that are revoked.
func revokedKeys(t *testing.T, db *store.DB) (names string) {
	t.Helper()
	err := db.Transact(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT coalesce(max(name), '') FROM api_keys WHERE revoked_at IS NOT NULL`).Scan(&names)
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
