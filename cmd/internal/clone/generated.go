package clone

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
)

// generated has the checksums of what the commands have written, so that it is not taken for a change of the user.
const generated = ".dev/generated"

// Remember records the checksums of files.
func Remember(root *os.Root, names []string) error {
	known, _ := root.ReadFile(generated) // there is none at first
	for _, name := range names {
		known = append(known, checksum(root, name)...)
	}
	if err := root.MkdirAll(".dev", 0o755); err != nil {
		return err
	}
	return root.WriteFile(generated, known, 0o644)
}

// Remembers reports whether a file is as a command has written it.
func Remembers(root *os.Root, name string) bool {
	known, _ := root.ReadFile(generated)
	return strings.Contains(string(known), checksum(root, name))
}

func checksum(root *os.Root, name string) string {
	text, _ := root.ReadFile(name) // what was deleted has the checksum of nothing
	return fmt.Sprintf("%x %s\n", sha256.Sum256(text), name)
}
