package deploy

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/rhysd/actionlint"
	"sigs.k8s.io/yaml"
)

func TestTheWorkflowsAreSound(t *testing.T) {
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../.github/workflows/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no workflows: %v", err)
	}
	problems, err := linter.LintFiles(files, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range problems {
		t.Error(problem)
	}
	pinned := regexp.MustCompile(`^[\w./-]+@[0-9a-f]{40} # v`)
	for _, name := range files {
		for _, action := range matches(`uses: (.*)`, file(t, name[len("../"):])) {
			if !pinned.MatchString(action) {
				t.Errorf("%s: %s is not pinned to a commit", name, action)
			}
		}
	}
}

func TestDependabotKnowsEveryModule(t *testing.T) {
	var config struct {
		Updates []struct {
			PackageEcosystem string `json:"package-ecosystem"`
			Directories      []string
		}
	}
	if err := yaml.Unmarshal([]byte(file(t, ".github/dependabot.yml")), &config); err != nil {
		t.Fatal(err)
	}
	for _, update := range config.Updates {
		if update.PackageEcosystem != "gomod" {
			continue
		}
		for _, directory := range update.Directories {
			if _, err := os.Stat(filepath.Join("..", directory, "go.mod")); err != nil {
				t.Error(err)
			}
		}
		return
	}
	t.Error("there are no updates of modules")
}
