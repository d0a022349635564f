package main

import (
	"fmt"
	"go/format"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
)

// drop removes parts from the tree under root: their files, the marked lines in other files, and what only they need
// in go.mod. The tree changes after the rest of it has compiled.
func drop(root string, o options, out io.Writer) error {
	m, err := readManifest(root)
	if err != nil {
		return err
	}
	names := strings.FieldsFunc(o.drop, func(c rune) bool { return c == ' ' || c == ',' })
	if err := m.checkParts(names); err != nil {
		return err
	}
	r, err := open(root)
	if err != nil {
		return err
	}
	before, err := r.tree()
	if err != nil {
		return err
	}
	dirty, err := r.dirty()
	if err != nil {
		return err
	}
	after := before.withoutParts(m, names)
	printDrop(out, before, after)
	if err := checkUntouched(dirty, before, after); err != nil || o.dryRun {
		return err
	}
	fmt.Fprintln(out, "Compiling the rest in a temporary folder ...")
	if err := after.build(append(after.withoutUnused(), after.makeDocument()...)); err != nil {
		return err
	}
	if err := after.write(root, before); err != nil {
		return err
	}
	fmt.Fprintf(out, "Dropped %s. Review it with git diff, run make check and make test, and commit.\n", strings.Join(names, ", "))
	return nil
}

// withoutParts returns the tree without parts. All marks leave with the part that has the manifest.
func (t tree) withoutParts(m *manifest, names []string) tree {
	rest := tree{}
	var own []string
	for _, name := range names {
		p, _ := m.part(name)
		own = append(own, p.files...)
	}
	for name, f := range t {
		if matches(own, name) {
			continue
		}
		if f.mode.IsRegular() {
			text := dropMarked(string(f.text), names)
			if matches(own, manifestFile) {
				text = anyMark.ReplaceAllString(text, "")
			}
			f.text = []byte(tidied(name, string(f.text), text))
		}
		rest[name] = f
	}
	if f, ok := rest[manifestFile]; ok {
		rest[manifestFile] = file{f.mode, []byte(recordDropped(string(f.text), names))}
	}
	return rest
}

// recordDropped returns a manifest in whose place of a part stands that it was dropped.
func recordDropped(manifest string, names []string) string {
	lines := strings.Split(manifest, "\n")
	for i, line := range lines {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "part" && slices.Contains(names, fields[1]) {
			lines[i] = "dropped " + fields[1]
		}
	}
	return strings.Join(lines, "\n")
}

// tidied returns what is left of a file after lines were removed: Go without imports that it does not use any more.
func tidied(name, before, after string) string {
	if after == before || path.Ext(name) != ".go" {
		return after
	}
	after = pruneImports(before, after)
	if formatted, err := format.Source([]byte(after)); err == nil {
		return string(formatted)
	}
	return after
}

// checkUntouched returns an error if a file that would change, or one of a part, has changes that are not committed.
func checkUntouched(dirty []string, before, after tree) error {
	dirty = slices.DeleteFunc(dirty, func(name string) bool { return before.same(after, name) })
	if len(dirty) == 0 {
		return nil
	}
	return fmt.Errorf("these files would change, and have changes that are not committed: commit or stash them first\n%s", strings.Join(dirty, "\n"))
}

// printDrop prints which files go, and how many lines of others.
func printDrop(out io.Writer, before, after tree) {
	for _, name := range slices.Sorted(maps.Keys(before)) {
		lines := strings.Count(string(before[name].text), "\n")
		if !after.has(name) {
			fmt.Fprintf(out, " delete %s (%d lines)\n", name, lines)
		} else if left := strings.Count(string(after[name].text), "\n"); !before.same(after, name) {
			fmt.Fprintf(out, " change %s (%d lines less)\n", name, lines-left)
		}
	}
}
