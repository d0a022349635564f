package main

import (
	"fmt"
	"os"
	"strings"
)

// The markers of the document. bench writes what is between them.
const (
	beginMarker = "<!-- bench:begin -->"
	endMarker   = "<!-- bench:end -->"
)

// writeDocument replaces the text between the markers.
func writeDocument(name, text string) error {
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
