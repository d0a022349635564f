package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const document = "docs/openapi.json"

// run adds a resource or fields to the project under root.
func run(root string, args []string, getenv func(string) string, out io.Writer) error {
	o, err := parseOptions(args, getenv, out)
	if err != nil {
		return err
	}
	p, err := openProject(root)
	if err != nil {
		return err
	}
	if o.resource != "" {
		err = p.addField(o)
	} else {
		err = p.addResource(o)
	}
	if err != nil {
		return err
	}
	if o.dryRun {
		return p.printDiff(out)
	}
	if err := p.checkUnchanged(out); err != nil {
		return err
	}
	return p.apply(out)
}

// files returns the names of the files that change, in order.
func (p *project) files() []string { return slices.Sorted(maps.Keys(p.changes)) }

func (p *project) path(name string) string { return filepath.Join(p.root, filepath.FromSlash(name)) }

// apply writes the changes, compiles the API, and makes its document. If that fails, it puts the files back.
func (p *project) apply(out io.Writer) error {
	before := map[string][]byte{}
	for _, name := range append(p.files(), document) {
		before[name], _ = os.ReadFile(p.path(name))
	}
	err := p.write()
	for _, command := range []string{
		"vet -tags=nomsgpack ./store ./handlers", "run -C docs/gen . -root ../.. -out ../openapi.json", "run -tags=nomsgpack . routes",
	} {
		if err == nil {
			err = p.run(command)
		}
	}
	if err != nil {
		for name, text := range before {
			if text == nil {
				os.Remove(p.path(name))
			} else {
				err = cmpError(err, os.WriteFile(p.path(name), text, 0o644))
			}
		}
		return fmt.Errorf("nothing was changed, because the API would not work: %w", err)
	}
	for _, name := range append(p.files(), document) {
		verb := "change"
		if before[name] == nil {
			verb = "create"
		}
		fmt.Fprintf(out, " %s %s\n", verb, name)
	}
	fmt.Fprintln(out, "Review it with git diff. make test tests it, and make run applies the migration.")
	return p.remember()
}

func cmpError(first, second error) error {
	if second != nil {
		return second
	}
	return first
}

func (p *project) write() error {
	for name, text := range p.changes {
		if err := os.WriteFile(p.path(name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// run runs a command of go. The error has the first lines of its output.
func (p *project) run(command string) error {
	c := exec.Command("go", strings.Fields(command)...)
	c.Dir = p.root
	output, err := c.CombinedOutput()
	if err == nil {
		return nil
	}
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	return fmt.Errorf("go %s: %w\n%s", command, err, strings.Join(lines[:min(len(lines), 10)], "\n"))
}

// printDiff prints what would change.
func (p *project) printDiff(out io.Writer) error {
	folder, err := os.MkdirTemp("", "resource")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	for _, name := range p.files() {
		after := filepath.Join(folder, "after")
		before := p.path(name)
		if err := os.WriteFile(after, []byte(p.changes[name]), 0o644); err != nil {
			return err
		}
		if !p.exists(name) {
			before = os.DevNull
		}
		diff, err := exec.Command("git", "diff", "--no-index", "--no-color", before, after).Output()
		if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok { // without git
			fmt.Fprintf(out, "+++ %s\n%s", name, p.changes[name])
			continue
		}
		_, hunks, _ := strings.Cut(string(diff), "\n@@")
		fmt.Fprintf(out, "--- %s\n+++ %s\n@@%s", name, name, hunks)
	}
	fmt.Fprintf(out, "And %s, which make docs writes. Nothing was changed.\n", document)
	return nil
}

// generated has the checksums of what make init and this program have written, so that it is not taken for a change
// of the user.
const generated = ".dev/generated"

// checkUnchanged reports files that would change and that the user has changed since the last commit.
func (p *project) checkUnchanged(out io.Writer) error {
	status := exec.Command("git", append([]string{"status", "--porcelain", "--"}, p.files()...)...)
	status.Dir = p.root
	output, err := status.Output()
	if err != nil {
		fmt.Fprintln(out, "This is no repository of git, so changes cannot be undone with it.")
		return nil
	}
	known, _ := os.ReadFile(p.path(generated))
	var changed []string
	for line := range strings.Lines(string(output)) {
		name := strings.TrimSpace(line[2:])
		text, _ := os.ReadFile(p.path(name))
		if !strings.Contains(string(known), sum(name, text)) {
			changed = append(changed, name)
		}
	}
	if changed != nil {
		return fmt.Errorf("commit or stash your changes first, so that you can review those of this command: %s", strings.Join(changed, ", "))
	}
	return nil
}

// remember records the checksums of what was written.
func (p *project) remember() error {
	if err := os.MkdirAll(p.path(".dev"), 0o755); err != nil {
		return err
	}
	file, err := os.OpenFile(p.path(generated), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer file.Close()
	for _, name := range append(p.files(), document) {
		text, err := os.ReadFile(p.path(name))
		if err != nil {
			return err
		}
		if _, err := file.WriteString(sum(name, text)); err != nil {
			return err
		}
	}
	return nil
}

func sum(name string, text []byte) string { return fmt.Sprintf("%x %s\n", sha256.Sum256(text), name) }
