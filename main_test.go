package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/cli"
	"example.com/gatehouse/config"
)

// A program is a run of the API.
type program struct {
	url     string
	issuer  *authtest.Issuer
	stop    context.CancelFunc
	stopped chan error // what run returned
}

// runProgram runs the API on a free port, with pairs of further variables, and waits until it listens.
func runProgram(t *testing.T, pairs ...string) *program {
	t.Helper()
	issuer := authtest.Start(t, "https://api.example.com")
	ctx, stop := context.WithCancel(t.Context())
	log, out := io.Pipe()
	p := &program{issuer: issuer, stop: stop, stopped: make(chan error, 1)}
	go func() {
		pairs = append([]string{"OIDC_ISSUER", issuer.URL, "ADDR", "127.0.0.1:0", "PUBLIC_URL", "https://api.example.com",
			"DATABASE_URL", "memory:", "STOP_DELAY", "0s"}, pairs...)
		p.stopped <- run(ctx, env(pairs...), out)
		out.Close()
	}()
	p.url = "http://" + listening(t, log)
	return p
}

// listening returns the address of the log's first record, and keeps reading.
func listening(t *testing.T, log io.Reader) string {
	t.Helper()
	lines := bufio.NewReader(log)
	line, err := lines.ReadString('\n')
	if err != nil {
		t.Fatalf("the log ends before the API listens: %v", err)
	}
	var record struct{ Msg, Addr string }
	if err := json.Unmarshal([]byte(line), &record); err != nil || record.Msg != "listening" {
		t.Fatalf("the log begins with %s", line)
	}
	go io.Copy(io.Discard, lines)
	return record.Addr
}

func (p *program) get(path string, header http.Header) (int, string, error) {
	request, err := http.NewRequest(http.MethodGet, p.url+path, nil)
	if err != nil {
		return 0, "", err
	}
	request.Header = header
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, string(body), err
}

func (p *program) bearer(scope string) http.Header {
	return http.Header{"Authorization": {"Bearer " + p.issuer.Token(authtest.Claims{"scope": scope})}}
}

func TestTheProgramAnswersUntilItIsStopped(t *testing.T) {
	p := runProgram(t)
	for _, test := range []struct {
		name, path string
		header     http.Header
		status     int
		says       string
	}{
		{"anybody", "/healthz", nil, 200, `"ok"`},
		{"a caller", "/me", p.bearer("items:read"), 200, `"subject":"alice"`},
		{"a stranger", "/me", nil, 401, `"type":"https://api.example.com/problems/credentials-missing"`},
		{"a forged token", "/me", http.Header{"Authorization": {"Bearer " + authtest.NewKey("ES256").Sign(map[string]any{"typ": "at+jwt"}, p.issuer.Claims())}}, 401, `"code":"key-unknown"`},
		{"a header of 40 KB", "/healthz", http.Header{"X-Large": {strings.Repeat("a", 40<<10)}}, 431, "431"},
	} {
		status, body, err := p.get(test.path, test.header)
		if err != nil || status != test.status || !strings.Contains(body, test.says) {
			t.Errorf("%s is answered with %d %s and %v, want %d and %s", test.name, status, body, err, test.status, test.says)
		}
	}
	p.stop()
	if err := <-p.stopped; err != nil {
		t.Errorf("run returned %v", err)
	}
}

