package main

import (
	"fmt"
	"go/format"
	"io"
	"maps"
	"os"
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
	folder, err := os.OpenRoot(root)
	if err != nil {
		return err
	}
	defer folder.Close()
	before, dirty, err := present(root, folder)
	if err != nil {
		return err
	}
	after := before.withoutParts(m, names)
	printDrop(out, before, after)
	if err := checkUntouched(dirty, before, after); err != nil || o.dryRun {
		return err
	}
	fmt.Fprintln(out, "Compiling the rest in a temporary folder ...")
	if err := after.build(after.dropSteps(), after.generated()); err != nil {
		return err
	}
	if err := after.write(folder, before); err != nil {
		return err
	}
	fmt.Fprintf(out, "Dropped %s. Review it with git diff, run make check and make test, and commit.\n", strings.Join(names, ", "))
	return nil
}

// present returns the files under root that git does not ignore, and the names of those with changes that are not
// committed.
func present(root string, folder *os.Root) (t tree, dirty []string, err error) {
	r, err := open(root)
	if err != nil {
		return nil, nil, err
	}
	var names []string
	if r == nil {
		names, err = walk(root)
	} else {
		names, dirty, err = r.present()
	}
	if err != nil {
		return nil, nil, err
	}
	t, err = readTree(folder, names)
	return t, dirty, err
}

// withoutParts returns the tree without parts.
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
			f.text = []byte(dropText(name, string(f.text), names))
		}
		rest[name] = f
	}
	rest[manifestFile] = file{t[manifestFile].mode, []byte(recordDropped(string(t[manifestFile].text), names))}
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

// dropText returns a file without the marked lines of parts.
func dropText(name, text string, parts []string) string {
	rest := dropMarked(text, parts)
	if rest == text || path.Ext(name) != ".go" {
		return rest
	}
	rest = pruneImports(text, rest)
	if formatted, err := format.Source([]byte(rest)); err == nil {
		return string(formatted)
	}
	return rest
}

// checkUntouched returns an error if a file that would change, or one of a part, has changes that are not committed.
func checkUntouched(dirty []string, before, after tree) error {
	dirty = slices.DeleteFunc(dirty, func(name string) bool { return before.same(after, name) })
	if len(dirty) == 0 {
		return nil
	}
	return fmt.Errorf("these files would change, and have changes that are not committed: commit or stash them first\n%s", strings.Join(dirty, "\n"))
}

// same reports whether two trees have the same file, or neither has it.
func (t tree) same(other tree, name string) bool {
	return t.has(name) == other.has(name) && t[name].equal(other[name])
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

// goModules returns the folders of all modules of the tree.
func (t tree) goModules() (folders []string) {
	for _, name := range slices.Sorted(maps.Keys(t)) {
		if path.Base(name) == "go.mod" && !strings.Contains(name, "testdata/") {
			folders = append(folders, path.Dir(name))
		}
	}
	return folders
}

// tidySteps remove from go.mod and go.sum what no code needs any more.
func (t tree) tidySteps() (steps []step) {
	for _, module := range t.goModules() {
		steps = append(steps, step{module, []string{"mod", "tidy"}})
	}
	return steps
}

// dropSteps tidy every module, compile it with its tests, and make the document.
func (t tree) dropSteps() []step {
	steps := t.tidySteps()
	for _, module := range t.goModules() {
		steps = append(steps, step{module, []string{"vet", tags, "./..."}})
	}
	if t.has(document) {
		steps = append(steps, documentStep)
	}
	return steps
}

// generated returns the files that the steps write.
func (t tree) generated() (names []string) {
	for _, module := range t.goModules() {
		names = append(names, path.Join(module, "go.mod"))
		if sum := path.Join(module, "go.sum"); t.has(sum) {
			names = append(names, sum)
		}
	}
	if t.has(document) {
		names = append(names, document)
	}
	return names
}
