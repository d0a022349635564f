package conformance

import (
	"bufio"
	"context"
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
	"example.com/gatehouse/config"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
)

// TestChallenge is section 1.2 of the requirements: what refusals look like (RFC 6750,
// section 3; RFC 9110, sections 11 and 15.5).
func TestChallenge(t *testing.T) {
	t.Parallel()
	r := newRig(t, documented)
	good, reader := r.issuer.Token(), r.token("items:read")
	forged := me(good[:strings.LastIndex(good, ".")+1] + authtest.Encode(strings.Repeat("x", 64)))

	t.Run("H01 every route that asks for a token challenges a stranger", func(t *testing.T) {
		for _, route := range r.api.Table() {
			line := route.Method + " " + strings.NewReplacer("{id}", "1", "{code}", "token-expired").Replace(route.Path)
			if got := r.send(t, call{line: line}); (got.status == 401) != (route.Access == ginauth.Protected) {
				t.Errorf("%s is %s and answered %d", line, route.Access, got.status)
			}
		}
	})
	t.Run("H02 a challenge has a parameter", func(t *testing.T) {
		got := r.want(t, get("/me"), "credentials-missing").header.Get("WWW-Authenticate")
		if !regexp.MustCompile(`^Bearer [a-z_]+="`).MatchString(got) {
			t.Errorf("got %s", got)
		}
	})
	t.Run("H03 each parameter stands once", func(t *testing.T) {
		got := r.want(t, get("/items", bearer(good)), "scope-insufficient read").header.Get("WWW-Authenticate")
		list, err := parseChallenges(got)
		want := []string{"realm", "error", "error_description", "scope", "resource_metadata"}
		if err != nil || len(list) != 1 || !slices.Equal(list[0].names, want) {
			t.Errorf("got %v, %v", list, err)
		}
	})
	t.Run("H04 every detail of the registry can stand in a challenge", func(t *testing.T) {
		challenger := &auth.Challenger{Realm: "gatehouse"}
		required := auth.Requirement{Scopes: []string{"items:read"}, ACR: []string{"gold"}, MaxAge: time.Minute}
		for _, reason := range problem.Types() {
			if line := challenger.Challenge(reason, required); line != "" && len(challengeFaults(line)) > 0 {
				t.Errorf("%s: %q", line, challengeFaults(line))
			}
		}
	})
	r.run(t, []row{
		{"H05 a token that is refused is told the error", forged, "signature-invalid"},
		{"H06 invalid_request is 400", get("/me", "Authorization: Bearer"), "credentials-malformed"},
		{"H06 invalid_token is 401", me("x"), "token-malformed"},
		{"H06 insufficient_scope is 403 and names the scope", post("/items", "{}", bearer(reader)), "scope-insufficient write"},
	})
	t.Run("H07 a challenge has a line of its own", func(t *testing.T) {
		if got := r.send(t, forged).header["Www-Authenticate"]; len(got) != 1 {
			t.Errorf("got %q", got)
		}
	})
	for _, spoilt := range []string{`Gate"house`, `Gate\house`, "Gate\r\nhouse", "Gaté", ""} {
		t.Run(fmt.Sprintf("H08 the realm %q does not start", spoilt), func(t *testing.T) {
			if _, err := auth.NewChallenger(spoilt, ""); err == nil {
				t.Error("it makes a challenger")
			}
			if _, err := auth.NewChallenger("gatehouse", rigOrigin+spoilt); err == nil && spoilt != "" {
				t.Error("its address makes a challenger")
			}
		})
	}
	r.run(t, []row{
		{"H09 a valid token without the scope is 403 and not 401", get("/items", bearer(good)), "scope-insufficient read"},
		{"H09 a valid token without the role is 403 and not 401", get("/admin/items", bearer(reader)), "access-denied"},
	})
	t.Run("H10 what belongs to somebody else is like what is not there", func(t *testing.T) { hiddenItem(t, r) })
	t.Run("H11 a wrong method names the right ones", func(t *testing.T) {
		got := r.want(t, call{line: "PATCH /items", headers: []string{bearer(good)}}, "method-not-allowed")
		methods := strings.Split(got.header.Get("Allow"), ", ")
		if slices.Sort(methods); !slices.Equal(methods, []string{"GET", "HEAD", "POST"}) {
			t.Errorf("got Allow: %q", methods)
		}
	})
	r.run(t, hiddenRoutes(good))
	for _, path := range []string{"/me", "/nothing/here", "/healthz"} {
		t.Run("H13 HEAD "+path+" is GET without the body", func(t *testing.T) { headLikeGet(t, r, path) })
	}
	r.run(t, []row{
		{"H14 Proxy-Authorization is not read", get("/me", "Proxy-Authorization: Bearer "+good), "credentials-missing"},
		{"H14 Proxy-Authorization does not count", get("/me", "Proxy-Authorization: Bearer "+good, bearer(good)), ""},
	})
	for _, expect := range []string{"", "Expect: 100-continue\r\n"} {
		t.Run(fmt.Sprintf("H15 a stranger's body is not read %q", expect), func(t *testing.T) { unreadBody(t, r, expect) })
	}
}

