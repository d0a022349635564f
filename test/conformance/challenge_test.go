package conformance

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
)

func TestEveryProtectedRouteChallenges(t *testing.T) {
	t.Parallel()
	a := start(t, apitest.Env("DOCS=on"))
	for _, route := range a.Table() {
		line := route.Method + " " + strings.NewReplacer("{id}", "1", "{code}", "token-expired").Replace(route.Path)
		t.Run("H01 "+line, func(t *testing.T) {
			if got := a.send(t, request{line: line}); (got.status == 401) != (route.Access == ginauth.Protected) {
				t.Errorf("the route is %s and responds %d", route.Access, got.status)
			}
		})
	}
}

func TestChallengesFollowTheirGrammar(t *testing.T) {
	t.Parallel()
	a := start(t)
	good := bearer(a.Issuer.Token())
	t.Run("H02 a challenge has a parameter", func(t *testing.T) {
		got := a.want(t, get("/me"), "credentials-missing").header.Get("WWW-Authenticate")
		if !regexp.MustCompile(`^Bearer [a-z_]+="`).MatchString(got) {
			t.Errorf("got %s", got)
		}
	})
	a.run(t, []row{
		{"H16 no credentials: the scope to ask for", get("/items"), "credentials-missing read"},
		{"H16 no credentials: the scope of another route", post("/items", "{}"), "credentials-missing write"},
		{"H16 no credentials: a route without a scope", get("/me"), "credentials-missing"},
		{"H16 another scheme: the scope to ask for", get("/items", "Authorization: Basic YWJj"), "scheme-unsupported read"},
	})
	t.Run("H03 a challenge has each parameter once", func(t *testing.T) {
		got := a.want(t, get("/items", good), "scope-insufficient read").header.Get("WWW-Authenticate")
		list, err := parseChallenges(got)
		want := []string{"realm", "error", "error_description", "scope", "resource_metadata"}
		if err != nil || len(list) != 1 || !slices.Equal(list[0].names, want) {
			t.Errorf("got %v, %v", list, err)
		}
	})
	challenger := &auth.Challenger{Realm: "gatehouse"}
	required := auth.Requirement{Scopes: []string{"items:read"}, ACR: []string{"gold"}, MaxAge: time.Minute}
	for _, p := range problem.Types() {
		t.Run("H04 "+p.Code, func(t *testing.T) {
			if line := challenger.Challenge(p, required); line != "" && len(challengeFaults(line)) > 0 {
				t.Errorf("%s: %q", line, challengeFaults(line))
			}
		})
	}
	t.Run("H07 a challenge has its own field line", func(t *testing.T) {
		if got := a.send(t, me("x")).header["Www-Authenticate"]; len(got) != 1 {
			t.Errorf("got %q", got)
		}
	})
	for _, text := range []string{`Gate"house`, `Gate\house`, "Gate\r\nhouse", "Gaté"} {
		t.Run(fmt.Sprintf("H08 realm and metadata %q", text), func(t *testing.T) {
			_, realm := auth.NewChallenger(text, "")
			_, metadata := auth.NewChallenger("gatehouse", publicURL+"/"+text)
			if realm == nil || metadata == nil {
				t.Errorf("got %v and %v, want two errors", realm, metadata)
			}
		})
	}
	t.Run("H08 a challenge needs a realm", func(t *testing.T) {
		if _, err := auth.NewChallenger("", ""); err == nil {
			t.Error("got no error")
		}
	})
}

func TestChallengesNameTheError(t *testing.T) {
	t.Parallel()
	a := start(t)
	good, reader := bearer(a.Issuer.Token()), bearer(a.withScopes("items:read"))
	forged := changeSignature(a.Issuer.Token(), func([]byte) []byte { return []byte(strings.Repeat("x", 64)) })
	a.run(t, []row{
		{"H05 a forged token gets an error code", me(forged), "signature-invalid"},
		{"H06 invalid_request is 400", get("/me", "Authorization: Bearer"), "credentials-malformed"},
		{"H06 invalid_token is 401", me("x"), "token-malformed"},
		{"H06 insufficient_scope is 403 and names the scope", post("/items", "{}", reader), "scope-insufficient write"},
		{"H09 a missing scope is 403", get("/items", good), "scope-insufficient read"},
		{"H09 a missing role is 403", get("/admin/items", reader), "access-denied"},
		{"H14 Proxy-Authorization does not authenticate", get("/me", "Proxy-"+good), "credentials-missing"},
		{"H14 Proxy-Authorization beside Authorization", get("/me", "Proxy-"+good, good), ""},
	})
}

