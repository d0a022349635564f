package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTheDocumentIsReplacedBetweenItsMarkers(t *testing.T) {
	name := filepath.Join(t.TempDir(), "BENCHMARKS.md")
	text := "before\n" + beginMarker + "\nold\n" + endMarker + "\nafter\n"
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	for range 2 { // a second time changes nothing more
		if err := writeDocument(name, "new\n\n"); err != nil {
			t.Fatal(err)
		}
		got, _ := os.ReadFile(name)
		want := "before\n" + beginMarker + "\n\nnew\n\n" + endMarker + "\nafter\n"
		if string(got) != want {
			t.Errorf("the document is %q, want %q", got, want)
		}
	}
}

func TestADocumentWithoutAPlaceIsAnErrorFromTheStart(t *testing.T) {
	for name, text := range map[string]string{
		"no markers":      "text",
		"no end":          beginMarker,
		"the wrong order": endMarker + beginMarker,
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "BENCHMARKS.md")
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			if checkDocument(file) == nil {
				t.Error("there is no error")
			}
		})
	}
	if checkDocument(filepath.Join(t.TempDir(), "missing")) == nil {
		t.Error("a missing document is no error")
	}
}
