package handlers_test

import (
	"fmt"
	"maps"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/problem"
)

// item is an item as the tests read it.
type item struct {
	ID        string    `json:"id"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// named is a body that makes an item of this name.
func named(name string) string { return fmt.Sprintf(`{"name":%q}`, name) }

// create keeps an item and returns it, and its text.
func (s *server) create(t *testing.T, token, name string) (item, string) {
	t.Helper()
	r := s.call(t, token, "POST /items", named(name))
	if r.status != 201 {
		t.Fatalf("POST /items answers %d %s", r.status, r.body)
	}
	return decode[item](t, r.body), r.body
}

func TestAnItemIsCreatedReadReplacedAndDeleted(t *testing.T) {
	s := serve(t)
	alice := s.user("alice")
	before := time.Now().Add(-time.Millisecond)

	created := s.call(t, alice, "POST /items", `{"name":"Lantern","description":"Hangs <there>."}`)
	i := decode[item](t, created.body)
	if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(i.ID) {
		t.Errorf("the id %q is not a UUID that grows with time", i.ID)
	}
	if i.CreatedAt.Before(before) || i.CreatedAt.After(time.Now()) || i.CreatedAt.Location() != time.UTC {
		t.Errorf("created_at is %s", i.CreatedAt)
	}
	stamp := i.CreatedAt.Format(time.RFC3339Nano)
	text := fmt.Sprintf(`{"id":%q,"name":"Lantern","description":"Hangs \u003cthere\u003e.","created_at":%q,"updated_at":%q}`, i.ID, stamp, stamp)
	created.wantJSON(t, 201, text)
	address := created.header.Get("Location")
	if address != "/items/"+i.ID {
		t.Fatalf("the Location is %q", address)
	}
	s.call(t, alice, "GET "+address, "").wantJSON(t, 200, text)
	s.call(t, alice, "GET /items", "").wantJSON(t, 200, `{"items":[`+text+`],"next_cursor":null}`)

	replaced := s.call(t, alice, "PUT "+address, named("Lamp"))
	updated := decode[item](t, replaced.body).UpdatedAt
	if !updated.After(i.CreatedAt) {
		t.Errorf("updated_at is %s, want a time after %s", updated, i.CreatedAt)
	}
	text = fmt.Sprintf(`{"id":%q,"name":"Lamp","description":"","created_at":%q,"updated_at":%q}`, i.ID, stamp, updated.Format(time.RFC3339Nano))
	replaced.wantJSON(t, 200, text)
	s.call(t, alice, "GET "+address, "").wantJSON(t, 200, text)

	if r := s.call(t, alice, "DELETE "+address, ""); r.status != 204 || r.body != "" {
		t.Errorf("DELETE answers %d %q", r.status, r.body)
	}
	for _, line := range []string{"GET " + address, "DELETE " + address} {
		s.call(t, alice, line, "").wantProblem(t, problem.NotFound, "")
	}
	s.call(t, alice, "PUT "+address, named("Lamp")).wantProblem(t, problem.NotFound, "")
	s.call(t, alice, "GET /items", "").wantJSON(t, 200, `{"items":[],"next_cursor":null}`)
}

func TestAnItemIsItsOwnersAlone(t *testing.T) {
	s := serve(t)
	i, text := s.create(t, s.user("alice"), "Lantern")
	claims := authtest.Claims{"sub": "alice", "scope": "items:read items:write"}
	for _, test := range []struct {
		name   string
		claims authtest.Claims
		owner  bool
	}{
		{"another user does not see it", authtest.Claims{"sub": "bob"}, false},
		{"an admin does not see it here", authtest.Claims{"sub": "root", "roles": []string{"admin"}}, false},
		{"a client whose name is the user's does not see it", authtest.Claims{"client_id": "alice"}, false},
		{"case is another user", authtest.Claims{"sub": "Alice"}, false},
		{"the user sees it through another client", authtest.Claims{"client_id": "cli"}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			token := s.issuer.Token(claims, test.claims)
			if test.owner {
				s.call(t, token, "GET /items/"+i.ID, "").wantJSON(t, 200, text)
				return
			}
			s.call(t, token, "GET /items", "").wantJSON(t, 200, `{"items":[],"next_cursor":null}`)
			for _, line := range []string{"GET", "PUT", "DELETE"} {
				theirs := s.call(t, token, line+" /items/"+i.ID, named("Mine"))
				nobodys := s.call(t, token, line+" /items/01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77", named("Mine"))
				theirs.wantProblem(t, problem.NotFound, "")
				wantSameAnswer(t, theirs, nobodys)
			}
			s.call(t, token, "PUT /items/"+i.ID, `{`).wantProblem(t, problem.NotFound, "")
		})
	}
	s.call(t, s.user("alice"), "GET /items/"+i.ID, "").wantJSON(t, 200, text)
}

// wantSameAnswer fails unless the answers differ in nothing but date and identifier.
func wantSameAnswer(t *testing.T, a, b answer) {
	t.Helper()
	for _, r := range []*answer{&a, &b} {
		r.body = strings.ReplaceAll(r.body, r.header.Get("X-Request-Id"), "")
		r.header = maps.Clone(r.header)
		r.header.Del("X-Request-Id")
		r.header.Del("Date")
	}
	if fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("the answers differ:\n%v\n%v", a, b)
	}
}

func TestItemsAskForTheirScopes(t *testing.T) {
	s := serve(t)
	i, _ := s.create(t, s.user("alice"), "Lantern")
	for _, test := range []struct{ line, has, lacks string }{
		{"GET /items", "items:write", "items:read"},
		{"GET /items/" + i.ID, "items:write", "items:read"},
		{"POST /items", "items:read", "items:write"},
		{"PUT /items/" + i.ID, "items:read", "items:write"},
		{"DELETE /items/" + i.ID, "items:read", "items:write"},
		{"GET /admin/items", "items:write", "items:read"},
	} {
		t.Run(test.line, func(t *testing.T) {
			s.call(t, "", test.line, `{`).wantProblem(t, problem.CredentialsMissing, "")
			r := s.call(t, s.token("alice", test.has, "admin"), test.line, `{`)
			r.wantProblem(t, problem.ScopeInsufficient, fmt.Sprintf(`"required_scopes":[%q]`, test.lacks))
			want := fmt.Sprintf(`Bearer realm="gatehouse", error="insufficient_scope", error_description="The token lacks a required scope.", `+
				`scope="%s", resource_metadata="%s/.well-known/oauth-protected-resource"`, test.lacks, origin)
			if got := r.header.Get("WWW-Authenticate"); got != want {
				t.Errorf("the challenge is\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestAnAdminSeesEverybodysItems(t *testing.T) {
	s := serve(t)
	_, first := s.create(t, s.user("alice"), "Lantern")
	_, second := s.create(t, s.user("bob"), "Ladder")
	owned := func(text, owner string) string {
		return strings.TrimSuffix(text, "}") + fmt.Sprintf(`,"owner":%q}`, owner)
	}

	admin := s.token("root", "items:read", "viewer", "admin")
	s.call(t, admin, "GET /admin/items", "").wantJSON(t, 200, `{"items":[`+owned(first, "alice")+","+owned(second, "bob")+`],"next_cursor":null}`)
	r := s.call(t, admin, "GET /admin/items?limit=1", "")
	next := decode[listing](t, r.body).NextCursor
	s.call(t, admin, "GET /admin/items?limit=1&cursor="+next, "").wantJSON(t, 200, `{"items":[`+owned(second, "bob")+`],"next_cursor":null}`)
	s.call(t, admin, "GET /admin/items?limit=0", "").wantProblem(t, problem.ParameterInvalid, limitInvalid)

	for _, roles := range [][]string{nil, {"viewer"}, {"Admin"}, {"administrator"}, {"admin viewer"}} {
		s.call(t, s.token("alice", "items:read", roles...), "GET /admin/items", "").wantProblem(t, problem.AccessDenied, "")
	}
}
