package main

import (
	"context"
	"io"
	"log"
	"strings"
	"testing"
)

func TestWithoutPostgresTheFileIsMeasuredAlone(t *testing.T) {
	b := &bench{rounds: 1, quick: true, root: "../..", progress: log.New(io.Discard, "", 0),
		postgres: func(context.Context) (*postgres, error) { return nil, errNoPostgres }}
	p := &page{}
	if err := stores(t.Context(), b, p); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| SQLite, alone: POST /items |", "| SQLite: DELETE /items/{id} |", "PostgreSQL: not measured: no PostgreSQL on this machine.\n"} {
		if !strings.Contains(p.String(), want) {
			t.Errorf("the page lacks %s\n%s", want, p)
		}
	}
}
