package store_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func TestTheStoreKnowsNeitherHandlersNorCallers(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	imports := strings.Fields(string(out))
	if !slices.Contains(imports, "example.com/gatehouse/problem") {
		t.Fatalf("the imports are %v", imports)
	}
	for _, name := range imports {
		own, isOurs := strings.CutPrefix(name, "example.com/gatehouse/")
		if isOurs && own != "store" && own != "problem" || strings.HasPrefix(name, "github.com/gin-gonic/") {
			t.Errorf("the store imports %s", name)
		}
	}
}
