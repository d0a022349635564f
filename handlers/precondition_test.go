package handlers_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/problem"
)

// conditional sends a request with headers beside those of call, each a line.
func (s *server) conditional(t *testing.T, token, line, body string, headers ...string) answer {
	t.Helper()
	r := s.request(t, token, line, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Add(name, value)
	}
	return send(t, r)
}

func TestAnItemHasAnETagThatEveryChangeMakesAnother(t *testing.T) {
	s := serve(t)
	alice := s.user("alice")
	created := s.call(t, alice, "POST /items", named("Lantern"))
	address := created.header.Get("Location")
	replaced := s.call(t, alice, "PUT "+address, named("Lantern"))
	got := s.call(t, alice, "GET "+address, "")
	for name, test := range map[string]struct{ got, want string }{
		"created":                         {created.header.Get("ETag"), `"1"`},
		"replaced, though by the same":    {replaced.header.Get("ETag"), `"2"`},
		"got":                             {got.header.Get("ETag"), `"2"`},
		"where it is, when replaced":      {replaced.header.Get("Content-Location"), address},
		"what it is, when replaced":       {replaced.body, got.body},
		"a list, which has no one of its": {s.call(t, alice, "GET /items", "").header.Get("ETag"), ""},
	} {
		if test.got != test.want {
			t.Errorf("%s: %q, want %q", name, test.got, test.want)
		}
	}
}

// Every condition, judged against an item whose tag is "2".
func TestAConditionIsJudged(t *testing.T) {
	const fails, holds = false, true
	for _, test := range []struct {
		name, header string
		change, get  bool // whether a change is made, and whether the item is sent
	}{
		{"its tag", `If-Match: "2"`, holds, holds},
		{"a list with its tag", `If-Match: "1", "2" ,"x"`, holds, holds},
		{"any", `If-Match: *`, holds, holds},
		{"a former tag", `If-Match: "1"`, fails, fails},
		{"a later tag", `If-Match: "3"`, fails, fails},
		{"a list without its tag", `If-Match: "1","3"`, fails, fails},
		{"a weak tag, which a change does not go by", `If-Match: W/"2"`, fails, fails},
		{"nothing", `If-Match: `, fails, fails},
		{"a tag without quotes", `If-Match: 2`, fails, fails},
		{"a tag that is not closed", `If-Match: "2`, fails, fails},
		{"a tag in single quotes", `If-Match: '2'`, fails, fails},
		{"a tag between the quotes of others", `If-Match: "a,"2",b"`, fails, fails},
		{"a tag after something else", `If-Match: x "2"`, fails, fails},
		{"tags without a comma", `If-Match: "1" "2"`, fails, fails},
		{"any beside a tag", `If-Match: *, "2"`, fails, fails},
		{"a tag with a zero", `If-Match: "02"`, fails, fails},
		{"not its tag", `If-None-Match: "2"`, fails, fails},
		{"not its tag, weakly", `If-None-Match: W/"2"`, fails, fails},
		{"not one of a list with its tag", `If-None-Match: "1", W/"2"`, fails, fails},
		{"nothing there", `If-None-Match: *`, fails, fails},
		{"not a former tag", `If-None-Match: "1"`, holds, holds},
		{"not what is malformed", `If-None-Match: 2`, holds, holds},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := serve(t)
			alice := s.user("alice")
			i, _ := s.create(t, alice, "Lantern")
			text := s.call(t, alice, "PUT /items/"+i.ID, named("Lamp")).body
			none := strings.HasPrefix(test.header, "If-None-Match")

			got := s.conditional(t, alice, "GET /items/"+i.ID, "", test.header)
			switch {
			case test.get:
				got.wantJSON(t, 200, text)
			case none:
				if got.status != 304 || got.body != "" || got.header.Get("ETag") != `"2"` || got.header.Get("Content-Type") != "" {
					t.Errorf("answers %d %q with the headers %v", got.status, got.body, got.header)
				}
			default:
				got.wantProblem(t, problem.PreconditionFailed, "")
			}
			wantChanged(t, s.conditional(t, alice, "PUT /items/"+i.ID, named("Lantern"), test.header), 200, test.change)
			if !test.change {
				s.call(t, alice, "GET /items/"+i.ID, "").wantJSON(t, 200, text)
			} else {
				s.call(t, alice, "DELETE /items/"+i.ID, "")
				i, _ = s.create(t, alice, "Lantern")
				s.call(t, alice, "PUT /items/"+i.ID, named("Lamp"))
			}
			wantChanged(t, s.conditional(t, alice, "DELETE /items/"+i.ID, "", test.header), 204, test.change)
		})
	}
}

func wantChanged(t *testing.T, r answer, status int, changed bool) {
	t.Helper()
	if !changed {
		r.wantProblem(t, problem.PreconditionFailed, "")
	} else if r.status != status {
		t.Errorf("answers %d %s, want %d", r.status, r.body, status)
	}
}

