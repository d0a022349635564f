package deploy

import (
	"bytes"
	"debug/elf"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheImageIsBuiltWithTheGoOfTheModule(t *testing.T) {
	image := matches(`FROM golang:(\d+\.\d+) AS build`, file(t, "Dockerfile"))
	module := matches(`(?m)^go (\d+\.\d+)`, file(t, "go.mod"))
	if len(image) != 1 || len(module) != 1 || image[0] != module[0] {
		t.Errorf("the image has Go %v, the module %v", image, module)
	}
}

// The instruction that builds the binary is run in two copies of the tree. What it needs of the
// image is Go alone.
func TestTheImageHasOneStaticReproducibleBinary(t *testing.T) {
	build := matches(`(?m)^RUN (CGO_ENABLED=0 go build .* /out/\S+ \.)$`, file(t, "Dockerfile"))
	if len(build) != 1 {
		t.Fatalf("the Dockerfile builds %q", build)
	}
	var binaries [][]byte
	for range 2 {
		root, out := copyOfTree(t), t.TempDir()
		command := exec.Command("sh", "-euc", strings.Replace(build[0], " /out/", " "+out+"/", 1))
		command.Dir = root
		if says, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, says)
		}
		files, err := filepath.Glob(out + "/*")
		if err != nil || len(files) != 1 {
			t.Fatalf("it wrote %v", files)
		}
		if name := "/" + filepath.Base(files[0]); !strings.Contains(file(t, "Dockerfile"), `HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["`+name+`", "health"]`) {
			t.Errorf("the health check is not %s", name)
		}
		binary, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		binaries = append(binaries, binary)
	}
	if !bytes.Equal(binaries[0], binaries[1]) {
		t.Error("the same tree gives different binaries")
	}
	program, err := elf.NewFile(bytes.NewReader(binaries[0]))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range program.Progs {
		if part.Type == elf.PT_INTERP {
			t.Error("the binary needs a dynamic linker")
		}
	}
}

// copyOfTree returns a copy of the repository, without its history.
func copyOfTree(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(root, strings.TrimPrefix(path, ".."))
		if entry.IsDir() && (entry.Name() == ".git" || entry.Name() == ".dev") {
			return fs.SkipDir
		}
		if entry.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, text, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return root
}
