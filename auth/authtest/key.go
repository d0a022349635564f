package authtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha256" // linked for the hashes of signatures
	_ "crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// A Key is a signing key of an issuer.
type Key struct {
	ID        string
	Algorithm string
	Private   crypto.Signer
}

// NewKey returns a new key for an algorithm of JWS. Like every function of this package that cannot fail in a correct
// test, it panics on an error.
func NewKey(algorithm string) *Key {
	id := make([]byte, 8)
	rand.Read(id)
	return &Key{ID: fmt.Sprintf("%s-%x", strings.ToLower(algorithm), id), Algorithm: algorithm, Private: generate(algorithm)}
}

func generate(algorithm string) crypto.Signer {
	var key crypto.Signer
	var err error
	switch algorithm {
	case "ES256":
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "ES384":
		key, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case "ES512":
		key, err = ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	case "EdDSA", "Ed25519":
		_, key, err = ed25519.GenerateKey(rand.Reader)
	default:
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	if err != nil {
		panic(err)
	}
	return key
}

// Sign returns a compact JWS of the claims. The header gets the key's alg and kid, unless it has its own; a member that
// is nil is left out.
func (k *Key) Sign(header map[string]any, claims any) string {
	full := map[string]any{"alg": k.Algorithm, "kid": k.ID}
	maps.Copy(full, header)
	maps.DeleteFunc(full, func(_ string, v any) bool { return v == nil })
	return k.SignText(marshal(full), marshal(claims))
}

// SignText returns a compact JWS of two texts, which need not be JSON.
func (k *Key) SignText(header, payload string) string {
	return k.SignSegments(Encode(header), Encode(payload))
}

// SignSegments returns a compact JWS of two encoded texts, which need not be base64url.
func (k *Key) SignSegments(header, payload string) string {
	signed := header + "." + payload
	return signed + "." + Encode(string(k.Signature(signed)))
}

// Signature signs a text with the key's algorithm, whatever the header of a token says.
func (k *Key) Signature(text string) []byte {
	var signature []byte
	var err error
	switch private := k.Private.(type) {
	case ed25519.PrivateKey:
		signature = ed25519.Sign(private, []byte(text))
	case *ecdsa.PrivateKey:
		r, s, signErr := ecdsa.Sign(rand.Reader, private, k.digest(text))
		half := (private.Params().N.BitLen() + 7) / 8
		signature, err = append(r.FillBytes(make([]byte, half)), s.FillBytes(make([]byte, half))...), signErr
	case *rsa.PrivateKey:
		if strings.HasPrefix(k.Algorithm, "PS") {
			signature, err = rsa.SignPSS(rand.Reader, private, k.hash(), k.digest(text), &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
		} else {
			signature, err = rsa.SignPKCS1v15(rand.Reader, private, k.hash(), k.digest(text))
		}
	}
	if err != nil {
		panic(err)
	}
	return signature
}

func (k *Key) hash() crypto.Hash {
	return map[string]crypto.Hash{"256": crypto.SHA256, "384": crypto.SHA384, "512": crypto.SHA512}[k.Algorithm[2:]]
}

func (k *Key) digest(text string) []byte {
	h := k.hash().New()
	h.Write([]byte(text))
	return h.Sum(nil)
}

// JWK returns the key as its issuer publishes it, in a map that a test may change.
func (k *Key) JWK() map[string]any {
	jwk := jose.JSONWebKey{Key: k.Private.Public(), KeyID: k.ID, Algorithm: k.Algorithm, Use: "sig"}
	text, err := jwk.MarshalJSON()
	if err != nil {
		panic(err)
	}
	var members map[string]any
	if err := json.Unmarshal(text, &members); err != nil {
		panic(err)
	}
	return members
}

// KeySet returns the JWK set of the keys.
func KeySet(keys ...*Key) map[string]any {
	members := []any{}
	for _, k := range keys {
		members = append(members, k.JWK())
	}
	return map[string]any{"keys": members}
}

// Encode returns text as base64url without padding (RFC 7515, section 2).
func Encode(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

func marshal(v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func decodePayload(token string) (claims map[string]any, err error) {
	_, rest, _ := strings.Cut(token, ".")
	payload, _, _ := strings.Cut(rest, ".")
	text, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil {
		return nil, err
	}
	return claims, json.Unmarshal(text, &claims)
}