func TestARequestUnderWayIsAnsweredBeforeTheProgramEnds(t *testing.T) {
	p := runProgram(t)
	entered, release := make(chan bool), make(chan bool)
	p.issuer.Break(p.issuer.On("/userinfo", func(w http.ResponseWriter, r *http.Request) {
		close(entered)
		select {
		case <-release:
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{"sub":"alice"}`)
		case <-r.Context().Done():
		}
	}))
	answered := make(chan string, 1)
	go func() {
		status, body, err := p.get("/me/profile", p.bearer("openid"))
		answered <- fmt.Sprint(status, body, err)
	}()
	<-entered
	_, idle := p.idle(t)
	p.stop()
	if _, err := idle.ReadByte(); err != io.EOF {
		t.Fatalf("the program stops, and an idle connection reads %v", err)
	}
	for range 100 { // turns, in which a program that waits for nobody would end
		select {
		case err := <-p.stopped:
			t.Fatalf("the program ended with %v before it answered", err)
		default:
			runtime.Gosched()
		}
	}
	close(release)
	if got := <-answered; got != `200{"sub":"alice"}<nil>` {
		t.Errorf("the request under way is answered with %s", got)
	}
	if err := <-p.stopped; err != nil {
		t.Errorf("run returned %v", err)
	}
}

// TestTheProgramIsNotReadyBeforeItStops watches it as a balancer of load would.
func TestTheProgramIsNotReadyBeforeItStops(t *testing.T) {
	p := runProgram(t, "STOP_DELAY", "300ms")
	p.get("/me", p.bearer("")) // once there are keys
	if status, body, err := p.get("/readyz", nil); status != 200 {
		t.Fatalf("before it stops it answers %d %s %v", status, body, err)
	}
	conn, idle := p.idle(t)
	p.stop()
	fmt.Fprint(conn, "GET /healthz HTTP/1.1\r\nHost: api\r\n\r\n")
	if response, err := http.ReadResponse(idle, nil); err != nil || response.StatusCode != 200 || !response.Close {
		t.Errorf("on a connection that was idle there is %+v and %v, want an answer, and that it is the last", response, err)
	}
	status, body, err := p.get("/readyz", nil)
	if status != 503 || !strings.Contains(body, `"status":"down"`) || !strings.Contains(body, `"process":"it is about to stop"`) {
		t.Errorf("while it stops it answers %d %s %v", status, body, err)
	}
	if status, body, err := p.get("/me", p.bearer("")); status != 200 {
		t.Errorf("while it stops a caller is answered with %d %s %v", status, body, err)
	}
	if err := <-p.stopped; err != nil {
		t.Errorf("run returned %v", err)
	}
	if status, _, err := p.get("/healthz", nil); err == nil {
		t.Errorf("after it has stopped it answers %d", status)
	}
}

// idle returns a connection that had an answer and waits for more.
func (p *program) idle(t *testing.T) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	fmt.Fprint(conn, "HEAD /healthz HTTP/1.1\r\nHost: api\r\n\r\n")
	reader := bufio.NewReader(conn)
	if _, err := http.ReadResponse(reader, &http.Request{Method: http.MethodHead}); err != nil {
		t.Fatal(err)
	}
	return conn, reader
}

func TestTheProgramSaysWhyItDoesNotStart(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, test := range []struct{ name, variable, value, says string }{
		{"a port that is taken", "ADDR", taken.Addr().String(), "ADDR: listen tcp"},
		{"a port that is none", "ADDR", "127.0.0.1:99999", "ADDR: listen tcp"},
		{"no issuer", "OIDC_ISSUER", "", "OIDC_ISSUER: not set"},
		{"no audience", "OIDC_AUDIENCE", "", "OIDC_AUDIENCE: not set"},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			err := run(ctx, env("OIDC_ISSUER", "http://127.0.0.1:1", "DATABASE_URL", "memory:", test.variable, test.value), io.Discard)
			if err == nil || !strings.HasPrefix(err.Error(), test.says) {
				t.Errorf("run returned %v, want %s", err, test.says)
			}
		})
	}
}

func TestPackagesKeepToTheirSide(t *testing.T) {
	for _, test := range []struct {
		name, of string
		never    []string
	}{
		{"auth knows no router and no API", "./auth",
			[]string{"github.com/gin-gonic/gin", "example.com/gatehouse/auth/ginauth", "example.com/gatehouse/handlers", "example.com/gatehouse/docs"}},
		{"calls to other APIs know no router and no API", "./auth/outgoing",
			[]string{"github.com/gin-gonic/gin", "example.com/gatehouse/auth/ginauth", "example.com/gatehouse/handlers", "example.com/gatehouse/docs"}},
		{"the routes know no API", "./auth/ginauth", []string{"example.com/gatehouse/handlers", "example.com/gatehouse/docs"}},
		{"the program carries neither the development provider nor tests", ".",
			[]string{"example.com/gatehouse/devidp", "example.com/gatehouse/auth/authtest", "testing", "net/http/httptest"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var stderr bytes.Buffer
			list := exec.Command("go", "list", "-deps", test.of)
			list.Stderr = &stderr
			out, err := list.Output()
			if err != nil {
				t.Fatalf("go list: %v: %s", err, &stderr)
			}
			deps := "\n" + string(out)
			if !strings.Contains(deps, "\nexample.com/gatehouse/auth\n") {
				t.Fatalf("the list of dependencies is %s", deps)
			}
			for _, name := range test.never {
				if strings.Contains(deps, "\n"+name+"\n") {
					t.Errorf("%s depends on %s", test.of, name)
				}
			}
		})
	}
}

func TestEveryCommandIsReached(t *testing.T) {
	for _, test := range []struct {
		args   []string
		status int
		says   string
	}{
		{nil, 1, "OIDC_ISSUER: not set"},
		{[]string{"serve"}, 1, "OIDC_ISSUER: not set"},
		{[]string{"explain"}, 1, "there is no token"},
		{[]string{"token"}, 1, "With the provider of make run:"},
		{[]string{"doctor"}, 1, "failure  OIDC_ISSUER"},
		{[]string{"routes"}, 0, "/items/{id}"},
		{[]string{"health", "-h"}, 0, "whether it is alive"},
	} {
		t.Run(strings.Join(test.args, " "), func(t *testing.T) {
			var out bytes.Buffer
			console := cli.NewConsole()
			console.In, console.Out, console.Err = strings.NewReader(""), &out, &out
			console.File, console.Routes = filepath.Join(t.TempDir(), ".env"), routes
			if status := cli.Execute(t.Context(), &commandLine{}, test.args, console); status != test.status || !strings.Contains(out.String(), test.says) {
				t.Errorf("the status is %d, want %d, with\n%s", status, test.status, &out)
			}
		})
	}
}

func TestTheStartLogWarnsOfTypos(t *testing.T) {
	variables := map[string]string{"OIDC_ISSUER": "https://id.example.com", "OIDC_AUDIENCE": "api", "ADDR": "127.0.0.1:99999", "DATABASE_URL": "memory:"}
	var log bytes.Buffer
	typo := config.Typo{Name: "CORS_ORIGIN", Where: ".env, line 3", Meant: "CORS_ORIGINS"}
	err := run(t.Context(), func(name string) string { return variables[name] }, &log, typo)
	const want = `"level":"WARN","msg":"unknown variable","name":"CORS_ORIGIN","where":".env, line 3","similar":"CORS_ORIGINS"`
	if err == nil || !strings.Contains(log.String(), want) {
		t.Errorf("run returns %v, and the log is\n%s\nwant %s", err, &log, want)
	}
}
