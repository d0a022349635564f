package token

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestTokensComeByTheBrowser(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
	}{
		{"opened by the command", nil},
		{"opened at the printed address", []string{"-no-browser"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := startProvider(t)
			f := p.terminal(t)
			if test.args != nil {
				browse, address := f.Browse, regexp.MustCompile(`(?m)^    (http\S+)$`)
				f.Browse = func(string) error { t.Error("a browser is opened"); return nil }
				f.Stderr.Watch = func(text string) {
					if found := address.FindStringSubmatch(text); found != nil {
						browse(found[1])
					}
				}
			}
			if status := f.Run(t, append([]string{"token"}, test.args...)...); status != 0 {
				t.Fatalf("the status is %d with %s", status, f.Stderr)
			}
			p.signIns.Wait()
			token, rest, _ := strings.Cut(f.Stdout.String(), "\n")
			caller := p.caller(t, token)
			if caller.Subject != "alice" || caller.ClientID != "cli" || rest != "" || strings.Contains(f.Stderr.String(), token) {
				t.Errorf("%+v is the caller, after %q and %s", caller, rest, f.Stderr)
			}
			if !caller.HasScope("items:read", "items:write", "openid") {
				t.Errorf("the token has the scopes %q", caller.Scopes)
			}
			if !strings.Contains(p.page, "continue in the terminal") {
				t.Errorf("the browser shows %s", p.page)
			}
		})
	}
}

func TestAuthorizationRequestsHaveStateAndPKCE(t *testing.T) {
	p := startProvider(t)
	f := p.terminal(t)
	var states []string
	for range 2 {
		if status := f.Run(t, "token", "-no-cache"); status != 0 {
			t.Fatalf("the status is %d with %s", status, f.Stderr)
		}
		q := p.requests[0]
		states = append(states, q.Get("state"), q.Get("code_challenge"))
		back, err := url.Parse(q.Get("redirect_uri"))
		if err != nil || back.Hostname() != "127.0.0.1" || back.Path != "/callback" {
			t.Errorf("the redirect URI is %v and %v", back, err)
		}
		if q.Get("code_challenge_method") != "S256" || len(q.Get("state")) < 20 || !reflect.DeepEqual(q["resource"], []string{apiURL}) {
			t.Errorf("the request is %v", q)
		}
		p.grants()
	}
	slices.Sort(states)
	if len(slices.Compact(states)) != 4 {
		t.Errorf("two requests have the same state or challenge: %q", states)
	}
}

func TestForeignResponsesAreRejected(t *testing.T) {
	for _, test := range []struct {
		name   string
		user   string
		tamper func(url.Values)
		says   string
		grants int
	}{
		{"the user cancels", "", nil, `the provider says "access_denied": "The user canceled."`, 0},
		{"a response of another issuer", "alice", func(q url.Values) { q.Set("iss", "https://evil.example.com") }, `its iss is "https://evil.example.com"`, 0},
		{"an error of another issuer", "", func(q url.Values) { q.Set("iss", "https://evil.example.com") }, `its iss is "https://evil.example.com"`, 0},
		{"a response without the issuer that is always named", "alice", func(q url.Values) { q.Del("iss") }, `its iss is ""`, 0},
		{"a response without a code", "alice", func(q url.Values) { q.Del("code") }, "neither a code nor an error", 0},
		{"the code of another sign-in", "alice", func(q url.Values) { q.Set("code", "another") }, `the provider says "invalid_grant": "The code is unknown`, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := startProvider(t)
			p.user, p.tamper = test.user, test.tamper
			f := p.terminal(t)
			status := f.Run(t, "token")
			p.signIns.Wait()
			if status != 1 || f.Stdout.String() != "" || !strings.Contains(f.Stderr.String(), test.says) {
				t.Errorf("the status is %d with %q and %s, want %s", status, f.Stdout, f.Stderr, test.says)
			}
			if grants := p.grants(); len(grants) != test.grants {
				t.Errorf("the grants are %q", grants)
			}
			if failed := strings.Contains(p.page, "The sign-in failed"); failed != (test.grants == 0) {
				t.Errorf("the browser shows %s", p.page)
			}
		})
	}
}

func TestResponsesToOtherRequestsAreRejected(t *testing.T) {
	p := startProvider(t)
	var statuses []string
	p.tamper = func(q url.Values) {
		back := p.requests[0].Get("redirect_uri")
		for _, address := range []string{
			back + "?code=stolen&state=guessed&iss=" + url.QueryEscape(p.url),
			back + "?code=stolen&iss=" + url.QueryEscape(p.url),
			strings.TrimSuffix(back, "callback") + "?" + q.Encode(),
		} {
			response, err := http.Get(address)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			statuses = append(statuses, fmt.Sprint(response.StatusCode))
		}
		response, err := http.Post(back+"?"+q.Encode(), "text/plain", nil)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		statuses = append(statuses, fmt.Sprint(response.StatusCode))
	}
	f := p.terminal(t)
	status := f.Run(t, "token")
	p.signIns.Wait()
	if status != 0 || !slices.Equal(statuses, []string{"400", "400", "404", "405"}) {
		t.Errorf("the status is %d with %s, after %q", status, f.Stderr, statuses)
	}
}

func TestInterruptsEndTheSignIn(t *testing.T) {
	p := startProvider(t)
	f := p.terminal(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	f.Browse = func(string) error { cancel(errors.New("interrupted")); return nil }
	if status := f.RunContext(ctx, "token"); status != 1 || !strings.HasSuffix(f.Stderr.String(), "\ninterrupted\n") {
		t.Errorf("the status is %d with %s", status, f.Stderr)
	}
}

func TestThePortCanBeChosen(t *testing.T) {
	p := startProvider(t)
	f := p.terminal(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	if status := f.Run(t, "token", "-port", port); status != 1 || !strings.Contains(f.Stderr.String(), "waiting for the browser: listen tcp 127.0.0.1:"+port) {
		t.Errorf("the status is %d with %s", status, f.Stderr)
	}
	taken.Close()
	if status := f.Run(t, "token", "-port", port); status != 0 || p.requests[0].Get("redirect_uri") != "http://127.0.0.1:"+port+"/callback" {
		t.Errorf("the status is %d with %s", status, f.Stderr)
	}
}
