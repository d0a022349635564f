package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"example.com/gatehouse/cmd/internal/clone"
)

const document = "docs/openapi.json"

// apply writes the changes, compiles the API, and makes its document. If that fails, it puts the files back.
func (p *project) apply(out io.Writer) error {
	if err := p.checkUnchanged(out); err != nil {
		return err
	}
	before, written := map[string][]byte{}, append(p.files(), document)
	for _, name := range written {
		before[name], _ = p.root.ReadFile(name)
	}
	if err := p.write(); err != nil {
		for name, text := range before {
			if text == nil {
				_ = p.root.Remove(name) // which was not created, perhaps
			} else {
				err = errors.Join(err, p.root.WriteFile(name, text, 0o644))
			}
		}
		return fmt.Errorf("nothing was changed: %w", err)
	}
	for _, name := range written {
		verb := "change"
		if before[name] == nil {
			verb = "create"
		}
		fmt.Fprintf(out, " %s %s\n", verb, name)
	}
	fmt.Fprintln(out, "Review it with git diff. make test tests it, and make run applies the migration.")
	return clone.Remember(p.root.Name(), written)
}

// write writes the changes and the document, and fails if the API does not work with them.
func (p *project) write() error {
	for name, text := range p.changes {
		if err := p.root.WriteFile(name, []byte(text), 0o644); err != nil {
			return err
		}
	}
	for _, command := range []string{
		"vet -tags=nomsgpack ./store ./handlers", "run -C docs/gen . -root ../.. -out ../openapi.json", "run -tags=nomsgpack . routes",
	} {
		if err := clone.Go(p.root.Name(), strings.Fields(command)...); err != nil {
			return fmt.Errorf("the API would not work (if names collide, choose another one): %w", err)
		}
	}
	return nil
}

// printDiff prints what would change.
func (p *project) printDiff(out io.Writer) {
	for _, name := range p.files() {
		before := filepath.Join(p.root.Name(), name)
		if !p.exists(name) {
			before = os.DevNull
		}
		git := exec.Command("git", "diff", "--no-index", "--no-color", before, "-")
		git.Stdin = strings.NewReader(p.changes[name])
		diff, err := git.Output()
		if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok { // without git
			fmt.Fprintf(out, "+++ %s\n%s", name, p.changes[name])
			continue
		}
		_, hunks, _ := strings.Cut(string(diff), "\n@@")
		fmt.Fprintf(out, "--- %s\n+++ %s\n@@%s", name, name, hunks)
	}
	fmt.Fprintf(out, "And %s, which make docs writes. Nothing was changed.\n", document)
}

// checkUnchanged reports files that would change and that the user has changed since the last commit.
func (p *project) checkUnchanged(out io.Writer) error {
	status := exec.Command("git", append([]string{"status", "--porcelain", "--"}, p.files()...)...)
	status.Dir = p.root.Name()
	output, err := status.Output()
	if err != nil {
		fmt.Fprintln(out, "This is no repository of git, so changes cannot be undone with it.")
		return nil
	}
	var changed []string
	for line := range strings.Lines(string(output)) {
		if name := strings.TrimSpace(line[2:]); !clone.Remembers(p.root.Name(), name) {
			changed = append(changed, name)
		}
	}
	if changed != nil {
		return fmt.Errorf("commit or stash your changes first, so that you can review those of this command: %s", strings.Join(changed, ", "))
	}
	return nil
}
