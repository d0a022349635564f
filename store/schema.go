package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
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
	quoted         string // checksum of earlier versions of this program, which include the quotes of names
}

// newMigration returns the migration in a file. Quotes of names do not count for its checksum.
func newMigration(version int64, name, text string) migration {
	return migration{version, name, checksum(strings.ReplaceAll(text, `"`, "")), checksum(text)}
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
