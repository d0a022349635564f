package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func script(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestProcessesAreInterruptedThenKilled(t *testing.T) {
	for _, test := range []struct{ name, script, want string }{
		{"one that ends", "trap 'exit 4' INT; echo up; while :; do sleep 0.01; done", "exit status 4"},
		{"one that ignores it", "trap '' INT; echo up; while :; do sleep 0.01; done", "signal: killed"},
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
		})
	}
}

func TestMissingProgramsAreAnError(t *testing.T) {
	if _, err := startProcess(filepath.Join(t.TempDir(), "none"), nil, newTerminal()); !os.IsNotExist(err) {
		t.Errorf("got %v, want that it does not exist", err)
	}
}
