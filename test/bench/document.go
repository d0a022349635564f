package main

import (
	"fmt"
	"os"
	"strings"
)

// The markers of the document: what stands between them is ours.
const (
	beginMarker = "<!-- bench:begin -->"
	endMarker   = "<!-- bench:end -->"
)

// checkDocument reports whether there is a place for the result, before it takes minutes to find.
func checkDocument(name string) error {
	if name == "" {
		return nil
	}
	_, _, err := readDocument(name)
	return err
}

// writeDocument replaces what stands between the markers.
func writeDocument(name, text string) error {
	if name == "" {
		return nil
	}
	before, after, err := readDocument(name)
	if err != nil {
		return err
	}
	return os.WriteFile(name, []byte(before+"\n\n"+text+after), 0o644)
}

// readDocument returns the document up to its first marker and from its last, both included.
func readDocument(name string) (before, after string, err error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return "", "", fmt.Errorf("-write: %w", err)
	}
	before, rest, begins := strings.Cut(string(data), beginMarker)
	_, after, ends := strings.Cut(rest, endMarker)
	if !begins || !ends {
		return "", "", fmt.Errorf("-write: %s lacks the lines %s and %s, in this order", name, beginMarker, endMarker)
	}
	return before + beginMarker, endMarker + after, nil
}
