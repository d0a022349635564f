package auth

import (
	"fmt"
	"strings"
	"testing"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/problem"
)

// TestKeysAreInspectedAsTheyAreUsed compares what InspectKeySet says with the keys that a Provider would use.
func TestKeysAreInspectedAsTheyAreUsed(t *testing.T) {
	k := authtest.NewKey("ES256")
	with := func(name string, value any) string { return publishedWith(k, map[string]any{name: value}) }
	for _, test := range []struct {
		name, key, id string
		algorithms    string // empty if it cannot be used
		err           string
	}{
		{"a good key", with("kid", "a"), "a", "ES256", ""},
		{"a key without a name", with("kid", nil), "", "ES256", ""},
		{"a key that may sign but not verify", with("key_ops", []string{"sign"}), k.ID, "", "its key_ops do not include verify"},
		{"a kid with a line break", with("kid", "a\nb"), "a\nb", "", "its kid has more than 256 bytes or is not printable ASCII"},
		{"a kid of 300 characters", with("kid", strings.Repeat("k", 300)), strings.Repeat("k", 300), "", "its kid has more than 256 bytes or is not printable ASCII"},
		{"a key for encryption", with("use", "enc"), k.ID, "", ErrOtherUse.Error()},
		{"an alg of another curve", with("alg", "ES384"), k.ID, "", `its alg "ES384" is for another kind of key`},
		{"a short RSA key", publishedWith(testRSA("RS256"), map[string]any{"n": modulus(1024)}), "rsa", "", "it has 1024 bits, and 2048 to 4096 are accepted"},
		{"a secret", `{"kty":"oct","kid":"x","k":"c2VjcmV0"}`, "x", "", "it is not the public key of a supported algorithm"},
		{"no key", `5`, "", "", "json: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			set := []byte(`{"keys":[` + test.key + `]}`)
			infos, err := InspectKeySet(set)
			if err != nil || len(infos) != 1 {
				t.Fatalf("got %+v and %v", infos, err)
			}
			got := infos[0]
			if got.ID != test.id || (got.Err == nil) != (test.err == "") || got.Err != nil && !strings.HasPrefix(got.Err.Error(), test.err) {
				t.Errorf("got %+v, want %q and %q", got, test.id, test.err)
			}
			used, _, err := parseKeySet(set)
			if (err == nil) != (got.Err == nil) || err == nil && strings.Join(got.Algorithms, " ") != test.algorithms || len(used) > 0 && used[0].id != got.ID {
				t.Errorf("got %+v, and a Provider uses %v, %v", got, used, err)
			}
		})
	}
	if _, err := InspectKeySet([]byte(`<html>`)); err == nil {
		t.Error("a page is accepted as a key set")
	}
}

func TestKeySetsAreStrict(t *testing.T) {
	key := publishedWith(authtest.NewKey("ES256"), nil)
	for _, test := range []struct {
		name, set string
		good      bool
	}{
		{"a set of one key", `{"keys":[` + key + `]}`, true},
		{"a set with other members", `{"keys":[` + key + `],"x":1}`, true},
		{"an empty set", `{"keys":[]}`, false},
		{"a set without keys", `{}`, false},
		{"a set whose name has another case", `{"Keys":[` + key + `]}`, false},
		{"keys that are null", `{"keys":null}`, false},
		{"keys that are no list", `{"keys":` + key + `}`, false},
		{"a key alone", key, false},
		{"a list alone", `[` + key + `]`, false},
		{"null", `null`, false},
		{"nothing", ``, false},
		{"a page", `<html>Welcome!</html>`, false},
		{"a set that is cut off", `{"keys":[` + key, false},
		{"a set and something else", `{"keys":[` + key + `]}{}`, false},
		{"a set with its keys twice, first", `{"keys":[` + key + `],"keys":[]}`, false},
		{"a set with its keys twice, last", `{"keys":[],"keys":[` + key + `]}`, false},
		{"a set that is not UTF-8", "{\"keys\":[" + key + "],\"x\":\"\xff\"}", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			set, _, err := parseKeySet([]byte(test.set))
			if (err == nil) != test.good || (set == nil) == test.good {
				t.Errorf("got %v and %v", set, err)
			}
		})
	}
}

// TestAKeySetHasEachKeyOnce: a copy hides neither the keys after it nor the end of another key.
func TestAKeySetHasEachKeyOnce(t *testing.T) {
	k, other := authtest.NewKey("ES256"), authtest.NewKey("ES256")
	copies := strings.Repeat(publishedWith(k, nil)+",", 5)
	renamed := publishedWith(k, map[string]any{"kid": "b"})
	set, unusable, err := parseKeySet([]byte(`{"keys":[` + copies + renamed + "," + publishedWith(other, nil) + `]}`))
	if err != nil || len(set) != 3 || unusable.count != 0 {
		t.Fatalf("got %d keys, %v and %v", len(set), unusable, err)
	}
	found, failed := set.candidates(&header{algorithm: stringClaim{valid, "ES256"}}, make([]byte, 64))
	if failed != nil || len(found) != 3 {
		t.Errorf("got %d keys and %v", len(found), failed)
	}
}

func TestKeysAreFoundByKidAndAlgorithm(t *testing.T) {
	var members []string
	add := func(id any, algorithms ...string) {
		for _, a := range algorithms {
			members = append(members, publishedWith(authtest.NewKey(a), map[string]any{"kid": id}))
		}
	}
	add("one", "ES256")
	add("two", "ES256", "EdDSA", "ES256")
	add("many", "ES384", "EdDSA", "EdDSA", "EdDSA", "EdDSA", "EdDSA")
	add(nil, "ES512")
	set, _, err := parseKeySet([]byte(`{"keys":[` + strings.Join(members, ",") + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		kid, algorithm string
		size           int // of the signature
		keys           int
		err            *problem.Type
	}{
		{"one", "ES256", 64, 1, nil},
		{"one", "ES256", 63, 0, problem.SignatureInvalid},
		{"one", "EdDSA", 64, 0, problem.AlgorithmNotAllowed},
		{"two", "ES256", 64, 2, nil},
		{"two", "EdDSA", 64, 1, nil},
		{"two", "Ed25519", 64, 1, nil},
		{"many", "EdDSA", 64, maxCandidates, nil},
		{"many", "ES384", 96, 1, nil},
		{"other", "ES256", 64, 0, problem.KeyUnknown},
		{"ONE", "ES256", 64, 0, problem.KeyUnknown},
		{"", "ES256", 64, 3, nil},
		{"", "ES512", 132, 1, nil},
		{"", "ES512", 64, 0, problem.SignatureInvalid},
		{"", "EdDSA", 64, maxCandidates, nil},
		{"", "RS256", 256, 0, problem.AlgorithmNotAllowed},
	} {
		t.Run(fmt.Sprintf("%q for %s of %d bytes", test.kid, test.algorithm, test.size), func(t *testing.T) {
			for range 3 { // the same each time
				keys, err := set.candidates(&header{keyID: stringClaim{valid, test.kid}, algorithm: stringClaim{valid, test.algorithm}}, make([]byte, test.size))
				if len(keys) != test.keys || err != test.err {
					t.Errorf("got %d keys and %v, want %d and %v", len(keys), err, test.keys, test.err)
				}
			}
		})
	}
}
