package main

import (
	"strings"
	"testing"
)

func TestOptionsAreRead(t *testing.T) {
	environment := map[string]string{"MODULE": "m.org/m", "NAME": "M", "ITEM": "lamp", "VERSION": "v2", "FROM": "v1", "PART": "oil", "PARTS": "all"}
	byMake := options{module: "m.org/m", name: "M", item: "lamp", version: "v2", from: "v1", drop: "oil", parts: "all"}
	updateByMake, dropByMake := byMake, byMake
	updateByMake.command, dropByMake.command = "update", "drop"
	for _, test := range []struct {
		args string
		want options
	}{
		{"", byMake},
		{"update", updateByMake},
		{"drop", dropByMake},
		{"-drop oil -dry-run", options{command: "drop", drop: "oil", dryRun: true}},
		{"-module a.org/a -name A -parts minimal", options{module: "a.org/a", name: "A", parts: "minimal"}},
		{"-module a.org/a -name A", options{module: "a.org/a", name: "A"}},
		{"--module=a.org/a --name=A --item=lamp -dry-run", options{module: "a.org/a", name: "A", item: "lamp", dryRun: true}},
		{"-update v3", options{command: "update", version: "v3"}},
		{"-update v3 -from v2 -dry-run", options{command: "update", version: "v3", from: "v2", dryRun: true}},
	} {
		got, err := parseOptions(strings.Fields(test.args), func(name string) string { return environment[name] }, &strings.Builder{})
		if err != nil || got != test.want {
			t.Errorf("%s: got %+v, %v, want %+v", test.args, got, err, test.want)
		}
	}
	environment["DRY_RUN"] = "1"
	if o, err := parseOptions(nil, func(name string) string { return environment[name] }, nil); err != nil || !o.dryRun {
		t.Errorf("got %+v, %v", o, err)
	}
}

func TestUnknownOptionsAreRejected(t *testing.T) {
	for args, want := range map[string]string{
		"-modul a.org/a":   "flag provided but not defined: -modul",
		"upgrade":          `unknown arguments ["upgrade"]`,
		"-name A update":   `unknown arguments ["update"]`,
		"-name Acme Store": `unknown arguments ["Store"]`,
		"-update":          "flag needs an argument: -update",
	} {
		err := run(strings.Fields(args), nil, &strings.Builder{})
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", args, err, want)
		}
	}
}
