package storetest

import (
	"path/filepath"
	"testing"
)

// SQLite returns the address of a file that does not exist yet.
func SQLite(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "items.db")
}
