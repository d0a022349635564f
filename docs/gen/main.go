package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
)

func main() {
	root := flag.String("root", "../..", "folder of the module with main.go and handlers/")
	out := flag.String("out", "../openapi.json", "the document")
	check := flag.Bool("check", false, "compare instead of writing")
	flag.Parse()

	if err := run(*root, *out, *check); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run generates the document of the module in root and writes it to out, or compares it with out.
func run(root, out string, check bool) error {
	doc, err := generate(root)
	if err != nil {
		return err
	}
	if !check {
		return os.WriteFile(out, doc, 0o644)
	}
	committed, err := os.ReadFile(out)
	if err != nil {
		return fmt.Errorf("%w: run make docs", err)
	}
	if !bytes.Equal(doc, committed) {
		return fmt.Errorf("%s is not what the comments say: run make docs", out)
	}
	return nil
}
