package oracle

import (
	"encoding/json"
	"io/fs"
	"testing"

	"github.com/c2sp/wycheproof"
)

// A suite is one file of Project Wycheproof.
type suite struct {
	Cases  int     `json:"numberOfTests"`
	Groups []group `json:"testGroups"`
}

// A group is the vectors of one key or key set.
type group struct {
	Comment string
	Public  json.RawMessage // absent where keys are symmetric
	Private json.RawMessage
	Vectors []vector `json:"tests"`
}

// A vector is one token and whether it is valid.
type vector struct {
	ID      int `json:"tcId"`
	Comment string
	Token   string `json:"jws"`
	Result  string
}

func (v vector) valid() bool { return v.Result == "valid" }

// load reads a file of vectors, which must have the expected number of cases.
func load(t testing.TB, name string, cases int) suite {
	t.Helper()
	text, err := fs.ReadFile(wycheproof.TestVectors, name)
	if err != nil {
		t.Fatal(err)
	}
	var s suite
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	found := 0
	for _, g := range s.Groups {
		found += len(g.Vectors)
	}
	if found != cases || s.Cases != cases {
		t.Fatalf("%s has %d cases and says %d; want %d", name, found, s.Cases, cases)
	}
	return s
}

// keys returns the group's keys as the members of a JWK set. Without a public key it is the symmetric
// one: that an issuer publishes it is a vector too.
func (g group) keys(t testing.TB) []json.RawMessage {
	t.Helper()
	text := g.Public
	if text == nil {
		text = g.Private
	}
	var set struct{ Keys []json.RawMessage }
	if err := json.Unmarshal(text, &set); err != nil {
		t.Fatal(err)
	}
	if set.Keys == nil {
		return []json.RawMessage{text}
	}
	return set.Keys
}
