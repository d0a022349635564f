package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// manifestFile is the manifest of a tree.
const manifestFile = ".starter"

// A manifest names a tree, and lists what becomes of its files in a product.
type manifest struct {
	module  string
	name    string
	item    noun                // what the items are called
	nested  []string            // modules within the module, which gonew leaves out
	drop    []string            // files and folders that only the starter needs
	keep    []string            // files and folders where "item" is an example, or means something else
	parts   []part              // what a product can leave out
	oneOf   [][]string          // parts of which one must stay
	sets    map[string][]string // the parts that make init keeps, by the name of the set
	dropped []string            // the names of the parts that were left out
	from    string              // the commit of the starter that a product is made from, or unknown; empty in the starter
}

// unknown is the commit of the starter for a tree without history.
const unknown = "unknown"

// validCommit matches the name of a commit: no option of git and no path.
var validCommit = regexp.MustCompile(`^([0-9a-f]{40,64}|` + unknown + `)$`)

// readManifest reads the manifest of the tree under root.
func readManifest(root string) (*manifest, error) {
	text, err := os.ReadFile(filepath.Join(root, manifestFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is missing: run this in the root of the module", manifestFile)
	}
	if err != nil {
		return nil, err
	}
	return parseManifest(string(text))
}

// parseManifest reads a manifest. That of a later version is not trusted: its paths must be local.
func parseManifest(text string) (*manifest, error) {
	m := &manifest{item: item, sets: map[string][]string{}}
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if err := m.set(key, value); err != nil {
			return nil, fmt.Errorf("%s: %s %s: %w", manifestFile, key, value, err)
		}
	}
	if m.module == "" || m.name == "" {
		return nil, fmt.Errorf("%s: module or name is missing", manifestFile)
	}
	return m, nil
}

// set takes a line of a manifest. A key of a later version is not an error.
func (m *manifest) set(key, value string) (err error) {
	switch key {
	case "module":
		m.module, err = value, checkModule(value)
	case "name":
		m.name, err = value, checkName(value)
	case "item":
		m.item, err = parseNoun(value)
	case "nested":
		m.nested, err = append(m.nested, value), checkLocal(value)
	case "part":
		var p part
		p, err = parsePart(value)
		m.parts = append(m.parts, p)
	case "one":
		m.oneOf = append(m.oneOf, strings.Fields(value))
	case "set":
		name, parts, _ := strings.Cut(value, " ")
		m.sets[name] = strings.Fields(parts)
	case "dropped":
		m.dropped = append(m.dropped, value)
	case "drop":
		m.drop, err = append(m.drop, value), checkLocal(value)
	case "keep":
		m.keep, err = append(m.keep, value), checkLocal(value)
	case "from":
		m.from = value
		if !validCommit.MatchString(value) {
			err = errors.New("this is no commit")
		}
	}
	return err
}

// checkLocal returns an error for a path that is not below the root.
func checkLocal(name string) error {
	if !filepath.IsLocal(name) || path.Clean(name) == "." {
		return errors.New("this is no path below the root")
	}
	return nil
}

// String returns the manifest of a product.
func (m *manifest) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "# The names of this product, the parts that make drop can remove, and the commit of the starter that it is made\n"+
		"# from. make init, make drop and make update write this file.\nmodule %s\nname %s\nitem %s\n", m.module, m.name, m.item)
	for _, p := range m.parts {
		fmt.Fprintln(&text, p)
	}
	for _, group := range m.oneOf {
		fmt.Fprintln(&text, "one", strings.Join(group, " "))
	}
	for _, name := range m.dropped {
		fmt.Fprintln(&text, "dropped", name)
	}
	fmt.Fprintln(&text, "from", m.from)
	return text.String()
}

// drops reports whether make init deletes a file, and keeps whether "item" stays in it.
func (m *manifest) drops(file string) bool { return matches(m.drop, file) }
func (m *manifest) keeps(file string) bool { return matches(m.keep, file) }

// matches reports whether a file is in one of the folders, or has one of the paths or base names.
func matches(patterns []string, file string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		matched, _ := path.Match(pattern, file)
		return matched || strings.HasPrefix(file, pattern+"/") || path.Base(file) == pattern
	})
}

// slug returns the name in the form that commands, services and images have.
func (m *manifest) slug() string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(m.name), func(c rune) bool {
		return !('a' <= c && c <= 'z' || '0' <= c && c <= '9')
	}), "-")
}