func TestAConditionMayComeInSeveralHeaders(t *testing.T) {
	s := serve(t)
	alice := s.user("alice")
	i, _ := s.create(t, alice, "Lantern")
	r := s.conditional(t, alice, "DELETE /items/"+i.ID, "", `If-Match: "7"`, `If-Match: "1"`)
	wantChanged(t, r, http.StatusNoContent, true)
}

// A condition is the last thing that is judged (RFC 9110, section 13.2.1).
func TestAConditionDoesNotHideWhatElseIsWrong(t *testing.T) {
	s := serve(t)
	alice := s.user("alice")
	i, _ := s.create(t, alice, "Lantern")
	const match = `If-Match: "7"`
	s.conditional(t, "", "DELETE /items/"+i.ID, "", match).wantProblem(t, problem.CredentialsMissing, "")
	s.conditional(t, s.user("bob"), "DELETE /items/"+i.ID, "", match).wantProblem(t, problem.NotFound, "")
	s.conditional(t, s.user("bob"), "GET /items/"+i.ID, "", "If-None-Match: *").wantProblem(t, problem.NotFound, "")
	s.conditional(t, alice, "PUT /items/"+i.ID, `{"name":""}`, match).wantProblem(t, problem.ValidationFailed, at("/name", "is required"))
}

// rival is a store in which somebody else is always faster: it changes an item after it was read.
type rival struct{ handlers.Store }

func (s rival) Update(c context.Context, item handlers.Item) (handlers.Item, error) {
	s.overtake(c, item.ID)
	return s.Store.Update(c, item)
}

func (s rival) Delete(c context.Context, id string, version handlers.Version) error {
	s.overtake(c, id)
	return s.Store.Delete(c, id, version)
}

func (s rival) overtake(c context.Context, id string) {
	item, err := s.Store.Get(c, id)
	if err == nil {
		item.Name = "overtaken"
		s.Store.Update(c, item)
	}
}

func TestAChangeInBetweenIsNotLost(t *testing.T) {
	s := serve(t, func(c *handlers.Config) { c.Store = rival{c.Store} })
	alice := s.user("alice")
	i, _ := s.create(t, alice, "Lantern")
	s.conditional(t, alice, "PUT /items/"+i.ID, named("Lamp"), `If-Match: "1"`).wantProblem(t, problem.PreconditionFailed, "")
	s.conditional(t, alice, "DELETE /items/"+i.ID, "", `If-Match: "2"`).wantProblem(t, problem.PreconditionFailed, "")
	names, _ := s.page(t, alice, "")
	wantNames(t, names, "overtaken")

	r := s.conditional(t, alice, "PUT /items/"+i.ID, named("Lamp")) // without a condition the last one wins
	if r.status != 200 || r.header.Get("ETag") != `"5"` {
		t.Errorf("answers %d %s with the ETag %s", r.status, r.body, r.header.Get("ETag"))
	}
	r = s.conditional(t, alice, "DELETE /items/"+i.ID, "", `If-Match: *`)
	wantChanged(t, r, http.StatusNoContent, true)
}

func TestAConditionCanBeRequired(t *testing.T) {
	s := serve(t, func(c *handlers.Config) { c.RequireIfMatch = true })
	alice := s.user("alice")
	i, text := s.create(t, alice, "Lantern")
	s.call(t, alice, "PUT /items/"+i.ID, named("Lamp")).wantProblem(t, problem.PreconditionRequired, "")
	s.call(t, alice, "DELETE /items/"+i.ID, "").wantProblem(t, problem.PreconditionRequired, "")
	s.conditional(t, alice, "DELETE /items/"+i.ID, "", `If-None-Match: "7"`).wantProblem(t, problem.PreconditionRequired, "")
	s.call(t, alice, "GET /items/"+i.ID, "").wantJSON(t, 200, text)
	wantChanged(t, s.conditional(t, alice, "PUT /items/"+i.ID, named("Lamp"), `If-Match: "1"`), 200, true)
	wantChanged(t, s.conditional(t, alice, "DELETE /items/"+i.ID, "", `If-Match: *`), 204, true)
}

func TestADatabaseThatIsUnavailableIsAnsweredWithWhenToRetry(t *testing.T) {
	unavailable := &auth.Error{Type: problem.DatabaseUnavailable, RetryAfter: 5e9}
	s := serve(t, func(c *handlers.Config) { c.Store = broken{c.Store, func() error { return unavailable }} })
	r := s.call(t, s.user("alice"), "GET /items/1", "")
	r.wantProblem(t, problem.DatabaseUnavailable, `"retry_after":5`)
	if got := r.header.Get("Retry-After"); got != "5" {
		t.Errorf("Retry-After is %q", got)
	}
}
