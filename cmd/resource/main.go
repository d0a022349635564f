// Command resource adds a resource to the API, or a field to a resource.
//
//	make resource NAME=note FIELDS='title:string(1..100) body:text? status:enum(open,paid)=open project:ref(project)?'
//	make field RESOURCE=note ADD='priority:int(1..5)=3'
//
// It writes what a person would write: the row, the handlers, the routes, the scopes, the migrations, the tests and
// the document. Everything is computed first and compiled afterwards; if that fails, the files are put back.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	err := run(".", os.Args[1:], os.Getenv, os.Stdout)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

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
	defer p.root.Close()
	if o.resource != "" {
		err = p.addField(o)
	} else {
		err = p.addResource(o)
	}
	switch {
	case err != nil:
		return err
	case o.dryRun:
		p.printDiff(out)
		return nil
	}
	return p.apply(out)
}
