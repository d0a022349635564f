package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// makes returns what make prints with variables of the environment. Rules are added to the Makefile.
func makes(t *testing.T, rules string, environment []string, args ...string) string {
	t.Helper()
	run := exec.Command("make", append([]string{"--no-print-directory", "-f", "Makefile", "-f", "-"}, args...)...)
	run.Dir = "../.."
	run.Stdin = strings.NewReader(rules)
	run.Env = slices.Concat(os.Environ(), environment, []string{"MAKEFLAGS=", "MAKELEVEL="})
	out, err := run.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestTestsNeedNoCCompiler prints what make test would run without cgo, which is off where there is no C
// compiler.
func TestTestsNeedNoCCompiler(t *testing.T) {
	if plan := makes(t, "", []string{"CGO_ENABLED=0"}, "-n", "test"); strings.Contains(plan, "-race") || !strings.Contains(plan, `test -n "" || echo "Without the race detector`) || !strings.Contains(plan, "go test") {
		t.Errorf("make test runs\n%s", plan)
	}
}

// DRY_RUN=1 make drop is as dry as make drop DRY_RUN=1.
func TestArgumentsMayBeInTheEnvironment(t *testing.T) {
	const show = "show:\n\t@echo $$DRY_RUN $$PART $$MODULE $$NAME\n"
	shell := []string{"DRY_RUN=1", "PART=metrics", "MODULE=example.org/m", "NAME=machine"}
	for args, want := range map[string]string{
		"show":                           "1 metrics example.org/m\n",
		"show NAME=note DRY_RUN= PART=a": "a example.org/m note\n",
	} {
		if got := makes(t, show, shell, strings.Fields(args)...); got != want {
			t.Errorf("make %s: got %q, want %q", args, got, want)
		}
	}
}
