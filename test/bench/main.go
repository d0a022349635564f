// Command bench measures Gatehouse: beside the libraries that a Go API could verify its tokens with
// instead, and against the targets that it sets itself.
//
//	go run -C bench .                      everything, in a few minutes
//	go run -C bench . -only verify,cache   some parts
//	go run -C bench . -only stores -quick  whether it runs, in seconds: the numbers say nothing
//	go run -C bench . -write               everything, and into docs/BENCHMARKS.md
//
// Progress goes to the standard error, the result to the standard output as Markdown.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// A bench is what was asked for.
type bench struct {
	only     []string
	rounds   int
	quick    bool
	soak     time.Duration
	root     string // of Gatehouse's module
	document string // to write the result into; empty for none
	progress *log.Logger
	postgres func(ctx context.Context) (*postgres, error)
}

// A part measures one thing.
type part struct {
	name    string
	measure func(ctx context.Context, b *bench, p *page) error
}

var parts = [...]part{
	{"verify", verification},
	{"cache", cache},
	{"http", requests},
	{"stores", stores},
	{"instances", instances},
	{"refusals", refusals},
	{"floods", floods},
	{"soak", endurance},
}

func run(ctx context.Context, arguments []string, out, progress io.Writer) error {
	b, err := parse(arguments, progress)
	if err != nil {
		return err
	}
	if err := checkDocument(b.document); err != nil {
		return err
	}
	result := &page{}
	result.paragraph("%s", machine(time.Now()))
	fmt.Fprint(out, result)
	for _, part := range parts {
		if !slices.Contains(b.only, part.name) {
			continue
		}
		found := &page{}
		err := part.measure(ctx, b, found)
		fmt.Fprint(out, found)
		if err := errors.Join(err, ctx.Err()); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		result.WriteString(found.String())
	}
	return writeDocument(b.document, result.String())
}

func parse(arguments []string, progress io.Writer) (*bench, error) {
	var names []string
	for _, part := range parts {
		names = append(names, part.name)
	}
	b := &bench{progress: log.New(progress, "", log.Ltime), postgres: startPostgres}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(progress)
	only := flags.String("only", strings.Join(names, ","), "the `parts` to measure")
	write := flags.Bool("write", false, "write the result into the document, between its markers")
	document := flags.String("document", "../../docs/BENCHMARKS.md", "the document of -write")
	flags.BoolVar(&b.quick, "quick", false, "one round of few requests to the stores and the instances, to see whether it runs")
	flags.IntVar(&b.rounds, "rounds", 8, "how many rounds medians are taken of, at least 6")
	flags.DurationVar(&b.soak, "soak", time.Minute, "how long the soak lasts")
	flags.StringVar(&b.root, "root", "../..", "the directory of Gatehouse's module")
	if err := flags.Parse(arguments); err != nil {
		return nil, err
	}
	b.only = strings.Split(*only, ",")
	if *write {
		b.document = *document
	}
	for _, name := range b.only {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("-only: there is no part %q, only %s", name, strings.Join(names, ", "))
		}
	}
	switch {
	case flags.NArg() > 0:
		return nil, fmt.Errorf("%q is not understood", flags.Args())
	case b.quick && *write:
		return nil, errors.New("-write: what -quick finds is not for the document")
	case b.rounds < 6:
		return nil, errors.New("-rounds: the median of fewer than 6 says little")
	case *write && len(b.only) < len(parts):
		return nil, errors.New("-write: the document wants every part, so leave out -only")
	}
	if b.quick {
		b.rounds = 1
	}
	return b, nil
}

// some returns n, or far less if it is to be quick.
func (b *bench) some(n int) int {
	if b.quick {
		return n / 10
	}
	return n
}
