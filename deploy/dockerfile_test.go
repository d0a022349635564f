package deploy

import (
	"bytes"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestTheImageHasTheGoVersionOfTheModule(t *testing.T) {
	image := matches(`FROM .*golang:(\d+\.\d+) AS build`, file(t, "Dockerfile"))
	module := matches(`(?m)^go (\d+\.\d+)`, file(t, "go.mod"))
	if len(module) != 1 || !slices.Equal(image, module) {
		t.Errorf("the module has Go %v, the image %v", module, image)
	}
}

// The build instruction runs in two copies of the tree: it needs nothing of the image but Go.
func TestImageHasOneStaticReproducibleBinary(t *testing.T) {
	first, second := buildBinary(t), buildBinary(t)
	if !bytes.Equal(first, second) {
		t.Error("the same tree gives different binaries")
	}
	program, err := elf.NewFile(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range program.Progs {
		if part.Type == elf.PT_INTERP {
			t.Error("the binary needs a dynamic linker")
		}
	}
}

// buildBinary runs the build instruction of the Dockerfile in a copy of the tree.
func buildBinary(t *testing.T) []byte {
	t.Helper()
	build := matches(`(?m)^RUN (CGO_ENABLED=0 .*go build .* /out/\S+ \.)$`, file(t, "Dockerfile"))
	if len(build) != 1 {
		t.Fatalf("the Dockerfile builds %q", build)
	}
	out := t.TempDir()
	command := exec.Command("sh", "-ec", strings.Replace(build[0], " /out/", " "+out+"/", 1))
	command.Dir = copyTree(t)
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	built, err := filepath.Glob(out + "/*")
	if err != nil || len(built) != 1 {
		t.Fatalf("the instruction wrote %v", built)
	}
	check := `HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["/` + filepath.Base(built[0]) + `", "health"]`
	if !strings.Contains(file(t, "Dockerfile"), check) {
		t.Errorf("the Dockerfile lacks %s", check)
	}
	binary, err := os.ReadFile(built[0])
	if err != nil {
		t.Fatal(err)
	}
	return binary
}

// copyTree returns a copy of the repository without its history.
func copyTree(t *testing.T) string {
	t.Helper()
	to := t.TempDir()
	for _, path := range files(t) {
		target := filepath.Join(to, path)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(target, []byte(file(t, path)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return to
}
