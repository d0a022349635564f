package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/pressly/goose/v3"
)

// A SchemaError says in one sentence why the schema of a database does not fit this program, and what to do.
// The sentence is safe to publish.
type SchemaError struct{ sentence string }

func (e *SchemaError) Error() string { return e.sentence }

func misfit(format string, args ...any) error { return &SchemaError{fmt.Sprintf(format, args...)} }

// A migration is a file of this program.
type migration struct {
	version        int64
	name, checksum string
}

// readMigrations returns the files that goose found, in the order of their versions.
func readMigrations(files fs.FS, sources []*goose.Source) ([]migration, error) {
	all := make([]migration, len(sources))
	for i, source := range sources {
		text, err := fs.ReadFile(files, source.Path)
		if err != nil {
			return nil, err
		}
		all[i] = migration{source.Version, path.Base(source.Path), checksum(string(text))}
	}
	return all, nil
}

// checksum identifies the statements of a migration. White space and comments do not count, and neither does the
// part that takes the migration back.
func checksum(text string) string {
	up, _, _ := strings.Cut(text, "-- +goose Down")
	var words []string
	for line := range strings.Lines(up) {
		statement, _, _ := strings.Cut(line, "--")
		words = append(words, strings.Fields(statement)...)
	}
	sum := sha256.Sum256([]byte(strings.Join(words, " ")))
	return hex.EncodeToString(sum[:])
}
