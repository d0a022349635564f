package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
)

// validName matches names that need no escape anywhere: in strings of Go, JSON and shells, in YAML,
// Markdown, HTML and headers.
var validName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*([ .-][A-Za-z0-9]+)*$`)

// yamlWords are words of YAML 1.1 that mean something else than a string if they are not quoted.
var yamlWords = []string{"true", "false", "yes", "no", "on", "off", "y", "n", "null"}

// checkNames returns an error for a module path or a name that a product cannot have.
func checkNames(module, name string) error {
	if module == "" || name == "" {
		return errors.New(`MODULE and NAME are needed: make init MODULE=github.com/acme/orders NAME="Orders", ` +
			`or go run ./cmd/init -module github.com/acme/orders -name "Orders"`)
	}
	if err := checkModule(module); err != nil {
		return fmt.Errorf("MODULE: %w", err)
	}
	if err := checkName(name); err != nil {
		return fmt.Errorf("NAME: %w", err)
	}
	return nil
}

// checkModule returns an error for what is no module path.
func checkModule(module string) error {
	if host, _, _ := strings.Cut(module, "/"); !strings.Contains(host, ".") {
		return fmt.Errorf("%q does not begin with a host such as github.com; Go reserves paths without a dot", module)
	}
	edit := exec.Command("go", "mod", "edit", "-print", "-module", module, os.DevNull)
	if output, err := edit.CombinedOutput(); err != nil {
		return fmt.Errorf("%q is no module path such as github.com/acme/orders: %s", module, strings.TrimSpace(string(output)))
	}
	return nil
}

// checkName returns an error for a name that needs escapes somewhere.
func checkName(name string) error {
	if !validName.MatchString(name) || len(name) > 40 {
		return fmt.Errorf("%q is not 1 to 40 letters from A to Z and digits, the first a letter, with single spaces, dots or hyphens between", name)
	}
	if slices.Contains(yamlWords, strings.ToLower(name)) {
		return fmt.Errorf("%q is no string in YAML", name)
	}
	return nil
}
