package main

import (
	"bytes"
	"crypto/sha256"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/config"
)

func script(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestProcessesEndWithTheirInputOrAreKilled(t *testing.T) {
	for _, test := range []struct{ name, script, want string }{
		{"one that ends", "echo up; cat; exit 4", "exit status 4"},
		{"one that ignores it", "echo up; cat; while :; do sleep 0.01; done", "signal: killed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			out := newTerminal()
			p, err := startProcess(script(t, test.script), os.Environ(), out)
			if err != nil {
				t.Fatal(err)
			}
			out.read(t, "up")
			p.stop(200 * time.Millisecond)
			if got := p.command.ProcessState.String(); got != test.want {
				t.Errorf("it ended with %s, want %s", got, test.want)
			}
			p.stop(0) // is no error
		})
	}
}

// TestProgramsEndWithAKilledParent runs itself as the parent, whose output the program has as well.
func TestProgramsEndWithAKilledParent(t *testing.T) {
	if os.Getenv("TEST_PARENT") != "" {
		p, err := startProcess(script(t, "echo up; cat; echo ended"), os.Environ(), os.Stdout)
		if err != nil {
			t.Fatal(err)
		}
		<-p.ended
		return
	}
	parent := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	parent.Env = append(os.Environ(), "TEST_PARENT=true")
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	out.(*os.File).SetReadDeadline(time.Now().Add(time.Minute))
	if _, err := io.ReadFull(out, make([]byte, len("up\n"))); err != nil {
		t.Fatal(err)
	}
	parent.Process.Kill()
	if left, err := io.ReadAll(out); err != nil || string(left) != "ended\n" {
		t.Errorf("the program writes %q and %v after the end of its parent", left, err)
	}
	parent.Wait() // for the process; that it was killed is no failure
}

// TestARunningProgramIsNotOverwritten holds on every system, though only Windows rejects it.
func TestARunningProgramIsNotOverwritten(t *testing.T) {
	tree := newTree(t, map[string]string{"go.mod": "module example.com/fake\n\ngo 1.26.0\n", "main.go": program, ".dev/x": ""})
	t.Chdir(tree.root)
	a, err := newAPI(&settings{Config: &config.Config{Addr: "127.0.0.1:0", TokenProfile: "rfc9068"}, environment: &config.Environment{}}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var last []byte
	for _, text := range []string{"one", "two"} {
		tree.write("main.go", strings.Replace(program, `"one"`, `"`+text+`"`, 1))
		if changed, err := a.build(t.Context()); !changed || err != nil {
			t.Fatalf("the build is changed: %t, with %v", changed, err)
		}
		if running, err := os.ReadFile(a.binary); !bytes.Equal(running, last) || err != nil && last != nil {
			t.Errorf("the build of %s wrote to the program that runs, with %v", text, err)
		}
		p, err := a.start()
		if err != nil {
			t.Fatal(err)
		}
		defer p.stop(time.Second)
		if last, err = os.ReadFile(a.binary); err != nil || sha256.Sum256(last) != a.sum {
			t.Errorf("%s does not run, with %v", text, err)
		}
	}
	if changed, err := a.build(t.Context()); changed || err != nil {
		t.Errorf("the same source changes the build: %t, with %v", changed, err)
	}
}

func TestMissingProgramsAreAnError(t *testing.T) {
	if _, err := startProcess(filepath.Join(t.TempDir(), "none"), nil, newTerminal()); !os.IsNotExist(err) {
		t.Errorf("got %v, want that it does not exist", err)
	}
}
