package auth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"math/big"
)

// An algorithm is a signature algorithm of JWS (RFC 7518, section 3.1; RFC 8037, section 3.1; RFC 9864, section 2.2).
// All of them are asymmetric: "none" and the HMACs cannot be configured.
type algorithm struct {
	name   string
	sizes  [2]int      // the shortest and the longest signature, in bytes
	hash   crypto.Hash // zero if the key signs the text itself
	verify func(key crypto.PublicKey, hash crypto.Hash, digest, signature []byte) bool
}

// Algorithms returns the names of the algorithms that can be allowed.
func Algorithms() []string {
	names := make([]string, len(algorithms))
	for i, a := range algorithms {
		names[i] = a.name
	}
	return names
}

var algorithms = [...]*algorithm{
	{"RS256", sizesRSA, crypto.SHA256, verifyPKCS1},
	{"RS384", sizesRSA, crypto.SHA384, verifyPKCS1},
	{"RS512", sizesRSA, crypto.SHA512, verifyPKCS1},
	{"PS256", sizesRSA, crypto.SHA256, verifyPSS},
	{"PS384", sizesRSA, crypto.SHA384, verifyPSS},
	{"PS512", sizesRSA, crypto.SHA512, verifyPSS},
	{"ES256", [2]int{64, 64}, crypto.SHA256, verifyECDSA},
	{"ES384", [2]int{96, 96}, crypto.SHA384, verifyECDSA},
	{"ES512", [2]int{132, 132}, crypto.SHA512, verifyECDSA},
	{"EdDSA", sizesEd25519, 0, verifyEd25519},
	{"Ed25519", sizesEd25519, 0, verifyEd25519},
}

var (
	sizesRSA     = [2]int{minRSA / 8, maxRSA / 8}
	sizesEd25519 = [2]int{ed25519.SignatureSize, ed25519.SignatureSize}
)

// possible reports whether a signature has a length that the algorithm can make.
func (a *algorithm) possible(signature []byte) bool {
	return a.sizes[0] <= len(signature) && len(signature) <= a.sizes[1]
}

// digest returns the hash of a text, or the text if the key signs the text itself.
func (a *algorithm) digest(text []byte, into *[sha512.Size]byte) []byte {
	switch a.hash {
	case crypto.SHA256:
		sum := sha256.Sum256(text)
		return append(into[:0], sum[:]...)
	case crypto.SHA384:
		sum := sha512.Sum384(text)
		return append(into[:0], sum[:]...)
	case crypto.SHA512:
		*into = sha512.Sum512(text)
		return into[:]
	}
	return text
}

// algorithmByName returns the algorithm with exactly that name, or nil.
func algorithmByName(name string) *algorithm {
	for _, a := range algorithms {
		if a.name == name {
			return a
		}
	}
	return nil
}

// algorithmsFor returns the names of the algorithms that a key can verify. Each curve has one (RFC 7518, section 3.4).
func algorithmsFor(key crypto.PublicKey) []string {
	switch k := key.(type) {
	case *rsa.PublicKey:
		return []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}
	case *ecdsa.PublicKey:
		switch k.Curve {
		case elliptic.P256():
			return []string{"ES256"}
		case elliptic.P384():
			return []string{"ES384"}
		case elliptic.P521():
			return []string{"ES512"}
		}
	case ed25519.PublicKey:
		return []string{"EdDSA", "Ed25519"}
	}
	return nil
}

// signatureSize returns the length of a key's signatures in bytes, or zero for a key of another kind.
func signatureSize(key crypto.PublicKey) int {
	switch k := key.(type) {
	case *rsa.PublicKey:
		return k.Size()
	case *ecdsa.PublicKey:
		return 2 * orderSize(k.Curve)
	case ed25519.PublicKey:
		return ed25519.SignatureSize
	}
	return 0
}

// orderSize returns the length of the order of a curve in bytes.
func orderSize(curve elliptic.Curve) int { return (curve.Params().N.BitLen() + 7) / 8 }

func isEd25519(key crypto.PublicKey) bool {
	_, ok := key.(ed25519.PublicKey)
	return ok
}

func verifyPKCS1(key crypto.PublicKey, hash crypto.Hash, digest, signature []byte) bool {
	k, ok := key.(*rsa.PublicKey)
	return ok && rsa.VerifyPKCS1v15(k, hash, digest, signature) == nil
}

// verifyPSS requires a salt as long as the hash (RFC 7518, section 3.5).
func verifyPSS(key crypto.PublicKey, hash crypto.Hash, digest, signature []byte) bool {
	k, ok := key.(*rsa.PublicKey)
	salt := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}
	return ok && rsa.VerifyPSS(k, hash, digest, signature, salt) == nil
}

// verifyECDSA requires R followed by S, each as long as the order of the curve (RFC 7518, section 3.4).
func verifyECDSA(key crypto.PublicKey, _ crypto.Hash, digest, signature []byte) bool {
	k, ok := key.(*ecdsa.PublicKey)
	if !ok {
		return false
	}
	half := orderSize(k.Curve)
	if len(signature) != 2*half {
		return false
	}
	r := new(big.Int).SetBytes(signature[:half])
	s := new(big.Int).SetBytes(signature[half:])
	return ecdsa.Verify(k, digest, r, s)
}

func verifyEd25519(key crypto.PublicKey, _ crypto.Hash, text, signature []byte) bool {
	k, ok := key.(ed25519.PublicKey)
	return ok && ed25519.Verify(k, text, signature)
}
