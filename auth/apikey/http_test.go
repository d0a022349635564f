package apikey_test

import (
	"cmp"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/apikey"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
)

// A testAPI has a route for each combination of credentials, and one key.
type testAPI struct {
	*gin.Engine
	token, key string
	store      *fakeStore
}

func newAPI(t *testing.T, publicURL string) *testAPI {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	issuer := authtest.Start(t, "api")
	verifier, err := auth.Connect(t.Context(), auth.Config{Issuer: issuer.URL, Audience: []string{"api"}})
	if err != nil {
		t.Fatal(err)
	}
	secret := apikey.NewSecret()
	a := &testAPI{Engine: gin.New(), token: issuer.Token(authtest.Claims{"scope": "a"}), key: format.Write(id, secret), store: &fakeStore{records: map[string]apikey.Record{
		id: {ID: id, Scopes: []string{"a"}, Hash: secret.Hash(), ExpiresAt: time.Now().Add(time.Hour)},
	}}}
	keys := apikey.New(apikey.Config{Format: format, Store: a.store})
	schemes := auth.NewSchemes(verifier, apikey.Scheme{Verifier: keys}, apikey.BasicScheme{Verifier: keys, PublicURL: publicURL})
	challenger, err := auth.NewChallenger("api", publicURL+"/metadata")
	if err != nil {
		t.Fatal(err)
	}
	challenger.Schemes = schemes
	r := ginauth.New(a.Engine, schemes, func(c *gin.Context, err error) {
		rejected, _ := errors.AsType[*auth.Error](err)
		rejected = cmp.Or(rejected, &auth.Error{})
		c.Writer.Header()["WWW-Authenticate"] = challenger.Challenges(problem.Of(err), problem.Of(err).Detail, rejected.Required)
		c.String(problem.Of(err).Status, "%s", problem.Of(err).Code)
	})
	r.Schemes(schemes.Names()...)
	declare(r)
	if err := r.Check(); err != nil {
		t.Fatal(err)
	}
	return a
}

func declare(r *ginauth.Router) {
	ok := func(c *gin.Context, caller *auth.Principal) error {
		c.String(http.StatusOK, "%s", caller.Scheme())
		return nil
	}
	r.Require("a").GET("/token", ok)
	both := r.Accept(auth.Token, auth.Key)
	both.Require("a").GET("/both", ok)
	both.Accept(auth.Key).Require("a").GET("/key", ok)
	both.Accept(auth.Token).Require("a").GET("/narrowed", ok)
	r.Accept(auth.Token, auth.Key, auth.Basic).Require("a").GET("/all", ok)
	r.Accept(auth.Basic).Require("a").GET("/basic", ok)
}

func (a *testAPI) get(path, authorization, remote string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	r.RemoteAddr = remote
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w
}

const (
	elsewhere = "203.0.113.7:5000"
	here      = "[::1]:5000"
)

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

func TestRoutesAcceptWhatTheyDeclare(t *testing.T) {
	api := newAPI(t, "https://api.example.com")
	password := api.key[strings.LastIndex(api.key, "_")+1:]
	sent := map[string]string{"token": "Bearer " + api.token, "key": "Bearer " + api.key, "basic": basic(id, password)}
	const notAccepted, unsupported = "credentials-not-accepted", "scheme-unsupported"
	for path, want := range map[string]map[string]string{
		"/token":    {"token": "token", "key": notAccepted, "basic": unsupported},
		"/both":     {"token": "token", "key": "key", "basic": unsupported},
		"/key":      {"token": notAccepted, "key": "key", "basic": unsupported},
		"/narrowed": {"token": "token", "key": notAccepted, "basic": unsupported},
		"/all":      {"token": "token", "key": "key", "basic": "basic"},
		"/basic":    {"token": notAccepted, "key": notAccepted, "basic": "basic"},
	} {
		for kind, authorization := range sent {
			for range 2 { // the second time from the cache
				if w := api.get(path, authorization, elsewhere); w.Body.String() != want[kind] {
					t.Errorf("%s with %s: got %d %s, want %s", path, kind, w.Code, w.Body, want[kind])
				}
			}
		}
	}
}

