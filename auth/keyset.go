package auth

import (
	"fmt"
	"slices"

	"example.com/gatehouse/problem"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// maxCandidates is how many keys are tried for one token if its kid does not select one.
const maxCandidates = 4

// A keySet is the keys that an issuer had published when they were fetched, each once.
type keySet []*key

// A KeyInfo describes one key of a key set.
type KeyInfo struct {
	ID         string   // as the provider wrote it
	Algorithms []string // that it can verify
	Err        error    // why it cannot be used; nil if it can
}

// InspectKeySet reads a JWK set (RFC 7517, section 5) as a [Provider] does, and describes each of its keys.
func InspectKeySet(data []byte) ([]KeyInfo, error) {
	members, err := splitKeySet(data)
	if err != nil {
		return nil, err
	}
	infos := make([]KeyInfo, len(members))
	for i, member := range members {
		k, err := parseKey(member)
		infos[i] = KeyInfo{k.id, k.algorithms, err}
	}
	return infos, nil
}

func splitKeySet(data []byte) ([]jsontext.Value, error) {
	var document struct {
		Keys []jsontext.Value `json:"keys"`
	}
	if err := json.Unmarshal(data, &document); err != nil {
		return nil, fmt.Errorf("reading the key set: %w", briefly(err))
	}
	return document.Keys, nil
}

// parseKeySet reads a JWK set. It leaves out keys that cannot be used, and unusable says why. A set without a usable
// key is an error.
func parseKeySet(data []byte) (set keySet, unusable unusableKeys, err error) {
	members, err := splitKeySet(data)
	if err != nil {
		return nil, unusable, err
	}
	for i, member := range members {
		k, err := parseKey(member)
		switch {
		case err != nil:
			unusable.add(fmt.Sprintf("key %d, %.40q", i+1, k.id), err)
		case !slices.ContainsFunc(set, k.equal):
			set = append(set, k)
		}
	}
	if set == nil {
		return nil, unusable, fmt.Errorf("the key set has no usable key, and unusable ones: %s", unusable)
	}
	return set, unusable, nil
}

// replace makes the set the successor of an older one. A key that is in both stays the same object, so that tokens
// which it verified stay cached, and the other keys are withdrawn. It reports whether a key is not in the older set.
func (s keySet) replace(old keySet) (more bool) {
	for i, k := range s {
		if j := slices.IndexFunc(old, k.equal); j >= 0 {
			s[i] = old[j]
		} else {
			more = true
		}
	}
	for _, k := range old {
		k.withdrawn.Store(!slices.Contains(s, k))
	}
	return more
}

// maxWithdrawn is how many identifiers of withdrawn keys are stored.
const maxWithdrawn = 32

// withdrawn returns the identifiers of keys that were in an older set, or withdrawn then, and are not in this one.
func (s keySet) withdrawn(old *published) (all []string) {
	has := func(id string) bool { return slices.ContainsFunc(s, func(k *key) bool { return k.id == id }) }
	for _, k := range old.keys {
		if k.id != "" && !has(k.id) {
			all = append(all, k.id)
		}
	}
	for _, id := range old.withdrawn {
		if !has(id) && !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all[:min(len(all), maxWithdrawn)]
}

// candidates returns the keys that may have signed a token with this header. The error says whether there is no key
// of that name, or none for that algorithm, or none whose signatures are that long: no signature is checked for it.
func (s keySet) candidates(h *header, signature []byte) (fit []*key, err *problem.Type) {
	err = problem.KeyUnknown
	for _, k := range s {
		switch {
		case h.keyID.value != "" && h.keyID.value != k.id:
		case !slices.Contains(k.algorithms, h.algorithm.value):
			if err == problem.KeyUnknown {
				err = problem.AlgorithmNotAllowed
			}
		case len(signature) != k.size:
			err = problem.SignatureInvalid
		case len(fit) < maxCandidates:
			fit = append(fit, k)
		}
	}
	if fit != nil {
		return fit, nil
	}
	return nil, err
}
