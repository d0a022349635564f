package auth

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

func TestPrincipalsHaveScopesAndRoles(t *testing.T) {
	p := &Principal{Scopes: []string{"read", "write"}, Roles: []string{"admin"}}
	for _, test := range []struct {
		name string
		got  bool
		want bool
	}{
		{"one scope", p.HasScope("read"), true},
		{"all scopes", p.HasScope("write", "read"), true},
		{"no scope at all", p.HasScope(), true},
		{"one scope too many", p.HasScope("read", "delete"), false},
		{"a role as a scope", p.HasScope("admin"), false},
		{"a role", p.HasRole("admin"), true},
		{"one role too many", p.HasRole("admin", "root"), false},
		{"a scope as a role", p.HasRole("read"), false},
		{"a scope of no token", (&Principal{}).HasScope("read"), false},
	} {
		if test.got != test.want {
			t.Errorf("%s: got %v", test.name, test.got)
		}
	}
}

func TestAnIdentityIsIssuerSubjectAndKind(t *testing.T) {
	alice := Principal{Issuer: "a", Subject: "alice", ClientID: "docs"}
	for _, test := range []struct {
		name string
		who  Principal
		same bool
	}{
		{"by another client", Principal{Issuer: "a", Subject: "alice", ClientID: "cli"}, true},
		{"with another token", Principal{Issuer: "a", Subject: "alice", ClientID: "docs", TokenID: "2", Scopes: []string{"x"}}, true},
		{"of another issuer", Principal{Issuer: "b", Subject: "alice", ClientID: "docs"}, false},
		{"another subject", Principal{Issuer: "a", Subject: "Alice", ClientID: "docs"}, false},
		{"a client of that name", Principal{Issuer: "a", Subject: "alice", ClientID: "alice"}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if same := test.who.Identity() == alice.Identity(); same != test.same {
				t.Errorf("got %v", same)
			}
		})
	}
}

func TestClaimsAreDecodedIntoAType(t *testing.T) {
	p := &Principal{payload: `{"sub":"alice","tenant":"acme","Tenant":"evil"}`}
	var claims struct {
		Tenant string `json:"tenant"`
	}
	if err := p.Claims(&claims); err != nil || claims.Tenant != "acme" {
		t.Errorf("got %+v and %v", claims, err)
	}
	var other struct {
		Tenant int `json:"tenant"`
	}
	if err := p.Claims(&other); err == nil || !strings.HasPrefix(err.Error(), "auth: reading claims: ") {
		t.Errorf("got %+v and %v", other, err)
	}
}

func TestPrincipalsInTheLog(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	logger.Info("x", "caller", &Principal{Issuer: "a", Subject: "alice", ClientID: "docs", payload: "secret"})
	logger.Info("y", "caller", (*Principal)(nil))
	want := "level=INFO msg=x caller.iss=a caller.sub=alice caller.client_id=docs\nlevel=INFO msg=y caller=anonymous\n"
	if log.String() != want {
		t.Errorf("got %s, want %s", log.String(), want)
	}
}
