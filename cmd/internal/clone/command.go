package clone

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
)

// Go runs a command of go in a folder. The error has the first lines of its output.
func Go(folder string, args ...string) error {
	command := exec.Command("go", args...)
	command.Dir = folder
	output, err := command.CombinedOutput()
	if err == nil {
		return nil
	}
	lines := slices.DeleteFunc(strings.Split(strings.TrimSpace(string(output)), "\n"), func(line string) bool {
		return strings.HasPrefix(line, "# ") // the package of the lines that follow
	})
	return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, strings.Join(lines[:min(len(lines), 10)], "\n"))
}
