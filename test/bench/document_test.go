package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTheResultReplacesTextBetweenTheMarkers(t *testing.T) {
	name := writeFile(t, "before\n"+beginMarker+"\nold\n"+endMarker+"\nafter\n")
	for range 2 { // the second time changes nothing
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

func TestADocumentNeedsBothMarkers(t *testing.T) {
	for name, text := range map[string]string{
		"no markers":      "text",
		"no end":          beginMarker,
		"the wrong order": endMarker + beginMarker,
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := readDocument(writeFile(t, text)); err == nil {
				t.Error("got no error")
			}
		})
	}
	if _, _, err := readDocument(filepath.Join(t.TempDir(), "missing")); err == nil {
		t.Error("got no error for a missing document")
	}
}

func writeFile(t *testing.T, text string) (name string) {
	t.Helper()
	name = filepath.Join(t.TempDir(), "BENCHMARKS.md")
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}
