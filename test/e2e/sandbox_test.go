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

// install runs commands that install the packages of a lock file, unless they are installed.
func (box *sandbox) install(lock string, commands ...string) {
	box.t.Helper()
	want, err := os.ReadFile(filepath.Join(box.dir, lock))
	if err != nil {
		box.t.Fatal(err)
	}
	if installed, _ := os.ReadFile(filepath.Join(box.dir, "installed")); bytes.Equal(want, installed) {
		return
	}
	for _, command := range commands {
		box.mustRun(command)
	}
	box.write("installed", want)
}

// installPython installs the packages of requirements.txt, which names all of them, for this sandbox alone.
func (box *sandbox) installPython() {
	box.t.Helper()
	box.install("requirements.txt", "python3 -m venv venv", "pip install --quiet --no-deps --requirement requirements.txt")
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

// run runs a command of the shell, with more variables. It finds the programs of the packages that were installed.
func (box *sandbox) run(line string, variables ...string) (string, error) {
	box.t.Helper()
	dir, err := filepath.Abs(box.dir)
	if err != nil {
		box.t.Fatal(err)
	}
	path := filepath.Join(dir, "node_modules", ".bin") + ":" + filepath.Join(dir, "venv", "bin") + ":" + os.Getenv("PATH")
	command := exec.CommandContext(box.t.Context(), "sh", "-c", line)
	command.Dir = box.dir
	command.Env = append(append(os.Environ(), "PATH="+path), variables...)
	command.WaitDelay = 10 * time.Second
	out, err := command.CombinedOutput()
	return string(out), err
}

// mustRun runs a command that must succeed.
func (box *sandbox) mustRun(line string) {
	box.t.Helper()
	if out, err := box.run(line); err != nil {
		box.t.Fatalf("%s: %v\n%s", line, err, out)
	}
}
