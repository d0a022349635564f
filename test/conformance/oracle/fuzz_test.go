package oracle

import (
	"slices"
	"testing"
	"testing/cryptotest"
)

// FuzzVerify checks mutations of valid tokens, key sets and clocks: see [candidate.check].
func FuzzVerify(f *testing.F) {
	g := newGenerator(f)
	for _, m := range g.seeds() {
		f.Add(m.how, m.changes, m.header, m.claims, m.edits, m.keySet, m.clock)
	}
	f.Fuzz(func(t *testing.T, how byte, changes []byte, header, claims string, edits []byte, keySet string, clock int64) {
		cryptotest.SetGlobalRandom(t, 0) // so that a mutation has one token
		g.generate(mutation{how, changes, header, claims, edits, keySet, clock}).check(t)
	})
}

// TestEverySingleChange tries every value of the usual members of header, claims and keys, and some
// values of all others: a fuzzer would need long to find them. Each known difference is needed once.
func TestEverySingleChange(t *testing.T) {
	g, needed := newGenerator(t), map[int]int{}
	known := [][2]string{ofHeader: {"typ", "enc"}, ofClaims: {"iss", "typ"}, ofKeys: {"kty", "d"}}
	for target, k := range known {
		first, last := slices.Index(names[:], k[0]), slices.Index(names[:], k[1])
		for i := range len(names) * len(values) * verbs {
			name, value, verb := i/verbs/len(values), i/verbs%len(values), i%verbs
			if (verb != set || name < first || name > last) && (name+value)%32 > 0 {
				continue
			}
			changes := []byte{byte(target), byte(verb), byte(name), byte(value)}
			for _, d := range g.generate(mutation{how: how(0, texts, i%2 == 0, 0), changes: changes}).check(t) {
				needed[d]++
			}
		}
	}
	renamed := mutation{how: how(3, texts, false, 0), changes: change(ofHeader, set, "alg", `"Ed25519"`)}
	for _, d := range g.generate(renamed).check(t) {
		needed[d]++
	}
	for i, d := range differences {
		if needed[i] == 0 {
			t.Errorf("%s never returns the error %q (%s)", d.peer, d.err, d.why)
		}
	}
}

// TestValidTokensAreAcceptedByAll proves that there is something to compare: auth and its peers accept
// an unchanged token of every published key, and none of another key.
func TestValidTokensAreAcceptedByAll(t *testing.T) {
	g := newGenerator(t)
	for i, signer := range g.signers {
		c, published := g.generate(mutation{how: how(i, texts, false, 0)}), i < len(g.keys)
		for _, p := range peers {
			if subject, err := p.read(c); published != (err == nil) || published != (subject == "alice") {
				t.Errorf("%s reads subject %q of a token signed by %s: %v", p.name, subject, signer.ID, err)
			}
		}
		if _, err := connect(t, jwks(t, g.signers[:4]...)).VerifySignature(t.Context(), c.token); published != (err == nil) {
			t.Errorf("a token signed by %s: got %v", signer.ID, err)
		}
	}
}

// TestMutationsAreReproducible proves that an input of the corpus makes the same token every time.
func TestMutationsAreReproducible(t *testing.T) {
	different := map[string]bool{}
	for _, name := range []string{"once", "twice"} {
		t.Run(name, func(t *testing.T) {
			cryptotest.SetGlobalRandom(t, 0)
			g, tokens := newGenerator(t), ""
			for i := range g.signers {
				tokens += g.generate(mutation{how: how(i, texts, false, 0)}).token + "\n"
			}
			different[tokens] = true
		})
	}
	if len(different) != 1 {
		t.Errorf("the tokens differ: %v", different)
	}
}
