package main

import (
	"flag"
	"fmt"
	"io"
	"strings"
)

// options are what make resource and make field take.
type options struct {
	name, fields          string
	scopes, owner, parent string
	resource, add         string // of make field
	dryRun                bool
}

// parseOptions reads flags. Without any, options come from the environment, where make puts them, and the argument
// field asks for make field.
func parseOptions(args []string, getenv func(string) string, out io.Writer) (o options, err error) {
	if len(args) == 0 || len(args) == 1 && args[0] == "field" {
		o = options{
			name: getenv("NAME"), fields: getenv("FIELDS"), scopes: getenv("SCOPES"), owner: getenv("OWNER"), parent: getenv("PARENT"),
			resource: getenv("RESOURCE"), add: getenv("ADD"), dryRun: getenv("DRY_RUN") != "",
		}
		if len(args) == 1 && o.resource == "" {
			return o, fmt.Errorf("RESOURCE and ADD are needed: make field RESOURCE=note ADD='priority:int(1..5)=3'")
		}
		if len(args) == 0 {
			o.resource, o.add = "", ""
		}
		return o, nil
	}
	flags := flag.NewFlagSet("resource", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.StringVar(&o.name, "name", "", `what one is called, such as note, or "person people" with an irregular plural`)
	flags.StringVar(&o.fields, "fields", "", "the fields, separated by spaces: "+typesHelp)
	flags.StringVar(&o.scopes, "scopes", "", "the scopes for reading and for writing; by default notes:read,notes:write")
	flags.StringVar(&o.owner, "owner", "", "whose a row is: caller, the default, or none for rows of all callers")
	flags.StringVar(&o.parent, "parent", "", "the resource that each belongs to: project for /projects/{id}/notes")
	flags.StringVar(&o.resource, "field", "", "add fields to this resource")
	flags.StringVar(&o.add, "add", "", "with -field: the fields to add")
	flags.BoolVar(&o.dryRun, "dry-run", false, "print what would change, and change nothing")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unknown arguments %q: -h lists the flags", strings.Join(flags.Args(), " "))
	}
	return o, nil
}
