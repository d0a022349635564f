package providers

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// build compiles the API as make build does, and returns the path of the program.
func build(t *testing.T) string {
	t.Helper()
	program := filepath.Join(cache(t, ""), "api")
	run(t, "../..", "go", "build", "-tags", "nomsgpack", "-o", program, ".")
	return program
}

// startAPI starts the API at a URL with these variables and no others.
func startAPI(t *testing.T, url string, variables ...string) *process {
	t.Helper()
	command := exec.Command(build(t))
	command.Dir = t.TempDir() // it has no .env
	command.Env = append(variables, "PATH="+os.Getenv("PATH"), "HOME="+command.Dir,
		"DATABASE_URL=memory:", "ADDR="+strings.TrimPrefix(url, "http://"))
	return start(t, command, url, "/readyz")
}

// mustUse fails the test unless the start log names this profile.
func (p *process) mustUse(t *testing.T, profile string) {
	t.Helper()
	if !strings.Contains(p.out.String(), `"profile":"`+profile+`"`) {
		t.Errorf("the API does not use the profile %s:\n%s", profile, p.out)
	}
}

// A caller is what GET /me says of a token.
type caller struct {
	Subject  string
	ClientID string `json:"client_id"`
	Scopes   []string
	Roles    []string
}

// me returns what GET /me says of a token.
func (p *process) me(t *testing.T, token string) (c caller) {
	t.Helper()
	if status, body := p.get(t, "/me", token); status != http.StatusOK || json.Unmarshal(body, &c) != nil {
		t.Errorf("GET /me returned %d %s", status, body)
	}
	return c
}

// A row is a token and the responses of GET /me, GET /items and GET /admin/items to it: a status, and the code of the
// problem.
type row struct{ name, token, me, items, admin string }

const (
	noScope   = "403 scope-insufficient"
	noRole    = "403 access-denied"
	wrongType = "401 token-type-wrong"
)

// rejected is a token that all operations reject with one of the codes.
func rejected(name, token string, codes ...string) row {
	all := strings.Join(codes, "|")
	return row{name, token, all, all, all}
}

// mustReturn sends each token to the three operations.
func (p *process) mustReturn(t *testing.T, rows ...row) {
	t.Helper()
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			if r.token == "" {
				t.Fatal("there is no token")
			}
			for _, call := range []struct{ path, want string }{{"/me", r.me}, {"/items", r.items}, {"/admin/items", r.admin}} {
				status, body := p.get(t, call.path, r.token)
				got := fmt.Sprint(status)
				var problem struct{ Code string }
				if json.Unmarshal(body, &problem) == nil && problem.Code != "" {
					got += " " + problem.Code
				}
				if !slices.Contains(strings.Split(call.want, "|"), got) {
					t.Errorf("GET %s: got %s, want %s\n%s", call.path, got, call.want, body)
				}
			}
		})
	}
}

// get sends a request with a token.
func (p *process) get(t *testing.T, path, token string) (int, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	return send(t, http.DefaultClient, request)
}
