package oracle

import (
	"slices"
	"testing"
	"testing/cryptotest"
)

// FuzzVerify judges mutations of genuine tokens, key sets and clocks, as [trial.judge] says.
func FuzzVerify(f *testing.F) {
	m := newMint(f)
	for _, mu := range m.seeds() {
		f.Add(mu.how, mu.changes, mu.header, mu.claims, mu.edits, mu.keySet, mu.clock)
	}
	f.Fuzz(func(t *testing.T, how byte, changes []byte, header, claims string, edits []byte, keySet string, clock int64) {
		cryptotest.SetGlobalRandom(t, 0) // one mutation, one token
		m.issue(mutation{how, changes, header, claims, edits, keySet, clock}).judge(t)
	})
}

// The changes that a fuzzer would need long to find are tried one by one: every value of the members
// that header, claims and keys are known for, and some of all others. Every excuse is needed by one.
func TestEveryChange(t *testing.T) {
	m, needed := newMint(t), map[int]int{}
	known := [][2]string{ofHeader: {"typ", "enc"}, ofClaims: {"iss", "typ"}, ofKeys: {"kty", "d"}}
	for target, k := range known {
		first, last := slices.Index(names[:], k[0]), slices.Index(names[:], k[1])
		for i := range len(names) * len(values) * verbs {
			name, value, verb := i/verbs/len(values), i/verbs%len(values), i%verbs
			if (verb != set || name < first || name > last) && (name+value)%32 > 0 {
				continue
			}
			changes := []byte{byte(target), byte(verb), byte(name), byte(value)}
			for _, e := range m.issue(mutation{how: how(0, texts, i%2 == 0, 0), changes: changes}).judge(t) {
				needed[e]++
			}
		}
	}
	for i, e := range excuses {
		if needed[i] == 0 {
			t.Errorf("%s is excused for saying %q (%s), but never says it", e.peer, e.says, e.why)
		}
	}
}

// A genuine token is accepted by everybody, whoever signs it but the stranger; or there would be
// nothing to compare.
func TestGenuine(t *testing.T) {
	m := newMint(t)
	for i, signer := range m.signers {
		tr, known := m.issue(mutation{how: how(i, texts, false, 0)}), i < len(m.keys)
		for _, p := range peers {
			if subject, err := p.read(tr); known != (err == nil) || known != (subject == "alice") {
				t.Errorf("%s reads subject %q of a token signed by %s: %v", p.name, subject, signer.ID, err)
			}
		}
		if _, err := connect(t, published(t, m.signers[:4]...)).VerifySignature(t.Context(), tr.token); known != (err == nil) {
			t.Errorf("a token signed by %s: got %v", signer.ID, err)
		}
	}
}

// A mutation makes the same token every time, or a corpus would not be worth keeping.
func TestMutationsRepeat(t *testing.T) {
	different := map[string]bool{}
	for _, name := range []string{"once", "twice"} {
		t.Run(name, func(t *testing.T) {
			cryptotest.SetGlobalRandom(t, 0)
			m, tokens := newMint(t), ""
			for i := range m.signers {
				tokens += m.issue(mutation{how: how(i, texts, false, 0)}).token + "\n"
			}
			different[tokens] = true
		})
	}
	if len(different) != 1 {
		t.Errorf("the tokens differ: %v", different)
	}
}
