package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// A tree is a folder with a module in it.
type tree struct {
	t    *testing.T
	root string
}

func newTree(t *testing.T, files map[string]string) *tree {
	t.Helper()
	tree := &tree{t, t.TempDir()}
	for name, text := range files {
		tree.write(name, text)
	}
	return tree
}

func (f *tree) write(name, text string) {
	f.t.Helper()
	path := filepath.Join(f.root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		f.t.Fatal(err)
	}
}

func (f *tree) rename(from, to string) {
	f.t.Helper()
	if err := os.Rename(filepath.Join(f.root, from), filepath.Join(f.root, to)); err != nil {
		f.t.Fatal(err)
	}
}

// reported returns the files that are reported until last.go is.
func reported(t *testing.T, s *source) (names []string) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		select {
		case event := <-s.watcher.Events:
			files, err := s.changed(event)
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range files {
				name := s.names([]string{file})
				if name == "last.go" {
					return names
				}
				if !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		case err := <-s.watcher.Errors:
			t.Fatal(err)
		case <-deadline:
			t.Fatalf("last.go was not reported, only %q", names)
		}
	}
}

func TestFilesOfTheAPIAreReported(t *testing.T) {
	for _, test := range []struct {
		name string
		act  func(*tree)
		want []string
	}{
		{"a saved file", func(f *tree) { f.write("main.go", "package main") }, []string{"main.go"}},
		{"a file in a folder", func(f *tree) { f.write("auth/token.go", "package auth") }, []string{"auth/token.go"}},
		{"a file that an editor moves into place", func(f *tree) {
			f.write("auth/token.go~", "package auth")
			f.rename("auth/token.go~", "auth/token.go")
		}, []string{"auth/token.go"}},
		{"a removed file", func(f *tree) { os.Remove(filepath.Join(f.root, "auth/token.go")) }, []string{"auth/token.go"}},
		{"a new folder", func(f *tree) { f.write("orders/order.go", "package orders") }, []string{"orders/order.go"}},
		{"a folder within a new folder", func(f *tree) { f.write("orders/sql/order.go", "package sql") }, []string{"orders/sql/order.go"}},
		{"the configuration", func(f *tree) { f.write(".env", "DOCS=off") }, []string{".env"}},
		{"the module file", func(f *tree) { f.write("go.mod", "module example.com/x\n") }, []string{"go.mod"}},
		{"an embedded file", func(f *tree) { f.write("docs/pages/a.html", "a") }, []string{"docs/pages/a.html"}},
		{"a new file beside embedded ones", func(f *tree) { f.write("docs/pages/b.html", "b") }, []string{"docs/pages/b.html"}},
		{"a test", func(f *tree) { f.write("auth/token_test.go", "package auth") }, nil},
		{"a database", func(f *tree) { f.write("items.db", "x"); f.write("auth/items.db-wal", "x") }, nil},
		{"a folder that the go command ignores", func(f *tree) { f.write(".dev/x.go", "x"); f.write("testdata/x.go", "x") }, nil},
		{"a new folder of that kind", func(f *tree) { f.write(".git/x.go", "x"); f.write("_old/x.go", "x") }, nil},
		{"another module", func(f *tree) { f.write("e2e/e2e.go", "package e2e") }, nil},
		{"another module's .env", func(f *tree) { f.write("auth/.env", "DOCS=off") }, nil},
		{"other permissions", func(f *tree) { os.Chmod(filepath.Join(f.root, "main.go"), 0o600) }, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newTree(t, map[string]string{
				"go.mod": "module example.com/fake\n\ngo 1.26.0\n", "main.go": "package main\n\nimport _ \"example.com/fake/docs\"\n\nfunc main() {}\n",
				"auth/token.go": "package auth\n", ".dev/x.go": "", "testdata/x.go": "", "e2e/go.mod": "module e2e\n", "e2e/e2e.go": "",
				"docs/docs.go": "package docs\n\nimport \"embed\"\n\n//go:embed pages\nvar Pages embed.FS\n", "docs/pages/a.html": "",
			})
			s, err := watch(f.root)
			if err != nil {
				t.Fatal(err)
			}
			defer s.watcher.Close()
			if err := s.findEmbedded(t.Context()); err != nil {
				t.Fatal(err)
			}
			test.act(f)
			f.write("last.go", "")
			if got := reported(t, s); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestLongListsOfFilesAreShortened(t *testing.T) {
	s := &source{root: "/api"}
	for _, test := range []struct {
		files []string
		want  string
	}{
		{[]string{"/api/main.go"}, "main.go"},
		{[]string{"/api/main.go", "/api/auth/key.go", "/api/main.go"}, "main.go, auth/key.go"},
		{[]string{"/api/a.go", "/api/b.go", "/api/c.go", "/api/d.go"}, "a.go, b.go, 2 more files"},
	} {
		if got := s.names(test.files); got != test.want {
			t.Errorf("%q are named %q, want %q", test.files, got, test.want)
		}
	}
}
