package deploy

import (
	"io"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
	"sigs.k8s.io/yaml"
)

// workflows returns the paths of all workflows, relative to the root of the repository.
func workflows(t *testing.T) []string {
	t.Helper()
	paths := slices.DeleteFunc(files(t), func(path string) bool { return !strings.HasPrefix(path, ".github/workflows/") })
	if len(paths) == 0 {
		t.Fatal("there are no workflows")
	}
	return paths
}

func TestWorkflowsPassActionlint(t *testing.T) {
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range workflows(t) {
		problems, err := linter.LintFile(filepath.Join(root, path), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range problems {
			t.Error(problem)
		}
	}
}

func TestActionsArePinnedByCommit(t *testing.T) {
	pinned := regexp.MustCompile(`^[\w./-]+@[0-9a-f]{40} # v`)
	for _, path := range workflows(t) {
		for _, action := range matches(`uses: (.*)`, file(t, path)) {
			if !pinned.MatchString(action) {
				t.Errorf("%s: %s is not pinned by commit", path, action)
			}
		}
	}
}

func TestWorkflowsMayOnlyReadByDefault(t *testing.T) {
	for _, path := range workflows(t) {
		var workflow struct{ Permissions map[string]string }
		if err := yaml.Unmarshal([]byte(file(t, path)), &workflow); err != nil {
			t.Fatal(err)
		}
		if len(workflow.Permissions) != 1 || workflow.Permissions["contents"] != "read" {
			t.Errorf("%s: the permissions are %v, want contents: read", path, workflow.Permissions)
		}
	}
}

func TestDependabotUpdatesEveryModule(t *testing.T) {
	var config struct {
		Updates []struct {
			PackageEcosystem string `json:"package-ecosystem"`
			Directories      []string
		}
	}
	if err := yaml.Unmarshal([]byte(file(t, ".github/dependabot.yml")), &config); err != nil {
		t.Fatal(err)
	}
	modules := map[string]bool{}
	for _, name := range files(t) {
		if path.Base(name) == "go.mod" {
			modules[path.Join("/", path.Dir(name))] = true
		}
	}
	for _, update := range config.Updates {
		if update.PackageEcosystem != "gomod" {
			continue
		}
		for _, directory := range update.Directories {
			if !modules[directory] {
				t.Errorf("%s is no module", directory)
			}
			delete(modules, directory)
		}
	}
	for module := range modules {
		t.Errorf("dependabot does not update %s", module)
	}
}
