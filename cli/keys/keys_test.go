package keys_test

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"example.com/gatehouse/cli/keys"
	"example.com/gatehouse/config"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/store"
	"example.com/gatehouse/store/storetest"
	"example.com/gatehouse/test/clitest"
)

func newTerminal(t *testing.T, database string) *clitest.Terminal {
	t.Helper()
	commands := func() any {
		return &struct {
			Keys keys.Command `cmd:""`
		}{}
	}
	return clitest.New(t, commands, "OIDC_ISSUER", "https://id.example.com", "OIDC_AUDIENCE", "a", "DATABASE_URL", database)
}

func TestAKeyOfAMachineIsMadeListedAndRevoked(t *testing.T) {
	database := storetest.Address(t)
	f := newTerminal(t, database)
	run := func(args string) string {
		t.Helper()
		if status := f.Run(t, append([]string{"keys"}, strings.Fields(args)...)...); status != 0 {
			t.Fatalf("%s: the status is %d, with %s", args, status, f.Stderr)
		}
		return f.Stdout.String()
	}
	key := strings.TrimSpace(run("create -subject nightly -scopes items:read,items:write -days 7"))
	id := strings.Split(key, "_")[1]
	secret := key[strings.LastIndex(key, "_"):]
	if strings.Contains(f.Stderr.String(), secret) {
		t.Errorf("the key is printed twice: %s", f.Stderr)
	}
	db, err := store.Open(t.Context(), database, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	explain := func() string {
		e := handlers.ExplainKey(t.Context(), &config.Config{}, store.NewAPIKeys(db), nil, key)
		if e.Problem != nil {
			return e.Problem.Code
		}
		if identity := e.Caller.Identity(); identity.Subject != "nightly" || !identity.Client || identity.Issuer != "https://id.example.com" {
			t.Errorf("the key acts for %+v", identity)
		}
		return ""
	}
	if code := explain(); code != "" {
		t.Errorf("the key is rejected: %s", code)
	}
	for _, format := range []string{"list", "list -json"} {
		if out := run(format); !strings.Contains(out, id) || !strings.Contains(out, "items:write") || strings.Contains(out, secret) {
			t.Errorf("%s prints %s", format, out)
		}
	}
	var object struct{ ID, Subject, Key string }
	if err := json.Unmarshal([]byte(run("create -subject nightly -scopes items:read -json")), &object); err != nil ||
		object.Subject != "nightly" || !strings.Contains(object.Key, "_"+object.ID+"_") {
		t.Errorf("a key in JSON is %+v, %v", object, err)
	}
	run("revoke " + id)
	if code := explain(); code != "api-key-revoked" {
		t.Errorf("a revoked key is %q", code)
	}
	other := strings.TrimSpace(run("create -subject nightly -scopes items:read"))
	run("revoke -subject nightly")
	key = other
	if code := explain(); code != "api-key-revoked" {
		t.Errorf("a key of a subject whose keys were revoked is %q", code)
	}
}

func TestWrongKeysAreNotMade(t *testing.T) {
	for args, says := range map[string]string{
		"create -subject a -scopes keys:write":            "a key cannot make or revoke keys",
		"create -subject a -scopes items:raed":            "no route that accepts keys requires it",
		"create -subject a -scopes openid":                "no route that accepts keys requires it",
		"create -subject a -scopes items:read,items:read": "it is named twice",
		"create -subject a -scopes=":                      "a key without scopes may do nothing",
		"create -subject= -scopes items:read":             "a key needs a subject",
		"create -subject a\u0007b -scopes items:read":     "control characters",
		"create -subject a -scopes items:read -days 0":    "a key expires in 1 to 365 days",
		"create -subject a -scopes items:read -days 366":  "a key expires in 1 to 365 days",
		"create -scopes items:read":                       "missing flags: --subject",
		"revoke":                                          "name either",
		"revoke 1":                                        "there is no such key",
		"revoke 01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77":     "there is no such key",
	} {
		f := newTerminal(t, storetest.Address(t))
		if status := f.Run(t, append([]string{"keys"}, strings.Fields(args)...)...); status == 0 || !strings.Contains(f.Stderr.String(), says) {
			t.Errorf("%s: the status is %d, with %s", args, status, f.Stderr)
		}
	}
	f := newTerminal(t, "memory:")
	if status := f.Run(t, "keys", "list"); status == 0 || !strings.Contains(f.Stderr.String(), "in memory") {
		t.Errorf("a database in memory: the status is %d, with %s", status, f.Stderr)
	}
}
