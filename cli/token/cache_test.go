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
)

// files returns what a folder has, with permissions.
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

func TestATokenIsKeptForItsOwner(t *testing.T) {
	d := startDesk(t)
	s := d.shell(t)
	if status := s.run(t, "token"); status != 0 {
		t.Fatalf("the status is %d with %s", status, s.stderr)
	}
	kept := slices.Sorted(maps.Values(files(t, s.cache)))
	if !slices.Equal(kept, []string{"-rw-------", "drwx------"}) {
		t.Errorf("the cache is %q", files(t, s.cache))
	}
}

func TestATokenThatIsKeptIsUsedUntilItExpires(t *testing.T) {
	d := startDesk(t)
	s := d.shell(t)
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
		s.now = func() time.Time { return time.Now().Add(step.after) }
		status := s.run(t, "token")
		if grants := d.grants(); status != 0 || !slices.Equal(grants, step.grants) {
			t.Fatalf("%s: the status is %d with %s, after the grants %q, want %q", step.name, status, s.stderr, grants, step.grants)
		}
		if same := s.stdout.String() == last; same != (step.grants == nil) {
			t.Errorf("%s: the token is the one before: %t", step.name, same)
		}
		last = s.stdout.String()
	}
}

func TestARefreshThatFails(t *testing.T) {
	for _, test := range []struct {
		name   string
		code   int
		status int
		grants []string
	}{
		{"is a sign-in when the provider refuses it", 400, 0, []string{devidp.RefreshToken, devidp.AuthorizationCode}},
		{"is an error when the provider is in trouble", 503, 1, []string{devidp.RefreshToken}},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := startDesk(t)
			s := d.shell(t)
			if status := s.run(t, "token"); status != 0 {
				t.Fatalf("the status is %d with %s", status, s.stderr)
			}
			d.grants()
			d.fail(func(w http.ResponseWriter, r *http.Request) {
				if r.PostForm.Get("grant_type") == devidp.RefreshToken {
					w.WriteHeader(test.code)
					io.WriteString(w, `{"error":"invalid_grant"}`)
					return
				}
				r.Body = io.NopCloser(strings.NewReader(r.PostForm.Encode()))
				d.provider.ServeHTTP(w, r)
			})
			s.now = func() time.Time { return time.Now().Add(6 * time.Minute) }
			status := s.run(t, "token")
			if grants := d.grants(); status != test.status || !slices.Equal(grants, test.grants) {
				t.Errorf("the status is %d with %s, after the grants %q", status, s.stderr, grants)
			}
		})
	}
}

// signedIn returns a shell of a service with a token in its cache, and the file that it is in.
func signedIn(t *testing.T, d *desk) (*shell, string) {
	t.Helper()
	s := d.shell(t, "TOKEN_CLIENT_SECRET", "service-secret", "TOKEN_CLIENT_ID", "service")
	if status := s.run(t, "token", "-client-credentials"); status != 0 {
		t.Fatalf("the status is %d with %s", status, s.stderr)
	}
	paths, err := filepath.Glob(filepath.Join(s.cache, "*.json"))
	if err != nil || len(paths) != 1 {
		t.Fatalf("the cache has %q and %v", paths, err)
	}
	d.grants()
	return s, paths[0]
}

func TestAFileThatOthersCouldHaveTouchedIsNotUsed(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(dir, file string) error
		says  string
	}{
		{"a file that the group can read", func(_, file string) error { return os.Chmod(file, 0o640) }, "is open to others (-rw-r-----)"},
		{"a file that all can write", func(_, file string) error { return os.Chmod(file, 0o602) }, "is open to others (-rw-----w-)"},
		{"a folder that all can read", func(dir, _ string) error { return os.Chmod(dir, 0o755) }, "is open to others (drwxr-xr-x)"},
		{"a link to elsewhere", func(dir, file string) error {
			return errors.Join(os.Rename(file, file+".moved"), os.Symlink(file+".moved", file))
		}, "is open to others"},
		{"a file that is no JSON", func(_, file string) error { return os.WriteFile(file, []byte("{"), 0o600) }, "unexpected end of JSON"},
		{"no file", func(_, file string) error { return os.Remove(file) }, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := startDesk(t)
			s, file := signedIn(t, d)
			before := s.stdout.String()
			if err := test.spoil(s.cache, file); err != nil {
				t.Fatal(err)
			}
			status := s.run(t, "token", "-client-credentials")
			if grants := d.grants(); status != 0 || len(grants) != 1 || s.stdout.String() == before || !strings.Contains(s.stderr.String(), test.says) {
				t.Errorf("the status is %d with %s, after the grants %q; want %s", status, s.stderr, grants, test.says)
			}
			if info, err := os.Lstat(file); err != nil || info.Mode() != 0o600 {
				t.Errorf("the new file is %v and %v", info, err)
			}
		})
	}
}

func TestARequestDoesNotGetTheTokenOfAnother(t *testing.T) {
	d := startDesk(t)
	s, _ := signedIn(t, d)
	for _, args := range [][]string{
		{"-scope", "items:read"}, {"-resource="}, {"-audience", "orders"}, {"-no-cache"},
	} {
		args = append([]string{"token", "-client-credentials"}, args...)
		before := s.stdout.String()
		status := s.run(t, args...)
		if grants := d.grants(); status != 0 || len(grants) != 1 || s.stdout.String() == before {
			t.Errorf("%q: the status is %d with %s, after the grants %q", args, status, s.stderr, grants)
		}
	}
	base := tokenRequest{"issuer", "client", "secret", []string{"a", "b"}, "resource", "api", true, false}
	c, paths := &tokenCache{}, map[string]bool{}
	for _, change := range []func(*tokenRequest){
		func(*tokenRequest) {},
		func(q *tokenRequest) { q.Secret = "new" }, // the same: a name of a file is no place for a secret
		func(q *tokenRequest) { q.Issuer = "other" },
		func(q *tokenRequest) { q.Client = "other" },
		func(q *tokenRequest) { q.Scopes = []string{"a b"} },
		func(q *tokenRequest) { q.Parameter = "audience" },
		func(q *tokenRequest) { q.Target = "other" },
		func(q *tokenRequest) { q.Offline = false },
		func(q *tokenRequest) { q.Machine = true },
	} {
		q := base
		change(&q)
		paths[c.path(&q)] = true
	}
	if len(paths) != 8 {
		t.Errorf("8 different requests have the files %v", paths)
	}
}

func TestWithoutACacheNothingIsReadOrWritten(t *testing.T) {
	d := startDesk(t)
	s := d.shell(t, "TOKEN_CLIENT_SECRET", "service-secret")
	args := []string{"token", "-client-credentials", "-client", "service", "-no-cache"}
	for range 2 {
		if status := s.run(t, args...); status != 0 {
			t.Fatalf("the status is %d with %s", status, s.stderr)
		}
		if grants := d.grants(); len(grants) != 1 || len(files(t, s.cache)) > 0 {
			t.Errorf("the grants are %q, and the cache is %q", grants, files(t, s.cache))
		}
	}
}

func TestATokenThatCannotBeKeptIsPrintedNevertheless(t *testing.T) {
	d := startDesk(t)
	s := d.shell(t, "TOKEN_CLIENT_SECRET", "service-secret")
	write(t, filepath.Dir(s.cache), "a file where the folder should be")
	status := s.run(t, "token", "-client-credentials", "-client", "service")
	if status != 0 || s.stdout.String() == "" || !strings.Contains(s.stderr.String(), "The token is not kept: ") {
		t.Errorf("the status is %d with %q and %s", status, s.stdout, s.stderr)
	}
}
