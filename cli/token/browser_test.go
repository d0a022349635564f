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

func TestATokenComesByTheBrowser(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
	}{
		{"that is opened", nil},
		{"at the address that is printed", []string{"-no-browser"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := startDesk(t)
			s := d.shell(t)
			if test.args != nil {
				browse, address := s.browse, regexp.MustCompile(`(?m)^    (http\S+)$`)
				s.browse = func(string) error { t.Error("a browser is opened"); return nil }
				s.stderr.watch = func(text string) {
					if found := address.FindStringSubmatch(text); found != nil {
						browse(found[1])
					}
				}
			}
			if status := s.run(t, append([]string{"token"}, test.args...)...); status != 0 {
				t.Fatalf("the status is %d with %s", status, s.stderr)
			}
			d.visits.Wait()
			token, rest, _ := strings.Cut(s.stdout.String(), "\n")
			caller := d.caller(t, token)
			if caller.Subject != "alice" || caller.ClientID != "cli" || rest != "" || strings.Contains(s.stderr.String(), token) {
				t.Errorf("%+v is the caller, after %q and %s", caller, rest, s.stderr)
			}
			if !caller.HasScope("items:read", "items:write", "openid") {
				t.Errorf("the token has the scopes %q", caller.Scopes)
			}
			if !strings.Contains(d.page, "Go on in the terminal") {
				t.Errorf("the browser shows %s", d.page)
			}
		})
	}
}

func TestAnAuthorizationRequestIsHardToAbuse(t *testing.T) {
	d := startDesk(t)
	s := d.shell(t)
	var states []string
	for range 2 {
		if status := s.run(t, "token", "-no-cache"); status != 0 {
			t.Fatalf("the status is %d with %s", status, s.stderr)
		}
		q := d.asked[0]
		states = append(states, q.Get("state"), q.Get("code_challenge"))
		back, err := url.Parse(q.Get("redirect_uri"))
		if err != nil || back.Hostname() != "127.0.0.1" || back.Path != "/callback" {
			t.Errorf("the way back is %v and %v", back, err)
		}
		if q.Get("code_challenge_method") != "S256" || len(q.Get("state")) < 20 || !reflect.DeepEqual(q["resource"], []string{apiURL}) {
			t.Errorf("the request is %v", q)
		}
		d.grants()
	}
	slices.Sort(states)
	if len(slices.Compact(states)) != 4 {
		t.Errorf("two requests have the same state or challenge: %q", states)
	}
}

func TestASignInThatIsNotOursEndsInAnError(t *testing.T) {
	for _, test := range []struct {
		name   string
		user   string
		tamper func(url.Values)
		says   string
		grants int
	}{
		{"the user cancels", "", nil, `the provider says "access_denied": "The user canceled."`, 0},
		{"another issuer answers", "alice", func(q url.Values) { q.Set("iss", "https://evil.example.com") }, `its iss is "https://evil.example.com"`, 0},
		{"an error of another issuer", "", func(q url.Values) { q.Set("iss", "https://evil.example.com") }, `its iss is "https://evil.example.com"`, 0},
		{"an issuer that names itself always does not", "alice", func(q url.Values) { q.Del("iss") }, `its iss is ""`, 0},
		{"there is no code", "alice", func(q url.Values) { q.Del("code") }, "neither a code nor an error", 0},
		{"the code is another's", "alice", func(q url.Values) { q.Set("code", "another") }, `the provider says "invalid_grant": "The code is unknown`, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := startDesk(t)
			d.user, d.tamper = test.user, test.tamper
			s := d.shell(t)
			status := s.run(t, "token")
			d.visits.Wait()
			if status != 1 || s.stdout.String() != "" || !strings.Contains(s.stderr.String(), test.says) {
				t.Errorf("the status is %d with %q and %s, want %s", status, s.stdout, s.stderr, test.says)
			}
			if grants := d.grants(); len(grants) != test.grants {
				t.Errorf("the provider was asked for tokens by %q", grants)
			}
			if failed := strings.Contains(d.page, "The sign-in failed"); failed != (test.grants == 0) {
				t.Errorf("the browser shows %s", d.page)
			}
		})
	}
}

func TestOnlyTheResponseToThisRequestIsTaken(t *testing.T) {
	d := startDesk(t)
	var refused []string
	d.tamper = func(q url.Values) {
		back := d.asked[0].Get("redirect_uri")
		for _, address := range []string{
			back + "?code=stolen&state=guessed&iss=" + url.QueryEscape(d.url),
			back + "?code=stolen&iss=" + url.QueryEscape(d.url),
			strings.TrimSuffix(back, "callback") + "?" + q.Encode(),
		} {
			response, err := http.Get(address)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			refused = append(refused, fmt.Sprint(response.StatusCode))
		}
		response, err := http.Post(back+"?"+q.Encode(), "text/plain", nil)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		refused = append(refused, fmt.Sprint(response.StatusCode))
	}
	s := d.shell(t)
	status := s.run(t, "token")
	d.visits.Wait()
	if status != 0 || !slices.Equal(refused, []string{"400", "400", "400", "400"}) {
		t.Errorf("the status is %d with %s, after %q", status, s.stderr, refused)
	}
}

func TestWaitingForTheBrowserEndsWithTheProgram(t *testing.T) {
	d := startDesk(t)
	s := d.shell(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	s.browse = func(string) error { cancel(errors.New("interrupted")); return nil }
	if status := execute(ctx, []string{"token"}, s.console); status != 1 || !strings.HasSuffix(s.stderr.String(), "\ninterrupted\n") {
		t.Errorf("the status is %d with %s", status, s.stderr)
	}
}

func TestAPortCanBeChosenAndMustBeFree(t *testing.T) {
	d := startDesk(t)
	s := d.shell(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	if status := s.run(t, "token", "-port", port); status != 1 || !strings.Contains(s.stderr.String(), "waiting for the browser: listen tcp 127.0.0.1:"+port) {
		t.Errorf("the status is %d with %s", status, s.stderr)
	}
	taken.Close()
	if status := s.run(t, "token", "-port", port); status != 0 || d.asked[0].Get("redirect_uri") != "http://127.0.0.1:"+port+"/callback" {
		t.Errorf("the status is %d with %s", status, s.stderr)
	}
}
