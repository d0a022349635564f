package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

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

const (
	maxReasons = 32 // that are stored, and logged one by one
	fewReasons = 3  // that stand for all others if there are more
)

// unusableKeys are the keys of a set that cannot be used: a provider may publish any number of them.
type unusableKeys struct {
	count   int
	reasons []reason // of the first ones
}

// A reason says why a key cannot be used. A key that is not for signatures is worth no warning: Keycloak has one in every
// realm.
type reason struct {
	text  string
	level slog.Level
}

func (u *unusableKeys) add(key string, err error) {
	u.count++
	if u.count > maxReasons {
		return
	}
	level := slog.LevelWarn
	if errors.Is(err, ErrOtherUse) {
		level = slog.LevelInfo
	}
	u.reasons = append(u.reasons, reason{fmt.Sprintf("%s: %v", key, err), level})
}

// String returns how many there are, and the first reasons.
func (u unusableKeys) String() string {
	if u.count == 0 {
		return "none"
	}
	few := make([]string, min(len(u.reasons), fewReasons))
	for i := range few {
		few[i] = u.reasons[i].text
	}
	return Brief(fmt.Sprintf("%d: %s", u.count, strings.Join(few, "; ")))
}

// log logs each reason, or all in one entry if there are too many.
func (u unusableKeys) log(log *slog.Logger, issuer string) {
	if u.count > len(u.reasons) {
		log.Warn("keys not usable", "issuer", issuer, "count", u.count, "err", u.String())
		return
	}
	for _, r := range u.reasons {
		log.Log(context.Background(), r.level, "key not usable", "issuer", issuer, "err", r.text)
	}
}
