package main

import (
	"io"
	"log"
	"strings"
	"testing"
)

func TestWithoutPostgresSQLiteIsMeasured(t *testing.T) {
	r := &report{}
	if err := measureStores(t.Context(), &bench{rounds: 1, quick: true, progress: log.New(io.Discard, "", 0)}, r); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| SQLite, alone: POST /items |", "| SQLite: DELETE /items/{id} |", "PostgreSQL: not measured: TEST_DATABASE_URL names no server.\n"} {
		if !strings.Contains(r.String(), want) {
			t.Errorf("the report lacks %s\n%s", want, r)
		}
	}
}
