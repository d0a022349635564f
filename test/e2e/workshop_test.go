package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// A workshop is a copy of a folder of this module, to make things in.
type workshop struct {
	t   *testing.T
	dir string
}

// openWorkshop copies a folder to out. There its name begins with an underscore, so that Go takes nothing
// inside for a package of this module.
func openWorkshop(t *testing.T, folder string) *workshop {
	t.Helper()
	w := &workshop{t, filepath.Join("out", "_"+folder)}
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		content, err := os.ReadFile(filepath.Join(folder, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		w.write(f.Name(), content)
	}
	return w
}

// install installs the npm packages that the lock file names, unless they are there from before. There is
// no test without Node.js, and no test that passes without it.
func (w *workshop) install() {
	w.t.Helper()
	if _, err := exec.LookPath("npm"); err != nil {
		w.t.Fatal("there is no npm in the PATH: install Node.js 20 or later (Debian: apt-get install npm)")
	}
	lock, err := os.ReadFile(filepath.Join(w.dir, "package-lock.json"))
	if err != nil {
		w.t.Fatal(err)
	}
	installed, _ := os.ReadFile(filepath.Join(w.dir, "installed.json"))
	if bytes.Equal(lock, installed) {
		return
	}
	w.mustRun("npm", "ci")
	w.write("installed.json", lock)
}

func (w *workshop) write(name string, content []byte) {
	w.t.Helper()
	if err := os.MkdirAll(w.dir, 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.dir, name), content, 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// run runs a program of the PATH or of the packages, with more variables than this process has.
func (w *workshop) run(words []string, variables ...string) (string, error) {
	w.t.Helper()
	tool, err := filepath.Abs(filepath.Join(w.dir, "node_modules", ".bin", words[0]))
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := os.Stat(tool); err != nil {
		tool = words[0]
	}
	command := exec.CommandContext(w.t.Context(), tool, words[1:]...)
	command.Dir = w.dir
	command.Env = append(os.Environ(), variables...)
	command.WaitDelay = 10 * time.Second
	out, err := command.CombinedOutput()
	return string(out), err
}

// mustRun runs a program that must succeed.
func (w *workshop) mustRun(words ...string) {
	w.t.Helper()
	if out, err := w.run(words); err != nil {
		w.t.Fatalf("%q: %v\n%s", words, err, out)
	}
}
