package apikey_test

import (
	"encoding/base64"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth/apikey"
)

func TestBasicIsAKey(t *testing.T) {
	api := newAPI(t, "https://api.example.com")
	password := api.key[strings.LastIndex(api.key, "_")+1:]
	const unknownID = "01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e78"
	unknown := format.Write(unknownID, apikey.NewSecret())
	wrong := format.Write(id, apikey.NewSecret())
	for name, test := range map[string]struct{ authorization, want string }{
		"the id and the secret":   {basic(id, password), "basic"},
		"the scheme in any case":  {"bAsIc" + basic(id, password)[5:], "basic"},
		"the secret alone":        {basic(id, password[:43]), "basic"},
		"two spaces":              {"Basic  " + basic(id, password)[6:], "basic"},
		"another secret alone":    {basic(id, wrong[len(wrong)-49:len(wrong)-6]), "credentials-incorrect"},
		"a wrong secret":          {basic(id, wrong[strings.LastIndex(wrong, "_")+1:]), "credentials-incorrect"},
		"an unknown id":           {basic(unknownID, unknown[strings.LastIndex(unknown, "_")+1:]), "credentials-incorrect"},
		"a mistyped secret":       {basic(id, password[1:]+password[:1]), "credentials-incorrect"},
		"a name and its password": {basic("alice", "open sesame"), "credentials-incorrect"},
		"no password":             {basic(id, ""), "credentials-incorrect"},
		"nothing":                 {basic("", ""), "credentials-incorrect"},
		"what is not base64":      {"Basic !!!", "credentials-malformed"},
		"no colon":                {"Basic " + base64.StdEncoding.EncodeToString([]byte(id)), "credentials-malformed"},
		"nothing after Basic":     {"Basic", "credentials-malformed"},
	} {
		if w := api.get("/all", test.authorization, elsewhere); w.Body.String() != test.want {
			t.Errorf("%s: got %d %s, want %s", name, w.Code, w.Body, test.want)
		}
	}
	fresh := newAPI(t, "https://api.example.com")
	fresh.store.change(func(r *apikey.Record) { r.RevokedAt = time.Now() })
	if w := fresh.get("/all", basic(id, fresh.key[strings.LastIndex(fresh.key, "_")+1:]), elsewhere); w.Body.String() != "api-key-revoked" {
		t.Errorf("a revoked key: got %d %s", w.Code, w.Body)
	}
}

func TestBasicNeedsEncryption(t *testing.T) {
	api := newAPI(t, "http://api.example.com")
	authorization := basic(id, api.key[strings.LastIndex(api.key, "_")+1:])
	for remote, want := range map[string]string{elsewhere: "credentials-not-accepted", here: "basic", "127.0.0.1:1": "basic", "": "credentials-not-accepted"} {
		if w := api.get("/all", authorization, remote); w.Body.String() != want {
			t.Errorf("from %s: got %d %s, want %s", remote, w.Code, w.Body, want)
		}
	}
}

// TestBasicIsNotForwarded has a proxy on this machine in front of the API, which is not trusted.
func TestBasicIsNotForwarded(t *testing.T) {
	api := newAPI(t, "http://api.example.com")
	for forwarded, want := range map[string]string{
		"": "basic", "127.0.0.1": "basic", "::1, 127.0.0.1": "basic",
		"203.0.113.7": "credentials-not-accepted", "127.0.0.1, 203.0.113.7": "credentials-not-accepted", "unknown": "credentials-not-accepted",
	} {
		r := httptest.NewRequest("GET", "/all", nil)
		r.RemoteAddr = here
		r.Header.Set("Authorization", basic(id, api.key[strings.LastIndex(api.key, "_")+1:]))
		r.Header.Set("X-Forwarded-For", forwarded)
		w := httptest.NewRecorder()
		if api.ServeHTTP(w, r); w.Body.String() != want {
			t.Errorf("for %q: got %d %s, want %s", forwarded, w.Code, w.Body, want)
		}
	}
}

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}
