package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
)

// printPlan prints what becomes of the files of the tree: which are deleted and renamed, and how many get
// another content.
func (c *conversion) printPlan(out io.Writer, before tree) {
	for _, name := range c.before.drop {
		if before.has(name) {
			fmt.Fprintf(out, " delete %s\n", name)
			continue
		}
		files := 0
		for file := range before {
			if matches([]string{name}, file) {
				files++
			}
		}
		fmt.Fprintf(out, " delete %s (%d files)\n", name, files)
	}
	for _, name := range c.gone {
		fmt.Fprintf(out, " leave out the part %s\n", name)
	}
	changed := 0
	for _, name := range slices.Sorted(maps.Keys(c.names)) {
		target := c.names[name]
		if target != name {
			fmt.Fprintf(out, " rename %s => %s\n", name, target)
		} else if !before[name].equal(c.tree[target]) {
			changed++
		}
	}
	fmt.Fprintf(out, " change %d files\n", changed)
}