// A token is not verified where none is accepted.
func TestTokensAreNotReadWhereKeysAre(t *testing.T) {
	api := newAPI(t, "https://api.example.com")
	for path, want := range map[string]string{"/key": "credentials-not-accepted", "/both": "token-malformed"} {
		if w := api.get(path, "Bearer opaque", elsewhere); w.Body.String() != want {
			t.Errorf("%s: got %d %s, want %s", path, w.Code, w.Body, want)
		}
	}
}

func TestChallengesListWhatIsAccepted(t *testing.T) {
	api := newAPI(t, "https://api.example.com")
	bearer, metadata := `Bearer realm="api", scope="a"`, `, resource_metadata="https://api.example.com/metadata"`
	const basicChallenge = `Basic realm="api", charset="UTF-8"`
	for path, want := range map[string][]string{
		"/token": {bearer + metadata},
		"/both":  {bearer + metadata},
		"/key":   {bearer},
		"/all":   {bearer + metadata, basicChallenge},
		"/basic": {basicChallenge},
	} {
		if got := api.get(path, "", elsewhere).Header()["WWW-Authenticate"]; !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	wrong := api.get("/key", "Bearer "+format.Write(id, apikey.NewSecret()), elsewhere).Header()["WWW-Authenticate"]
	if want := []string{`Bearer realm="api", error="invalid_token", error_description="The API key is not valid."`}; !slices.Equal(wrong, want) {
		t.Errorf("a wrong key is challenged by %q", wrong)
	}
}

func TestBasicIsAKey(t *testing.T) {
	api := newAPI(t, "https://api.example.com")
	password := api.key[strings.LastIndex(api.key, "_")+1:]
	const unknownID = "01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e78"
	unknown := format.Write(unknownID, apikey.NewSecret())
	wrong := format.Write(id, apikey.NewSecret())
	for name, test := range map[string]struct{ authorization, want string }{
		"the id and the secret":   {basic(id, password), "basic"},
		"the scheme in any case":  {"bAsIc" + basic(id, password)[5:], "basic"},
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

// TestWrongDeclarationsStopTheStart checks that a route cannot accept more than those around it, or what is not read.
func TestWrongDeclarationsStopTheStart(t *testing.T) {
	gin.SetMode(gin.ReleaseMode)
	handler := func(*gin.Context, *auth.Principal) error { return nil }
	for name, test := range map[string]struct {
		routes func(r *ginauth.Router) *ginauth.Routes
		want   string
	}{
		"a route accepts more than its parent":  {func(r *ginauth.Router) *ginauth.Routes { return r.Accept(auth.Key).Accept(auth.Token, auth.Key) }, "which the routes around it do not"},
		"a route accepts more than the default": {func(r *ginauth.Router) *ginauth.Routes { return r.Require("a").Accept(auth.Key) }, "which the routes around it do not"},
		"a route accepts nothing":               {func(r *ginauth.Router) *ginauth.Routes { return r.Accept() }, "accepts no credentials"},
		"a route accepts what is not read":      {func(r *ginauth.Router) *ginauth.Routes { return r.Accept("signature") }, "which no scheme reads"},
		"a role of a key":                       {func(r *ginauth.Router) *ginauth.Routes { return r.Accept(auth.Key).Role("admin") }, "which only tokens have"},
		"a class of sign-in of a key":           {func(r *ginauth.Router) *ginauth.Routes { return r.Accept(auth.Key).ACR("gold") }, "which only tokens have"},
		"an age of the sign-in of a key":        {func(r *ginauth.Router) *ginauth.Routes { return r.Accept(auth.Key).MaxAge(time.Hour) }, "which only tokens have"},
		"a role, narrowed to keys": {func(r *ginauth.Router) *ginauth.Routes {
			return r.Accept(auth.Token, auth.Key).Role("admin").Accept(auth.Key)
		}, "which only tokens have"},
		"a role of a token": {func(r *ginauth.Router) *ginauth.Routes { return r.Accept(auth.Token, auth.Key).Role("admin") }, ""},
	} {
		r := ginauth.New(gin.New(), nil, nil)
		r.Schemes(auth.Token, auth.Key)
		test.routes(r).GET("/x", handler)
		err := r.Check()
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), "GET /x ") || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: got the error %v, want %s", name, err, test.want)
		}
	}
}
