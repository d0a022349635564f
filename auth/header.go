package auth

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// A header is the JOSE header of a token (RFC 7515, section 4), as far as it is acted on.
type header struct {
	algorithm *algorithm
	keyID     string
	typ       string
	foreign   bool // it carries or points to a key of its own
}

// parseHeader reads a header and judges what needs neither a key nor a profile.
func parseHeader(text []byte, allowed []string) (*header, error) {
	var members struct {
		Algorithm jsontext.Value `json:"alg"`
		Type      jsontext.Value `json:"typ"`
		KeyID     jsontext.Value `json:"kid"`
		Critical  jsontext.Value `json:"crit"`
		Base64    jsontext.Value `json:"b64"`
		Zip       jsontext.Value `json:"zip"`
		Key       jsontext.Value `json:"jwk"`
		KeySetURL jsontext.Value `json:"jku"`
		ChainURL  jsontext.Value `json:"x5u"`
	}
	if text[0] != '{' || json.Unmarshal(text, &members) != nil {
		return nil, TokenMalformed
	}
	// No extension is understood, so every crit is one that must be refused (RFC 7515, section
	// 4.1.11); unencoded and compressed payloads are not for JWTs (RFC 7797, section 7).
	if members.Critical != nil || members.Base64 != nil || members.Zip != nil {
		return nil, TokenMalformed
	}
	h := &header{foreign: members.Key != nil || members.KeySetURL != nil || members.ChainURL != nil}
	name, ok := unquote(members.Algorithm)
	if h.algorithm = algorithmByName(name); !ok || !slices.Contains(allowed, name) {
		return nil, refuse(AlgorithmNotAllowed, "alg: want any of %q, got %.40q", allowed, name)
	}
	if h.typ, ok = unquote(members.Type); !ok && members.Type != nil {
		return nil, refuse(TokenTypeWrong, "typ: want a string, got %s", members.Type.Kind())
	}
	if h.keyID, ok = unquote(members.KeyID); !ok && members.KeyID != nil {
		return nil, TokenMalformed
	}
	return h, nil
}

// unquote returns the text of a JSON string.
func unquote(v jsontext.Value) (text string, ok bool) {
	if v.Kind() != '"' {
		return "", false
	}
	err := json.Unmarshal(v, &text)
	return text, err == nil
}

// mediaType returns the type that typ names, without the prefix that may be left out and in lower
// case (RFC 7515, section 4.1.9).
func mediaType(typ string) string {
	return strings.TrimPrefix(strings.ToLower(typ), "application/")
}
