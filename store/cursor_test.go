package store_test

import (
	"testing"

	"example.com/gatehouse/handlers"
	"github.com/google/uuid"
)

func TestIdentifiersGrowWhateverTheClockSays(t *testing.T) {
	for name, last := range map[string]string{
		"after nothing":                     "",
		"after the least":                   "00000000-0000-0000-0000-000000000000",
		"after one of long ago":             "01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77",
		"after one of a clock ahead":        "7fffffff-ffff-7fff-bfff-ffffffffffff",
		"where the milliseconds run over":   "01ffffff-ffff-7fff-bfff-ffffffffffff",
		"after one that is not of the kind": "fedcba98-7654-4321-8fff-ffffffffffff",
	} {
		t.Run(name, func(t *testing.T) {
			for range 1000 {
				next, err := handlers.NextID(last)
				if err != nil {
					t.Fatal(err)
				}
				id, err := uuid.Parse(next)
				if next <= last || err != nil || id.Version() != 7 || id.Variant() != uuid.RFC4122 || id.String() != next {
					t.Fatalf("%s comes after %s", next, last)
				}
				last = next
			}
		})
	}
	if _, err := handlers.NextID("z"); err == nil {
		t.Error("there is one after what is no identifier")
	}
}
