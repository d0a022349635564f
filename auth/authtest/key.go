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
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
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
	id := strings.ToLower(algorithm) + "-" + rand.Text()[:16]
	return &Key{ID: id, Algorithm: algorithm, Private: generate(algorithm)}
}

func generate(algorithm string) crypto.Signer {
	switch algorithm {
	case "ES256":
		return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	case "ES384":
		return must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	case "ES512":
		return must(ecdsa.GenerateKey(elliptic.P521(), rand.Reader))
	case "EdDSA", "Ed25519":
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return must(key, err)
	}
	return must(rsa.GenerateKey(rand.Reader, 2048))
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
	if private, ok := k.Private.(ed25519.PrivateKey); ok {
		return ed25519.Sign(private, []byte(text))
	}
	hash := map[string]crypto.Hash{"256": crypto.SHA256, "384": crypto.SHA384, "512": crypto.SHA512}[k.Algorithm[2:]]
	var options crypto.SignerOpts = hash
	if strings.HasPrefix(k.Algorithm, "PS") {
		options = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: hash}
	}
	signature := must(crypto.SignMessage(k.Private, rand.Reader, []byte(text), options))
	if key, ok := k.Private.(*ecdsa.PrivateKey); ok {
		return joined(signature, (key.Params().N.BitLen()+7)/8)
	}
	return signature
}

// joined returns the two numbers of an ECDSA signature as JWS has them (RFC 7518, section 3.4): without ASN.1, and of
// one size.
func joined(signature []byte, size int) []byte {
	var pair struct{ R, S *big.Int }
	must(asn1.Unmarshal(signature, &pair))
	return append(pair.R.FillBytes(make([]byte, size)), pair.S.FillBytes(make([]byte, size))...)
}

// JWK returns the key as its issuer publishes it, in a map that a test may change.
func (k *Key) JWK() (members map[string]any) {
	jwk := jose.JSONWebKey{Key: k.Private.Public(), KeyID: k.ID, Algorithm: k.Algorithm, Use: "sig"}
	if err := json.Unmarshal(must(jwk.MarshalJSON()), &members); err != nil {
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
	return string(must(json.Marshal(v)))
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
