package deploy

import (
	"encoding/json"
	"slices"
	"testing"
)

func TestTheDevContainerHasTheGoVersion(t *testing.T) {
	module := matches(`(?m)^go (\d+\.\d+)`, file(t, "go.mod"))
	container := matches(`"image": "golang:(\d+\.\d+)"`, file(t, ".devcontainer/devcontainer.json"))
	if len(module) != 1 || !slices.Equal(container, module) {
		t.Errorf("the module has Go %v, the dev container %v", module, container)
	}
}

func TestDevContainerForwardsBothPorts(t *testing.T) {
	var container struct{ ForwardPorts []int }
	if err := json.Unmarshal([]byte(file(t, ".devcontainer/devcontainer.json")), &container); err != nil {
		t.Fatal(err)
	}
	if want := []int{8080, 9000}; !slices.Equal(container.ForwardPorts, want) {
		t.Errorf("got %v, want %v", container.ForwardPorts, want)
	}
}
