package main

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
)

// options are what make init, make drop and make update take.
type options struct {
	command            string // drop, update, or nothing for make init
	module, name, item string
	parts              string // the set that make init keeps
	drop               string // the parts that make drop removes
	version, from      string // of make update
	dryRun             bool
}

// parseOptions reads flags. Without any, options come from the environment, where make puts them, and the
// arguments drop and update ask for make drop and make update. Beside flags the environment does not count: shells have a NAME.
func parseOptions(args []string, getenv func(string) string, out io.Writer) (o options, err error) {
	if command := strings.Join(args, " "); slices.Contains([]string{"", "drop", "update"}, command) {
		return options{
			command: command, module: getenv("MODULE"), name: getenv("NAME"), item: getenv("ITEM"), parts: getenv("PARTS"),
			drop: getenv("PART"), version: getenv("VERSION"), from: getenv("FROM"), dryRun: getenv("DRY_RUN") != "",
		}, nil
	}
	flags := flag.NewFlagSet("init", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.StringVar(&o.module, "module", "", "module path of the product, such as github.com/acme/orders")
	flags.StringVar(&o.name, "name", "", `name of the product, such as "Acme Orders"`)
	flags.StringVar(&o.item, "item", "", `what its items are called, such as order, or "person people" with an irregular plural`)
	flags.StringVar(&o.parts, "parts", "", "which parts the product has: minimal, standard or all")
	flags.StringVar(&o.drop, "drop", "", "remove these `parts`, such as \"metrics tracing\"; they may be dropped later as well")
	flags.StringVar(&o.version, "update", "", "merge this `version` of the starter, such as v1.2.0, into the product")
	flags.StringVar(&o.from, "from", "", "with -update: the version that the product is made from, if it is unknown")
	flags.BoolVar(&o.dryRun, "dry-run", false, "print what would change, and change nothing")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unknown arguments %q: -h lists the flags", flags.Args())
	}
	flags.Visit(func(f *flag.Flag) {
		if f.Name == "drop" || f.Name == "update" {
			o.command = f.Name
		}
	})
	return o, nil
}
