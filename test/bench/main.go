// Command bench measures Gatehouse: beside the libraries that a Go API could verify its tokens with
// instead, and against the targets of the project.
//
//	go run -C test/bench .                      everything, in a few minutes
//	go run -C test/bench . -only verify,cache   some parts
//	go run -C test/bench . -only stores -quick  a short run, to see whether it works
//	go run -C test/bench . -write               everything, written to docs/BENCHMARKS.md
//	go run -C test/bench . -check               some parts, compared with ratios.json; fails after a regression
//
// Progress goes to the standard error, the result to the standard output as Markdown. The parts lists, writes, stores
// and instances measure PostgreSQL where TEST_DATABASE_URL names a server.
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

// The command runs in the folder of its module.
const (
	root     = "../.."
	document = "../../docs/BENCHMARKS.md"
)

// A bench has the options of a run.
type bench struct {
	only     []string
	rounds   int
	quick    bool
	write    bool // the result into the document
	check    bool // the result against the stored ratios
	soak     time.Duration
	progress *log.Logger
	postgres string // URL of a PostgreSQL server; empty for none
}

// A part measures one thing.
type part struct {
	name    string
	measure func(ctx context.Context, b *bench, r *report) error
}

var parts = [...]part{
	{"verify", measureVerification},
	{"cache", measureCache},
	{"start", measureStart},
	{"http", measureRequests},
	{"peers", measurePeers},
	{"lists", measureLists},
	{"writes", measureWrites},
	{"stores", measureStores},
	{"instances", measureInstances},
	{"rejections", measureRejections},
	{"floods", measureFloods},
	{"soak", measureSoak},
}

func run(ctx context.Context, arguments []string, out, progress io.Writer) error {
	b, err := parse(arguments, progress)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	if b.write {
		if _, _, err := readDocument(document); err != nil { // before it measures for minutes
			return err
		}
	}
	all := &report{}
	all.paragraph("%s", machine(time.Now()))
	fmt.Fprint(out, all)
	for _, part := range parts {
		if !slices.Contains(b.only, part.name) {
			continue
		}
		r := &report{}
		err := part.measure(ctx, b, r)
		fmt.Fprint(out, r)
		if err := errors.Join(err, ctx.Err()); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		all.WriteString(r.String())
		all.measured = append(all.measured, r.measured...)
	}
	switch {
	case b.check:
		return compareWithStored(all)
	case b.write:
		return writeDocument(document, all.String())
	}
	return nil
}

func parse(arguments []string, progress io.Writer) (*bench, error) {
	var names []string
	for _, part := range parts {
		names = append(names, part.name)
	}
	b := &bench{progress: log.New(progress, "", log.Ltime), postgres: postgresURL(os.Getenv)}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(progress)
	only := flags.String("only", strings.Join(names, ","), "the `parts` to measure")
	flags.BoolVar(&b.write, "write", false, "write the result into docs/BENCHMARKS.md")
	flags.BoolVar(&b.check, "check", false, "compare some parts with the stored ratios")
	flags.BoolVar(&b.quick, "quick", false, "one round of few requests to stores and instances, to see whether it works")
	flags.IntVar(&b.rounds, "rounds", 8, "the `number` of rounds, at least 6: results are medians")
	flags.DurationVar(&b.soak, "soak", time.Minute, "the duration of the soak")
	if err := flags.Parse(arguments); err != nil {
		return nil, err
	}
	b.only = strings.Split(*only, ",")
	for _, name := range b.only {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("-only: %q is not one of %s", name, strings.Join(names, ", "))
		}
	}
	switch {
	case flags.NArg() > 0:
		return nil, fmt.Errorf("unexpected arguments: %q", flags.Args())
	case b.rounds < 6:
		return nil, errors.New("-rounds: must be at least 6")
	case b.check && (b.quick || b.write):
		return nil, errors.New("-check: neither with -quick nor with -write")
	case b.write && (b.quick || len(b.only) < len(parts)):
		return nil, errors.New("-write: the document needs every part, so neither -only nor -quick")
	}
	if b.quick {
		b.rounds = 1
	}
	if b.check {
		b.only = checkedParts[:]
	}
	return b, nil
}

// some returns n, or a tenth of it in a quick run.
func (b *bench) some(n int) int {
	if b.quick {
		return n / 10
	}
	return n
}
