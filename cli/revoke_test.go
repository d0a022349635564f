package cli_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/store"
	"example.com/gatehouse/store/storetest"
)

func TestRevokeStoresRevocations(t *testing.T) {
	address := storetest.Address(t)
	f := newTerminal(t, "OIDC_ISSUER", "https://id.example.com", "OIDC_AUDIENCE", "api", "DATABASE_URL", address,
		"OIDC_ISSUER_3", "https://other.example.com", "OIDC_ISSUER_4", "https://login.example.com/{tenantid}/v2.0", "OIDC_TENANTS_4", "*")
	if err := store.Migrate(t.Context(), address, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args        string
		kind, value string
		issuer      string
	}{
		{"-subject bob", "sub", "bob", "https://id.example.com"},
		{"-subject bob -before 2026-01-01T00:00:00Z", "sub", "bob", "https://id.example.com"},
		{"-jti t1 -issuer https://other.example.com", "jti", "t1", "https://other.example.com"},
		{"-jti t1 -issuer 3", "jti", "t1", "https://other.example.com"},
		{"-jti t1 -issuer https://login.example.com/t/v2.0", "jti", "t1", "https://login.example.com/t/v2.0"},
		{"-sid s1 -for 1h", "sid", "s1", "https://id.example.com"},
	} {
		if status := f.Run(t, append([]string{"revoke"}, strings.Fields(test.args)...)...); status != 0 {
			t.Fatalf("%s: %d %s", test.args, status, f.Stderr)
		}
		db, err := store.Open(t.Context(), address, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		all, _, err := store.NewRevocations(db).ListAll(t.Context(), "", 10)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if err != nil || len(all) == 0 {
			t.Fatal(all, err)
		}
		got, life := all[len(all)-1], 720*time.Hour
		if strings.Contains(test.args, "-for") {
			life = time.Hour
		}
		if got.Kind != test.kind || got.Value != test.value || got.Issuer != test.issuer || time.Until(got.Until) < life {
			t.Errorf("%s: got %+v", test.args, got)
		}
		if explicit := strings.Contains(test.args, "-before"); explicit != got.Before.Before(time.Now().Add(-time.Hour)) {
			t.Errorf("%s: tokens are revoked until %s", test.args, got.Before)
		}
	}
}

func TestRevokeNamesWrongArguments(t *testing.T) {
	address := storetest.Address(t)
	if err := store.Migrate(t.Context(), address, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, args, variable, value, says string
		status                            int
	}{
		{"nothing", "", "", "", "missing flags", 2},
		{"two things", "-subject a -sid b", "", "", "can't be used together", 2},
		{"an empty subject", "-subject=", "", "", "is empty", 1},
		{"an instant for a session", "-sid a -before 2026-01-01T00:00:00Z", "", "", "-before is for -subject", 1},
		{"an instant in the future", "-subject a -before 2999-01-01T00:00:00Z", "", "", "in the future", 1},
		{"no time", "-sid a -for 0s", "", "", "not positive", 1},
		{"a database in memory", "-sid a", "DATABASE_URL", "memory:", "/admin/revocations", 1},                          // part:sqlite
		{"a database that does not exist", "-sid a", "DATABASE_URL", "sqlite:none.db", "there is no sqlite:none.db", 1}, // part:sqlite
		{"an issuer of no token", "-sid a -issuer https://id.example.com/", "DATABASE_URL", address, "there are 1 (https://id.example.com)", 1},
		{"several tenants", "-sid a", "OIDC_TENANTS", "*", "-issuer: the issuer is required, with a tenant", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			pairs := []string{"OIDC_ISSUER", "https://id.example.com", "OIDC_AUDIENCE", "api", "DATABASE_URL", address, test.variable, test.value}
			if test.variable == "OIDC_TENANTS" {
				pairs[1] = "https://id.example.com/{tenantid}"
			}
			if test.variable == "" {
				pairs = pairs[:6]
			}
			f := newTerminal(t, pairs...)
			if status := f.Run(t, append([]string{"revoke"}, strings.Fields(test.args)...)...); status != test.status || !strings.Contains(f.Stderr.String(), test.says) {
				t.Errorf("got %d %s", status, f.Stderr)
			}
		})
	}
}
