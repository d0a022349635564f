package conformance

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// requirement matches a line of the page: number, text and source.
var requirement = regexp.MustCompile(`(?m)^\| ([A-Z]\d\d) \| \S[^|]* \| \S[^|]* \|$`)

// number matches the number at the beginning of a test's name, within a string literal.
var number = regexp.MustCompile("^[\"`]([A-Z]\\d\\d)[ \"`]")

func TestEveryRequirementHasATest(t *testing.T) {
	page, err := os.ReadFile("requirements.md")
	if err != nil {
		t.Fatal(err)
	}
	tested, listed := testedNumbers(t), map[string]bool{}
	for _, match := range requirement.FindAllSubmatch(page, -1) {
		id := string(match[1])
		if listed[id] {
			t.Errorf("%s is on the page twice", id)
		}
		if listed[id] = true; !tested[id] {
			t.Errorf("%s is on the page and has no test", id)
		}
	}
	for id := range tested {
		if !listed[id] {
			t.Errorf("%s has a test and is not on the page", id)
		}
	}
}

// testedNumbers returns the numbers that the tests of this package name.
func testedNumbers(t *testing.T) map[string]bool {
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok {
				if match := number.FindStringSubmatch(literal.Value); match != nil {
					found[match[1]] = true
				}
			}
			return true
		})
	}
	return found
}
