package token

import (
	"errors"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/devidp"
	"example.com/gatehouse/test/clitest"
)

// files returns the modes of a folder and its files, by path.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	paths, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(paths, dir) {
		if info, err := os.Lstat(path); err == nil {
			found[path] = info.Mode().String()
		}
	}
	return found
}

func TestOnlyTheOwnerCanReadTheCache(t *testing.T) {
	p := startProvider(t)
	f := p.terminal(t)
	if status := f.Run(t, "token"); status != 0 {
		t.Fatalf("the status is %d with %s", status, f.Stderr)
	}
	modes := slices.Sorted(maps.Values(files(t, f.Cache)))
	if !slices.Equal(modes, []string{"-rw-------", "drwx------"}) {
		t.Errorf("the cache is %q", files(t, f.Cache))
	}
}

func TestCachedTokensAreUsedUntilTheyExpire(t *testing.T) {
	p := startProvider(t)
	f := p.terminal(t)
	last := ""
	for _, step := range []struct {
		name   string
		after  time.Duration // since the last token was issued
		grants []string
	}{
		{"the first", 0, []string{devidp.AuthorizationCode}},
		{"at once", 0, nil},
		{"a minute before it expires", 4 * time.Minute, nil},
		{"20 s before it expires", 4*time.Minute + 40*time.Second, []string{devidp.RefreshToken}},
		{"at once after that", 0, nil},
		{"the refresh token of the refreshed one", 6 * time.Minute, []string{devidp.RefreshToken}},
		{"and of that", 6 * time.Minute, []string{devidp.RefreshToken}},
	} {
		f.Now = func() time.Time { return time.Now().Add(step.after) }
		status := f.Run(t, "token")
		if grants := p.grants(); status != 0 || !slices.Equal(grants, step.grants) {
			t.Fatalf("%s: the status is %d with %s, after the grants %q, want %q", step.name, status, f.Stderr, grants, step.grants)
		}
		if same := f.Stdout.String() == last; same != (step.grants == nil) {
			t.Errorf("%s: the token is the one before: %t", step.name, same)
		}
		last = f.Stdout.String()
	}
}

func TestRefreshesMayFail(t *testing.T) {
	for _, test := range []struct {
		name   string
		code   int
		status int
		grants []string
	}{
		{"the provider rejects it: sign in", 400, 0, []string{devidp.RefreshToken, devidp.AuthorizationCode}},
		{"the provider has an error: fail", 503, 1, []string{devidp.RefreshToken}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := startProvider(t)
			f := p.terminal(t)
			if status := f.Run(t, "token"); status != 0 {
				t.Fatalf("the status is %d with %s", status, f.Stderr)
			}
			p.grants()
			p.fail(func(w http.ResponseWriter, r *http.Request) {
				if r.PostForm.Get("grant_type") == devidp.RefreshToken {
					w.WriteHeader(test.code)
					io.WriteString(w, `{"error":"invalid_grant"}`)
					return
				}
				r.Body = io.NopCloser(strings.NewReader(r.PostForm.Encode()))
				p.handler.ServeHTTP(w, r)
			})
			f.Now = func() time.Time { return time.Now().Add(6 * time.Minute) }
			status := f.Run(t, "token")
			if grants := p.grants(); status != test.status || !slices.Equal(grants, test.grants) {
				t.Errorf("the status is %d with %s, after the grants %q", status, f.Stderr, grants)
			}
		})
	}
}

// signedIn returns a terminal with a service's token in its cache, and the token's file.
func signedIn(t *testing.T, p *provider) (*clitest.Terminal, string) {
	t.Helper()
	f := p.terminal(t, "TOKEN_CLIENT_SECRET", "service-secret", "TOKEN_CLIENT_ID", "service")
	if status := f.Run(t, "token", "-client-credentials"); status != 0 {
		t.Fatalf("the status is %d with %s", status, f.Stderr)
	}
	paths, err := filepath.Glob(filepath.Join(f.Cache, "*.json"))
	if err != nil || len(paths) != 1 {
		t.Fatalf("the cache has %q and %v", paths, err)
	}
	p.grants()
	return f, paths[0]
}

