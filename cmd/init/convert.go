package main

import (
	"bytes"
	"fmt"
	"go/format"
	"maps"
	"path"
	"slices"
	"strings"

	"example.com/gatehouse/cmd/internal/clone"
)

// A conversion turns a tree into a product.
type conversion struct {
	before   *manifest
	all      *renamer          // for most files
	kept     *renamer          // for files where items stay items
	packages map[string]bool   // where variables stay item
	tree     tree              // the product
	names    map[string]string // of the product's files, by those of the tree
	gone     []string          // the parts that the product lacks
}

// convert returns the tree as the product that after names.
func convert(t tree, after *manifest) (*conversion, error) {
	before, err := parseManifest(string(t[manifestFile].text))
	if err != nil {
		return nil, err
	}
	module, err := clone.ModulePath(t["go.mod"].text)
	if err != nil {
		return nil, err
	}
	withItems := *after
	withItems.item = item
	gone := slices.DeleteFunc(before.partNames(), func(name string) bool { return !slices.Contains(after.dropped, name) })
	t = t.withoutParts(before, gone)
	after.parts, after.oneOf = before.rest(gone), before.oneOf
	for i, p := range after.parts { // without what only the starter needs
		after.parts[i].files = slices.DeleteFunc(slices.Clone(p.files), before.drops)
	}
	c := &conversion{
		before: before, all: newRenamer(before, after, module), kept: newRenamer(before, &withItems, module),
		packages: t.packagesThatUse(after.item),
		tree:     tree{}, names: map[string]string{}, gone: gone,
	}
	for _, name := range slices.Sorted(maps.Keys(t)) {
		if !before.drops(name) && name != manifestFile {
			c.add(t, name)
		}
	}
	c.tree[manifestFile] = file{t[manifestFile].mode, []byte(after.String())}
	return c, nil
}

// add adds a file of the tree to the product. Links stay as they are, and so does a name whose new form
// another file has: handlers/items.go, where routes are the items.
func (c *conversion) add(t tree, name string) {
	f := t[name]
	r, target := c.all, name
	if c.before.keeps(name) {
		r = c.kept
	}
	if f.mode.IsRegular() {
		if renamed := path.Join(path.Dir(name), r.apply(path.Base(name))); !t.has(renamed) && !c.tree.has(renamed) {
			target = renamed
		}
		f = c.file(name, f, r)
	}
	c.tree[target], c.names[name] = f, target
}

// file returns a regular file with its new content. That of licences and of binary files stays.
func (c *conversion) file(name string, f file, r *renamer) file {
	if bytes.HasPrefix(f.text, []byte("#!")) {
		f.mode |= 0o111 // gonew makes scripts that cannot be executed
	}
	if bytes.IndexByte(f.text, 0) >= 0 || strings.HasPrefix(path.Base(name), "LICENSE") {
		return f
	}
	text := string(starterLines.ReplaceAll(f.text, nil))
	if path.Ext(name) != ".go" {
		f.text = []byte(r.apply(text))
		return f
	}
	if isReserved(r.noun) || c.packages[packageOf(name, text)] {
		text = r.applyCode(text)
	} else {
		text = r.apply(text)
	}
	f.text = []byte(text)
	if formatted, err := format.Source(f.text); err == nil { // test data may be invalid
		f.text = formatted
	}
	return f
}

// check makes the document of the product, in a temporary folder. If the product lacks parts or has another noun, this
// also compiles it and its tests, and with a noun it makes the route table. That fails if the noun collides with a type,
// a method, a route or a schema.
func (c *conversion) check() error {
	var all steps
	switch {
	case len(c.gone) > 0:
		all = c.tree.withoutUnused()
	case c.all.forms != nil:
		all = c.tree.inModules("vet", tags, "./...")
	}
	all = append(all, c.tree.makeDocument()...)
	if c.all.forms == nil {
		return c.tree.build(all)
	}
	err := c.tree.build(append(all, step{".", []string{"run", tags, ".", "routes"}}))
	if err != nil {
		err = fmt.Errorf("ITEM: the product does not compile with the noun %q: if names collide, choose another one\n%w", c.all.noun.One, err)
	}
	return err
}
