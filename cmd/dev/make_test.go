package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestTestsNeedNoCCompiler prints what make test would run without cgo, which is off where there is no C
// compiler.
func TestTestsNeedNoCCompiler(t *testing.T) {
	run := exec.Command("make", "--no-print-directory", "-n", "test")
	run.Dir = "../.."
	run.Env = append(os.Environ(), "CGO_ENABLED=0", "MAKEFLAGS=", "MAKELEVEL=")
	out, err := run.Output()
	if err != nil {
		t.Fatal(err)
	}
	if plan := string(out); strings.Contains(plan, "-race") || !strings.Contains(plan, `test -n "" || echo "Without the race detector`) || !strings.Contains(plan, "go test") {
		t.Errorf("make test runs\n%s", plan)
	}
}