func TestFilesThatOthersCanAccessAreNotUsed(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(dir, file string) error
		says   string
	}{
		{"a file that the group can read", func(_, file string) error { return os.Chmod(file, 0o640) }, "is accessible to other users (-rw-r-----)"},
		{"a file that all can write", func(_, file string) error { return os.Chmod(file, 0o602) }, "is accessible to other users (-rw-----w-)"},
		{"a folder that all can read", func(dir, _ string) error { return os.Chmod(dir, 0o755) }, "is accessible to other users (drwxr-xr-x)"},
		{"a link to another file", func(dir, file string) error {
			return errors.Join(os.Rename(file, file+".moved"), os.Symlink(file+".moved", file))
		}, "is accessible to other users"},
		{"a file that is not JSON", func(_, file string) error { return os.WriteFile(file, []byte("{"), 0o600) }, "unexpected end of JSON"},
		{"no file", func(_, file string) error { return os.Remove(file) }, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := startProvider(t)
			f, file := signedIn(t, p)
			before := f.Stdout.String()
			if err := test.change(f.Cache, file); err != nil {
				t.Fatal(err)
			}
			status := f.Run(t, "token", "-client-credentials")
			if grants := p.grants(); status != 0 || len(grants) != 1 || f.Stdout.String() == before || !strings.Contains(f.Stderr.String(), test.says) {
				t.Errorf("the status is %d with %s, after the grants %q; want %s", status, f.Stderr, grants, test.says)
			}
			if info, err := os.Lstat(file); err != nil || info.Mode() != 0o600 {
				t.Errorf("the new file is %v and %v", info, err)
			}
		})
	}
}

func TestRequestsDoNotShareTokens(t *testing.T) {
	p := startProvider(t)
	f, _ := signedIn(t, p)
	for _, args := range [][]string{
		{"-scope", "items:read"}, {"-resource="}, {"-audience", "orders"}, {"-no-cache"},
	} {
		args = append([]string{"token", "-client-credentials"}, args...)
		before := f.Stdout.String()
		status := f.Run(t, args...)
		if grants := p.grants(); status != 0 || len(grants) != 1 || f.Stdout.String() == before {
			t.Errorf("%q: the status is %d with %s, after the grants %q", args, status, f.Stderr, grants)
		}
	}
	base := request{Issuer: "issuer", Client: "client", Secret: "secret", Scopes: []string{"a", "b"}, Parameter: "resource", Target: "api", Offline: true, Flow: byBrowser}
	c, paths := &cache{}, map[string]bool{}
	changes := []func(*request){
		func(*request) {},
		func(q *request) { q.Secret = "new" },
		func(q *request) { q.Issuer = "other" },
		func(q *request) { q.Client = "other" },
		func(q *request) { q.Scopes = []string{"a b"} },
		func(q *request) { q.Parameter = "audience" },
		func(q *request) { q.Target = "other" },
		func(q *request) { q.Offline = false },
		func(q *request) { q.Flow = byDevice },
		func(q *request) { q.Flow = asClient },
	}
	for _, change := range changes {
		q := base
		change(&q)
		paths[c.path(&q)] = true
	}
	if len(paths) != len(changes) {
		t.Errorf("%d different requests have the files %v", len(changes), paths)
	}
}

func TestAWrongSecretYieldsNoCachedToken(t *testing.T) {
	p := startProvider(t)
	f, _ := signedIn(t, p)
	for _, test := range []struct {
		secret string
		status int
	}{
		{"service-secret", 0}, {"wrong", 1}, {"service-secre", 1}, {"service-secret", 0},
	} {
		t.Setenv("TOKEN_CLIENT_SECRET", test.secret)
		status := f.Run(t, "token", "-client-credentials")
		grants, cached := p.grants(), test.status == 0
		if status != test.status || (len(grants) == 0) != cached || (f.Stdout.String() != "") != cached {
			t.Errorf("with %q the status is %d with %s, after the grants %q", test.secret, status, f.Stderr, grants)
		}
	}
	paths, err := filepath.Glob(filepath.Join(f.Cache, "*"))
	if err != nil || len(paths) != 1 {
		t.Errorf("the cache has %q and %v", paths, err)
	}
}

func TestNoCacheReadsAndWritesNothing(t *testing.T) {
	p := startProvider(t)
	f := p.terminal(t, "TOKEN_CLIENT_SECRET", "service-secret")
	args := []string{"token", "-client-credentials", "-client", "service", "-no-cache"}
	for range 2 {
		if status := f.Run(t, args...); status != 0 {
			t.Fatalf("the status is %d with %s", status, f.Stderr)
		}
		if grants := p.grants(); len(grants) != 1 || len(files(t, f.Cache)) > 0 {
			t.Errorf("the grants are %q, and the cache is %q", grants, files(t, f.Cache))
		}
	}
}

func TestTokensArePrintedIfTheyCannotBeCached(t *testing.T) {
	p := startProvider(t)
	f := p.terminal(t, "TOKEN_CLIENT_SECRET", "service-secret")
	clitest.Write(t, filepath.Dir(f.Cache), "a file where the folder should be")
	status := f.Run(t, "token", "-client-credentials", "-client", "service")
	if status != 0 || f.Stdout.String() == "" || !strings.Contains(f.Stderr.String(), "The token is not cached: ") {
		t.Errorf("the status is %d with %q and %s", status, f.Stdout, f.Stderr)
	}
}
