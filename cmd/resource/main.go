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
	"os"
)

func main() {
	err := run(".", os.Args[1:], os.Getenv, os.Stdout)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
