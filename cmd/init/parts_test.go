package main

import (
	"go/parser"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// thisTree returns the tree that this package is in, and its manifest.
func thisTree(t *testing.T) (tree, *manifest) {
	t.Helper()
	const root = "../.."
	m, err := readManifest(root)
	if err != nil {
		t.Fatal(err)
	}
	r, err := open(root)
	if err != nil {
		t.Fatal(err)
	}
	files, err := r.tree()
	if err != nil {
		t.Fatal(err)
	}
	return files, m
}

// Every part has files, and README and AGENTS name it.
func TestPartsAreDescribed(t *testing.T) {
	files, m := thisTree(t)
	checkFiles(t, files, m)
	for _, p := range m.parts {
		for file, row := range map[string]string{"README.md": "\n| `" + p.name + "` | ", "AGENTS.md": "\n- `" + p.name + "`: "} {
			if !strings.Contains(string(files[file].text), row) {
				t.Errorf("%s: %s has no line that begins with %s", p.name, file, strings.TrimSpace(row))
			}
		}
	}
}

// checkFiles reports files of parts that are missing, unless they left with another part: the migrations of a database.
func checkFiles(t *testing.T, files tree, m *manifest) {
	t.Helper()
	for _, p := range m.parts {
		for _, pattern := range p.files {
			found := slices.ContainsFunc(m.dropped, func(name string) bool { return strings.Contains(pattern, "/"+name+"/") })
			for name := range files {
				found = found || matches([]string{pattern}, name)
			}
			if !found {
				t.Errorf("%s: there is no %s", p.name, pattern)
			}
		}
	}
}

// Marks name parts, blocks end, and at most three lines of the program use a part.
func TestPartsHaveFewLinesElsewhere(t *testing.T) {
	files, m := thisTree(t)
	lines := map[string][]string{}
	for name, f := range files {
		if strings.HasPrefix(name, "cmd/init/") || !f.mode.IsRegular() {
			continue
		}
		open := map[string]bool{} // the blocks that have begun
		for line := range strings.SplitSeq(string(f.text), "\n") {
			mark := marked.FindStringSubmatch(line)
			if mark == nil {
				continue
			}
			for part := range strings.SplitSeq(mark[1], ",") {
				if _, ok := m.part(part); !ok {
					t.Errorf("%s: there is no part for %s", name, strings.TrimSpace(line))
				}
				if isCode(name) {
					lines[part] = append(lines[part], name)
				}
			}
			if begins, ends := mark[2] == ":begin", mark[2] == ":end"; begins && open[mark[1]] || ends && !open[mark[1]] {
				t.Errorf("%s: %s has no counterpart", name, strings.TrimSpace(line))
			} else if begins || ends {
				open[mark[1]] = begins
			}
		}
		for part, still := range open {
			if still {
				t.Errorf("%s: part:%s:begin has no end", name, part)
			}
		}
	}
	for part, where := range lines {
		if len(where) > 3 {
			t.Errorf("%s is used in %d lines: %s", part, len(where), where)
		}
	}
}

var testSupport = regexp.MustCompile(`(_test\.go|test/[a-z]+\.go)$`)

// isCode reports whether a file is one of the program, and not of its tests.
func isCode(name string) bool {
	switch path.Ext(name) {
	case ".go", ".js", ".html", ".css":
		return !testSupport.MatchString(name)
	}
	return false
}

// Without this command, no file has marks, and the code is code.
func TestMarksLeaveWithThisCommand(t *testing.T) {
	files, m := thisTree(t)
	for name, f := range files.withoutParts(m, []string{"init"}) {
		if left := marked.FindString(string(f.text)); left != "" && !strings.HasPrefix(name, ".ci/") {
			t.Errorf("%s: %s is still there", name, left)
		}
		if path.Ext(name) != ".go" || strings.Contains(name, "testdata/") {
			continue
		}
		if _, err := parser.ParseFile(token.NewFileSet(), name, f.text, 0); err != nil {
			t.Error(err)
		}
	}
}
