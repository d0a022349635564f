package store_test

import (
	"testing"

	"example.com/gatehouse/store"
	"github.com/google/uuid"
)

func TestIdentifiersGrow(t *testing.T) {
	for name, last := range map[string]string{
		"after none":                        "",
		"after the least":                   "00000000-0000-0000-0000-000000000000",
		"after one of the past":             "01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77",
		"after one of a clock that is fast": "7fffffff-ffff-7fff-bfff-ffffffffffff",
		"where the milliseconds overflow":   "01ffffff-ffff-7fff-bfff-ffffffffffff",
		"after one of another version":      "fedcba98-7654-4321-8fff-ffffffffffff",
	} {
		t.Run(name, func(t *testing.T) {
			for range 1000 {
				next, err := store.NewID(last)
				if err != nil {
					t.Fatal(err)
				}
				id, err := uuid.Parse(next)
				if next <= last || err != nil || id.Version() != 7 || id.Variant() != uuid.RFC4122 || id.String() != next {
					t.Fatalf("%s follows %s", next, last)
				}
				last = next
			}
		})
	}
	if id, err := store.NewID("z"); err == nil {
		t.Errorf("%s follows a text that is not an identifier", id)
	}
}
