package apikey_test

import (
	"cmp"
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
	challenger.Schemes, challenger.Scopes = schemes, "p/"
	r := ginauth.New(a.Engine, schemes, func(c *gin.Context, err error) {
		rejected, _ := errors.AsType[*auth.Error](err)
		rejected = cmp.Or(rejected, &auth.Error{})
		variant, facts := problem.VariantOf(err)
		detail, hint := variant.Texts(&problem.Published{}, facts...)
		c.Header("Said", detail+" "+hint)
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
	both.Require("b").GET("/scope", ok)
	both.Require("a").Role("x").GET("/role", ok)
	both.Require("a").MaxAge(time.Hour).GET("/recent", ok)
	both.Require("a").ACR("x").GET("/class", ok)
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
	bearer, metadata := `Bearer realm="api", scope="p/a"`, `, resource_metadata="https://api.example.com/metadata"`
	const basicChallenge = `Basic realm="api", charset="UTF-8"`
	for path, want := range map[string][]string{
		"/token": {bearer + metadata},
		"/both":  {bearer + metadata},
		"/key":   {`Bearer realm="api", scope="a"`},
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

// TestHintsAreAboutWhatIsAccepted has hints that lead to credentials of another kind.
func TestHintsAreAboutWhatIsAccepted(t *testing.T) {
	api := newAPI(t, "https://api.example.com")
	key, token, pair := "Bearer "+api.key, "Bearer "+api.token, basic(id, api.key[strings.LastIndex(api.key, "_")+1:])
	const sendKey, sendPair, sendToken = "Send Authorization: Bearer <API key>.", "Send Authorization: Basic <", "Send Authorization: Bearer <access token>."
	for _, test := range []struct{ path, sent, code, said string }{
		{"/key", "", "credentials-missing", sendKey},
		{"/key", "Digest x", "scheme-unsupported", sendKey},
		{"/key", pair, "scheme-unsupported", sendKey},
		{"/both", "ApiKey " + api.key, "scheme-unsupported", "Write Bearer and one space before the key"},
		{"/both", api.key, "scheme-unsupported", "Write Bearer and one space before the key"},
		{"/key", token, "credentials-not-accepted", "an access token. " + sendKey},
		{"/basic", "", "credentials-missing", sendPair},
		{"/basic", token, "credentials-not-accepted", "an access token. " + sendPair},
		{"/basic", key, "credentials-not-accepted", "an API key. " + sendPair},
		{"/basic", "Basic !", "credentials-malformed", "curl -u"},
		{"/narrowed", key, "credentials-not-accepted", "an API key. " + sendToken},
		{"/scope", key, "scope-insufficient", "lack the scope b. Send credentials with every scope of required_scopes. The scopes of an API key never change"},
		{"/role", key, "access-denied", "the role x. Send an access token"},
		{"/recent", key, "step-up-required", "Send an access token"},
		{"/class", key, "step-up-required", "Send an access token"},
	} {
		w := api.get(test.path, test.sent, elsewhere)
		if said := w.Header().Get("Said"); w.Body.String() != test.code || !strings.Contains(said, test.said) {
			t.Errorf("%s with %.9s: got %s, %s, want %s, %s", test.path, test.sent, w.Body, said, test.code, test.said)
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