// hiddenRoutes are requests whose answer must not tell a stranger what there is.
func hiddenRoutes(good string) []row {
	const id = "/items/01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77"
	return []row{
		{"H12 a stranger does not learn that a path is unknown", get("/items/a/b"), "credentials-missing"},
		{"H12 nor that a method is wrong", call{line: "PATCH /items"}, "credentials-missing"},
		{"H12 nor that it is wrong for one item", post(id, "{}"), "credentials-missing"},
		{"H12 nor that a body is bad", post("/items", "{", "Content-Type: text/plain"), "credentials-missing"},
		{"H12 nor that a parameter is bad", get("/items?limit=no"), "credentials-missing"},
		{"H12 nor that a path parameter is bad", get("/items/%ff"), "credentials-missing"},
		{"H12 nor that there is one slash too many", get("/items/"), "credentials-missing"},
		{"H12 nor that there is nothing below /me", get("/me/nothing"), "credentials-missing"},
		{"H12 nor that there is nothing at /admin", get("/admin"), "credentials-missing"},
		{"H12 a bad token is refused before the path", get("/items/a/b", bearer("x")), "token-malformed"},
		{"H12 a caller learns that a path is unknown", get("/items/a/b", bearer(good)), "not-found"},
		{"H12 a slash too many is no redirect", get("/items/", bearer(good)), "not-found"},
		{"H12 another case is no redirect", get("/ITEMS", bearer(good)), "not-found"},
		{"H12 elsewhere a path is unknown to everybody", get("/nothing/here"), "not-found"},
		{"H12 elsewhere a method is wrong for everybody", post("/healthz", "{}"), "method-not-allowed"},
	}
}

// hiddenItem compares the answers about another caller's item and about none, byte for byte but for
// the instance.
func hiddenItem(t *testing.T, r *rig) {
	created := r.want(t, post("/items", named("Lantern"), bearer(r.token("items:write")), "Content-Type: application/json"), "created")
	bob := bearer(r.issuer.Token(authtest.Claims{"sub": "bob", "scope": "items:read items:write"}))
	for _, method := range []string{"GET", "PUT", "DELETE"} {
		theirs := r.want(t, call{line: method + " /items/" + created.member("id"), headers: []string{bob}}, "not-found")
		nobodys := r.want(t, call{line: method + " /items/01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77", headers: []string{bob}}, "not-found")
		a := strings.ReplaceAll(string(theirs.body), theirs.member("instance"), "")
		if b := strings.ReplaceAll(string(nobodys.body), nobodys.member("instance"), ""); a != b {
			t.Errorf("%s: got %s and %s", method, a, b)
		}
	}
}

func headLikeGet(t *testing.T, r *rig, path string) {
	got, head := r.send(t, get(path)), r.send(t, call{line: "HEAD " + path})
	for _, name := range []string{"X-Request-Id", "Date", "Content-Length"} {
		got.header.Del(name)
		head.header.Del(name)
	}
	if head.status != got.status || !maps.EqualFunc(head.header, got.header, slices.Equal) || len(head.body) > 0 {
		t.Errorf("got %+v, want all but the body of %+v", head, got)
	}
}

// unreadBody announces a large body, sends none of it, and is answered all the same.
func unreadBody(t *testing.T, r *rig, expect string) {
	conn, err := net.Dial("tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	fmt.Fprintf(conn, "POST /items HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n%s\r\n", expect)
	reader := bufio.NewReader(conn)
	response, err := http.ReadResponse(reader, nil)
	if err != nil || response.StatusCode != 401 || !response.Close {
		t.Fatalf("got %+v, %v", response, err)
	}
	io.Copy(io.Discard, response.Body)
	if _, err := reader.ReadByte(); err != io.EOF {
		t.Errorf("the connection stays open: %v", err)
	}
}

// panicking is a Store with a bug.
type panicking struct{ handlers.ItemStore }

func (panicking) List(context.Context, store.Owner, store.Cursor, int) ([]store.Item, store.Cursor, error) {
	panic("a bug with a secret in it")
}

func TestPanic(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(r *rig, _ *auth.Config, _ *config.Config) { r.items = panicking{} })
	r.run(t, []row{
		{"H01 a stranger is challenged before the handler panics", get("/items"), "credentials-missing"},
		{"A14 a panic is an internal error without a challenge", get("/items", bearer(r.token("items:read"))), "internal"},
	})
	t.Run("A14 a panic is told to the log and not to the caller", func(t *testing.T) {
		got := r.send(t, get("/items", bearer(r.token("items:read"))))
		if strings.Contains(string(got.body), "secret") || !strings.Contains(r.log.String(), "a bug with a secret in it") {
			t.Errorf("got %s", got.body)
		}
	})
}
