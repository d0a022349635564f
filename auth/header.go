package auth

import (
	"slices"
	"strings"

	"example.com/gatehouse/problem"
)

// A header is the JOSE header of a token (RFC 7515, section 4), as far as it is used.
type header struct {
	algorithm, typ, keyID stringClaim

	extended bool // it has an extension
	hasKey   bool // it has, or points to, a key of its own
	nonce    bool // which Microsoft Graph writes
}

// read implements [object]. This package supports no extension, so that every crit must be rejected (RFC 7515,
// section 4.1.11); unencoded and compressed payloads are not for JWTs (RFC 7797, section 7).
func (h *header) read(name string, v value) {
	switch name {
	case "alg":
		h.algorithm = v.string()
	case "typ":
		h.typ = v.string()
	case "kid":
		h.keyID = v.string()
	case "crit", "b64", "zip":
		h.extended = true
	case "jwk", "jku", "x5u":
		h.hasKey = true
	case "nonce":
		h.nonce = true
	}
}

// parseHeader reads a header, and checks what needs neither a key nor a profile.
func parseHeader(data []byte, allowed []string, h *header) error {
	switch _, err := decodeObject(data, h); {
	case err != nil:
		return problem.HeaderDamaged
	case h.extended:
		return problem.Extension
	case !h.allowed(allowed):
		return h.otherAlgorithm()
	case h.typ.state == invalid:
		return problem.TypeOther
	case h.keyID.state == invalid:
		return problem.KeyIDInvalid
	}
	return nil
}

// otherAlgorithm says which algorithm is not allowed.
func (h *header) otherAlgorithm() error {
	switch name := h.algorithm.value; {
	case h.algorithm.state != valid, name == "":
		return problem.AlgorithmAbsent
	case strings.EqualFold(name, "none"):
		return problem.Unsigned
	case h.symmetric():
		return &observed{Variant: problem.SharedSecret, algorithm: name}
	default:
		return &observed{Variant: problem.AlgorithmUnknown, algorithm: name}
	}
}

// symmetric reports whether the algorithm is that of a shared secret (RFC 7518, section 3.2).
func (h *header) symmetric() bool { return strings.HasPrefix(h.algorithm.value, "HS") }

// allowed reports whether the algorithm is one of the given ones.
func (h *header) allowed(algorithms []string) bool {
	return h.algorithm.state == valid && slices.Contains(algorithms, h.algorithm.value)
}

// mediaType returns the type that typ names, in lower case and without the prefix that may be left out
// (RFC 7515, section 4.1.9).
func mediaType(typ string) string {
	return strings.TrimPrefix(strings.ToLower(typ), "application/")
}
