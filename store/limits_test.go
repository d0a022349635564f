package store_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
)

// An index of PostgreSQL has no room for a longer owner, and a text of PostgreSQL has no U+0000.
func testLongOwner(t *testing.T, open opener) {
	table := samplesIn(t, open(t))
	random := rand.New(rand.NewPCG(1, 2))
	text := func(runes int) string { // which cannot be compressed
		var b strings.Builder
		for range runes {
			b.WriteRune(rune(0x10000 + random.IntN(0x1000)))
		}
		return b.String()
	}
	longest := store.Owner{Issuer: "https://id.example.com/" + strings.Repeat("a", 200), Subject: text(255)}
	row := create(t, table, longest, "longest")
	wantFound(t, table, row)
	rows, _, err := table.List(t.Context(), longest, "", 10)
	wantNames(t, rows, err, "longest")

	for name, subject := range map[string]string{"too long": text(700), "much too long": text(100_000), "U+0000": "a\x00b"} {
		owner := store.Owner{Issuer: longest.Issuer, Subject: subject}
		_, err := table.Create(t.Context(), owner, sample{})
		wantError(t, err, problem.ClaimInvalid)
		_, _, err = table.List(t.Context(), owner, "", 10)
		wantError(t, err, problem.ClaimInvalid)
		_, err = table.Get(t.Context(), owner, row.ID)
		wantError(t, err, problem.NotFound)
		if strings.Contains(err.Error(), subject) {
			t.Errorf("the error of an owner that is %s has the subject", name)
		}
	}
}

// PostgreSQL cannot store U+0000 in a text. In a list it is escaped.
func testNullCharacters(t *testing.T, open opener) {
	table := samplesIn(t, open(t))
	row := create(t, table, alice, "Lantern")
	for name, change := range map[string]func(*sample){
		"/Name": func(s *sample) { s.Name = "a\x00" },
		"/note": func(s *sample) { s.Note = new("\x00") },
	} {
		changed := row
		change(&changed)
		_, err := table.Update(t.Context(), changed)
		wantPointer(t, err, name)
		_, err = table.Create(t.Context(), alice, changed)
		wantPointer(t, err, name)
	}
	wantFound(t, table, row)
	row.Tags = []string{"a\x00b"}
	update(t, table, row)
}

func wantPointer(t *testing.T, err error, pointer string) {
	t.Helper()
	input, ok := errors.AsType[*problem.InputError](err)
	if !ok || input.Type != problem.ValidationFailed || len(input.Errors) != 1 || input.Errors[0].Pointer != pointer {
		t.Errorf("got the error %v, want one about %s", err, pointer)
	}
}
