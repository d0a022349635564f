// Command init turns a clone of the starter into a product, removes parts from it, and merges later versions of the
// starter.
//
// make init gives the tree another module path and another name, gives its items another noun, and
// deletes what only the starter needs. It does so in a temporary folder first: the tree changes after the
// product has compiled. make update converts the version that the product is made from and the later
// version in the same way, and merges the difference: so git compares texts that have the same names.
//
// make drop removes a part: its files, the lines of other files that are marked as its own, and what go mod tidy finds
// unused. make update leaves dropped parts out of both versions.
//
// The file .starter says what to convert. A later version brings its own, so all paths in it must be local,
// and files are read and written through os.Root. Both commands print what they change before they do.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	err := run(os.Args[1:], os.Getenv, os.Stdout)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run works on the current folder.
func run(args []string, getenv func(string) string, out io.Writer) error {
	o, err := parseOptions(args, getenv, out)
	switch {
	case err != nil:
		return err
	case o.command == "drop":
		return drop(".", o, out)
	case o.command == "update":
		return update(".", o, out)
	}
	return initialize(".", o, out)
}
