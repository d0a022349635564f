package telemetry_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/telemetry"
)

// A flood sends rejected requests from addresses that a trusted proxy names.
type flood struct{ *apitest.API }

func newFlood(t *testing.T) flood {
	return flood{apitest.New(t, apitest.Env("TRUSTED_PROXIES=192.0.2.1"), apitest.Parts(withBrokenStore))}
}

func (f flood) send(t *testing.T, n int, from, line, token string) {
	t.Helper()
	for range n {
		f.Call(t, token, line, "", "X-Forwarded-For: "+from)
	}
}

func (f flood) wantLogged(t *testing.T, name string, n int) {
	t.Helper()
	if got := strings.Count(f.Log.String(), `"msg":"request rejected"`); got != n {
		t.Errorf("%s: %d are logged, want %d", name, got, n)
	}
}

// wantSummaries compares code, client and number of every summary.
func (f flood) wantSummaries(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for _, r := range f.Log.Records(t, "requests rejected repeatedly") {
		got = append(got, fmt.Sprint(r["code"], " ", r["client"], " ", r["more"]))
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("the summaries are %q, want %q", got, want)
	}
}

func TestRepeatedRejectionsAreSummarized(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlood(t)
		f.send(t, 25, "203.0.113.1", "GET /me", "")
		f.wantLogged(t, "one code from one address", 10)
		f.send(t, 25, "203.0.113.1", "GET /items", "")
		f.wantLogged(t, "the same code at another route", 10)
		f.send(t, 3, "203.0.113.1", "GET /me", "opaque")
		f.wantLogged(t, "another code", 13)
		f.send(t, 12, "203.0.113.2", "GET /me", "")
		f.wantLogged(t, "another address", 23)
		f.send(t, 10, "203.0.113.3", "GET /me", "")
		f.wantLogged(t, "as many as are not suppressed", 33)
		for n := range 20 {
			f.send(t, 1, fmt.Sprintf("2001:db8::%x", n+1), "GET /me", "")
		}
		f.wantLogged(t, "an IPv6 network", 43)
		f.send(t, 5, "2001:db8:0:1::1", "GET /me", "")
		f.wantLogged(t, "another IPv6 network", 48)
		f.send(t, 30, "203.0.113.1", "GET /items/1", f.Token("alice", "items:read"))
		f.wantLogged(t, "an internal error, which is never suppressed", 78)
		f.wantSummaries(t)
		time.Sleep(time.Minute)
		synctest.Wait()
		f.wantSummaries(t, "credentials-missing 2001:db8::/64 10", "credentials-missing 203.0.113.1 40", "credentials-missing 203.0.113.2 2")
		f.send(t, 11, "203.0.113.1", "GET /me", "")
		f.wantLogged(t, "a minute later", 88)
		f.Flush()
		all := []string{"credentials-missing 2001:db8::/64 10", "credentials-missing 203.0.113.1 1", "credentials-missing 203.0.113.1 40", "credentials-missing 203.0.113.2 2"}
		f.wantSummaries(t, all...)
		time.Sleep(time.Hour)
		synctest.Wait()
		f.wantSummaries(t, all...)
	})
}

// TestOutagesAreSummarizedForAllClients has a provider, and then a database, that does not respond. Its 503s have one
// cause, whatever the caller.
func TestOutagesAreSummarizedForAllClients(t *testing.T) {
	for code, option := range map[string]apitest.Option{
		"auth-unavailable":     apitest.Issuer(func(i *authtest.Issuer) { i.Break(authtest.Down) }),
		"database-unavailable": apitest.Parts(func(p *handlers.Parts) { p.Items = unavailableStore{p.Items} }),
	} {
		synctest.Test(t, func(t *testing.T) {
			f := flood{apitest.New(t, apitest.Env("TRUSTED_PROXIES=192.0.2.1"), option)}
			for n := range 25 {
				f.send(t, 1, fmt.Sprintf("203.0.113.%d", n), "GET /items/1", f.Token("alice", "items:read"))
			}
			f.wantLogged(t, code, 10)
			for _, record := range f.Log.Records(t, "request rejected") {
				if record["level"] != "ERROR" {
					t.Errorf("%s is logged at %s", code, record["level"])
				}
			}
			time.Sleep(time.Minute)
			synctest.Wait()
			f.wantSummaries(t, code+" all 15")
		})
	}
}

// A method that a caller invented is 501, and no error of the server's.
func TestInventedMethodsAreRejectionsLikeOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlood(t)
		f.send(t, 25, "203.0.113.1", "BREW /items", "")
		f.wantLogged(t, "one code from one address", 10)
		if strings.Contains(f.Log.String(), `"level":"ERROR"`) {
			t.Errorf("the log has %s", f.Log)
		}
	})
}

// TestWhatCallersWroteIsCut sends names of 30,000 characters, some of which a terminal would obey.
func TestWhatCallersWroteIsCut(t *testing.T) {
	const hidden = "\u0085\u202e\u009b\x1b"
	name := hidden + strings.Repeat("x", 30_000)
	quoted, err := json.Marshal(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, line, body, code string }{
		{"an unknown member", "POST /items", `{` + string(quoted) + `:1}`, "member-unknown"},
		{"a repeated member", "POST /items", `{"name":"a",` + string(quoted) + `:1,` + string(quoted) + `:1}`, "member-unknown"},
		{"an unknown member in the middle", "POST /items", `{` + string(quoted) + `:{"a":`, "member-unknown"},
		{"an unknown parameter", "GET /items?" + url.QueryEscape(name[:20_000]) + "=1", "", "parameter-invalid"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				api := apitest.New(t, apitest.Env("DOCS=on", "DEVELOPMENT=true"))
				r := api.Call(t, api.Token("alice", "items:read items:write"), test.line, test.body)
				rejected := apitest.Decode[problem.Body](t, r)
				named := rejected.Errors[0].Pointer + rejected.Errors[0].Parameter
				if n := utf8.RuneCountInString(named); rejected.Code != test.code || n != 300 || strings.ContainsAny(named, hidden) {
					t.Errorf("got %s with %d characters: %.400s", rejected.Code, n, r.Body)
				}
				logged := api.Log.Records(t, "request rejected")[0]["err"].(string)
				if utf8.RuneCountInString(logged) > 300 || strings.ContainsAny(logged, hidden) {
					t.Errorf("logged is %.400q", logged)
				}
				// part:inspector:begin
				entry := api.Call(t, "", "POST /docs/inspect", `{"instance":"`+rejected.Instance+`"}`)
				stored := apitest.Decode[telemetry.Rejection](t, entry).Err
				if stored != logged {
					t.Errorf("stored is %.400q, and logged %.400q", stored, logged)
				}
				// part:inspector:end
			})
		})
	}
}

// TestSuppressionCountersAreBounded sends requests from more addresses than there are counters.
func TestSuppressionCountersAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlood(t)
		for n := range 10_050 {
			f.send(t, 1, fmt.Sprintf("10.0.%d.%d", n/256, n%256), "GET /me", "")
		}
		f.wantLogged(t, "one for each counter, and ten of the others", 10_010)
		time.Sleep(time.Minute)
		synctest.Wait()
		f.wantSummaries(t, "credentials-missing others 40")
	})
}
