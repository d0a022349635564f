package clone

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// generated has the checksums of what the commands have written, so that it is not taken for a change of the user.
const generated = ".dev/generated"

// Remember records the checksums of files of a folder.
func Remember(folder string, names []string) error {
	var lines strings.Builder
	for _, name := range names {
		lines.WriteString(checksum(folder, name))
	}
	file := filepath.Join(folder, generated)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	known, _ := os.ReadFile(file) // there is none at first
	return os.WriteFile(file, append(known, lines.String()...), 0o644)
}

// Remembers reports whether a file is as a command has written it.
func Remembers(folder, name string) bool {
	known, _ := os.ReadFile(filepath.Join(folder, generated))
	return strings.Contains(string(known), checksum(folder, name))
}

func checksum(folder, name string) string {
	text, _ := os.ReadFile(filepath.Join(folder, name)) // what was deleted has the checksum of nothing
	return fmt.Sprintf("%x %s\n", sha256.Sum256(text), name)
}
