// Command init makes a clone of the starter a product of its own, and keeps it current.
//
// For make init it gives the tree another module path and another name, calls its items otherwise, and
// drops what concerns the starter alone. For make update it merges a later version of the starter, whose names it changes in
// the same way before, so that both sides of the merge speak of the same things. What it needs to
// know is in the file .starter. It takes its arguments from the environment, where make puts them.
package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(os.Args[1:], os.Getenv, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run acts on the current folder.
func run(args []string, getenv func(string) string, out io.Writer) error {
	if len(args) == 1 && args[0] == "update" {
		return update(".", getenv("VERSION"), getenv("FROM"), out)
	}
	if len(args) > 0 {
		return fmt.Errorf("unknown arguments %q: none is make init, update is make update", args)
	}
	return initialize(".", getenv("MODULE"), getenv("NAME"), getenv("ITEM"), out)
}
