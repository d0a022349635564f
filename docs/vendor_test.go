package docs_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The committed files of Swagger UI are the published ones, byte for byte.
func TestSwaggerUIHasThePublishedSums(t *testing.T) {
	const folder = "ui/dist"
	sums, err := os.ReadFile(filepath.Join(folder, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	version, list, _ := strings.Cut(string(sums), "\n")
	if !regexp.MustCompile(`^# swagger-ui-dist 5\.\d+\.\d+$`).MatchString(version) {
		t.Errorf("got version %q", version)
	}
	known := map[string]bool{"SHA256SUMS": true, "update.sh": true}
	for line := range strings.Lines(list) {
		want, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		file, committed := read(t, filepath.Join(folder, name))
		known[filepath.Base(committed)] = true
		if got := sha256.Sum256(file); hex.EncodeToString(got[:]) != want {
			t.Errorf("%s is not the published file", name)
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !known[entry.Name()] {
			t.Errorf("%s has no sum", entry.Name())
		}
	}
}

// read returns a file, or what its compressed form holds, and which of the two is there.
func read(t *testing.T, name string) (file []byte, committed string) {
	t.Helper()
	if file, err := os.ReadFile(name); err == nil {
		return file, name
	}
	packed, err := os.ReadFile(name + ".gz")
	if err != nil {
		t.Fatal(err)
	}
	// Neither name nor time (RFC 1952, section 2.3): equal files are equal when compressed.
	if flags, time := packed[3], packed[4:8]; flags != 0 || !bytes.Equal(time, make([]byte, 4)) {
		t.Errorf("%s.gz: got flags %#x and time %x, want neither", name, flags, time)
	}
	return unzip(t, packed), name + ".gz"
}
