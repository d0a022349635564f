package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// A sandbox is a copy of a folder of this module, in which tools write files.
type sandbox struct {
	t   *testing.T
	dir string
}

// newSandbox copies a folder to out. Its name begins with an underscore there, so that Go finds no package in
// it.
func newSandbox(t *testing.T, folder string) *sandbox {
	t.Helper()
	box := &sandbox{t, filepath.Join("out", "_"+folder)}
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		content, err := os.ReadFile(filepath.Join(folder, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		box.write(f.Name(), content)
	}
	return box
}

// install installs the npm packages of the lock file, unless they are installed. Without Node.js the test
// fails.
func (box *sandbox) install() {
	box.t.Helper()
	if _, err := exec.LookPath("npm"); err != nil {
		box.t.Fatal("there is no npm in the PATH: install Node.js 20 or later (Debian: apt-get install npm)")
	}
	lock, err := os.ReadFile(filepath.Join(box.dir, "package-lock.json"))
	if err != nil {
		box.t.Fatal(err)
	}
	installed, _ := os.ReadFile(filepath.Join(box.dir, "installed.json"))
	if bytes.Equal(lock, installed) {
		return
	}
	box.mustRun("npm", "ci")
	box.write("installed.json", lock)
}

func (box *sandbox) write(name string, content []byte) {
	box.t.Helper()
	if err := os.MkdirAll(box.dir, 0o755); err != nil {
		box.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(box.dir, name), content, 0o644); err != nil {
		box.t.Fatal(err)
	}
}

// run runs a program of the packages or of the PATH, with more variables.
func (box *sandbox) run(words []string, variables ...string) (string, error) {
	box.t.Helper()
	tool, err := filepath.Abs(filepath.Join(box.dir, "node_modules", ".bin", words[0]))
	if err != nil {
		box.t.Fatal(err)
	}
	if _, err := os.Stat(tool); err != nil {
		tool = words[0]
	}
	command := exec.CommandContext(box.t.Context(), tool, words[1:]...)
	command.Dir = box.dir
	command.Env = append(os.Environ(), variables...)
	command.WaitDelay = 10 * time.Second
	out, err := command.CombinedOutput()
	return string(out), err
}

// mustRun runs a program that must succeed.
func (box *sandbox) mustRun(words ...string) {
	box.t.Helper()
	if out, err := box.run(words); err != nil {
		box.t.Fatalf("%q: %v\n%s", words, err, out)
	}
}
