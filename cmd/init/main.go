// Command init turns a clone of the starter into a product, and merges later versions of the starter.
//
// make init gives the tree another module path and another name, gives its items another noun, and
// deletes what only the starter needs. make update converts the version that the product is made from
// and the later version in the same way, and merges the difference: so git compares texts that have the
// same names. The file .starter says what to convert. Arguments come from the environment, where make
// puts them.
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

// run works on the current folder.
func run(args []string, getenv func(string) string, out io.Writer) error {
	if len(args) == 1 && args[0] == "update" {
		return update(".", getenv("VERSION"), getenv("FROM"), out)
	}
	if len(args) > 0 {
		return fmt.Errorf("unknown arguments %q: use make init or make update", args)
	}
	return initialize(".", getenv("MODULE"), getenv("NAME"), getenv("ITEM"), out)
}