func TestAnonymousCallersLearnNothingOfPaths(t *testing.T) {
	t.Parallel()
	a := start(t)
	good := bearer(a.Issuer.Token())
	a.run(t, []row{
		{"H12 anonymous, unknown path", get("/items/a/b"), "credentials-missing read"},
		{"H12 anonymous, wrong method", request{line: "PATCH /items"}, "credentials-missing write"},
		{"H12 anonymous, wrong method of an item", post("/items/"+noItem, "{}"), "credentials-missing write"},
		{"H12 anonymous, invalid body", post("/items", "{", "Content-Type: text/plain"), "credentials-missing write"},
		{"H12 anonymous, invalid parameter", get("/items?limit=no"), "credentials-missing read"},
		{"H12 anonymous, invalid path parameter", get("/items/%ff"), "credentials-missing read"},
		{"H12 anonymous, trailing slash", get("/items/"), "credentials-missing read"},
		{"H12 anonymous, unknown path below /me", get("/me/nothing"), "credentials-missing"},
		{"H12 anonymous, no route at /admin", get("/admin"), "credentials-missing read"},
		{"H12 an invalid token is checked before the path", get("/items/a/b", bearer("x")), "token-malformed"},
		{"H12 a caller, unknown path", get("/items/a/b", good), "not-found"},
		{"H12 a caller, trailing slash: no redirect", get("/items/", good), "not-found"},
		{"H12 a caller, another case: no redirect", get("/ITEMS", good), "not-found"},
		{"H12 an unknown path beside public ones", get("/nothing/here"), "not-found"},
		{"H12 a wrong method of a public path", post("/healthz", "{}"), "method-not-allowed"},
	})
	t.Run("H11 a wrong method names the right ones", func(t *testing.T) {
		got := a.want(t, request{line: "PATCH /items", headers: []string{good}}, "method-not-allowed")
		methods := strings.Split(got.header.Get("Allow"), ", ")
		if slices.Sort(methods); !slices.Equal(methods, []string{"GET", "HEAD", "POST"}) {
			t.Errorf("got Allow: %q", methods)
		}
	})
}

// noItem is an id that no item has.
const noItem = "01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77"

func TestAnotherCallersItemIsLikeNone(t *testing.T) {
	t.Parallel()
	a := start(t)
	id := a.createItem(t, a.withScopes("items:write"))
	bob := bearer(a.withClaims(authtest.Claims{"sub": "bob", "scope": "items:read items:write"}))
	for _, method := range []string{"GET", "PUT", "DELETE"} {
		t.Run("H10 "+method, func(t *testing.T) {
			body := func(id string) string {
				got := a.want(t, request{line: method + " /items/" + id, headers: []string{bob}}, "not-found")
				return strings.ReplaceAll(string(got.body), got.member("instance"), "")
			}
			if theirs, none := body(id), body(noItem); theirs != none {
				t.Errorf("got %s and %s", theirs, none)
			}
		})
	}
}

func TestHeadIsGetWithoutTheBody(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, path := range []string{"/me", "/nothing/here", "/healthz"} {
		t.Run("H13 "+path, func(t *testing.T) {
			got, head := a.send(t, get(path)), a.send(t, request{line: "HEAD " + path})
			for _, name := range []string{"X-Request-Id", "Date", "Content-Length"} {
				got.header.Del(name)
				head.header.Del(name)
			}
			if head.status != got.status || !maps.EqualFunc(head.header, got.header, slices.Equal) || len(head.body) > 0 {
				t.Errorf("got %+v, want all but the body of %+v", head, got)
			}
		})
	}
}

// TestBodiesOfAnonymousCallersAreNotRead announces a large body and sends none of it.
func TestBodiesOfAnonymousCallersAreNotRead(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, expect := range []string{"", "Expect: 100-continue\r\n"} {
		t.Run("H15 "+strings.TrimSpace(expect), func(t *testing.T) {
			conn, err := net.Dial("tcp", a.addr)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(20 * time.Second))
			fmt.Fprintf(conn, "POST /items HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n%s\r\n", expect)
			reader := bufio.NewReader(conn)
			got, err := http.ReadResponse(reader, nil)
			if err != nil || got.StatusCode != 401 || !got.Close {
				t.Fatalf("got %+v, %v", got, err)
			}
			io.Copy(io.Discard, got.Body)
			if _, err := reader.ReadByte(); err != io.EOF {
				t.Errorf("the connection stays open: %v", err)
			}
		})
	}
}
