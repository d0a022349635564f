package devidp

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
)

// LoadKey reads the RSA signing key at path, in PEM and PKCS #8. If there is no file, it creates a key
// of 2048 bits with mode 0600, so that tokens stay valid across restarts.
func LoadKey(path string) (*rsa.PrivateKey, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		data, err = createKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("devidp: signing key: %w", err)
	}
	if block, _ := pem.Decode(data); block != nil {
		parsed, _ := x509.ParsePKCS8PrivateKey(block.Bytes)
		if key, ok := parsed.(*rsa.PrivateKey); ok {
			return key, nil
		}
	}
	return nil, fmt.Errorf("devidp: %s is not an RSA key in PEM and PKCS #8: delete the file to get a new key", path)
}

// createKey stores a new key at path, and returns what it stored.
func createKey(path string) ([]byte, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	data := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	return data, os.WriteFile(path, data, 0o600)
}

// publicJWK returns the required members of a public key (RFC 7518, section 6.3.1).
func publicJWK(key *rsa.PublicKey) map[string]string {
	encode := base64.RawURLEncoding.EncodeToString
	return map[string]string{"kty": "RSA", "n": encode(key.N.Bytes()), "e": encode(big.NewInt(int64(key.E)).Bytes())}
}

// thumbprint returns the key id, a hash of the key (RFC 7638): another key has another id. The prefix
// identifies tokens of this provider.
func thumbprint(key *rsa.PublicKey) string {
	members, _ := json.Marshal(publicJWK(key)) // sorted, as section 3 requires; strings always encode
	sum := sha256.Sum256(members)
	return "dev-" + base64.RawURLEncoding.EncodeToString(sum[:])
}

// jwks publishes the key that verifies every token (RFC 7517, section 5).
func (p *Provider) jwks(w http.ResponseWriter, _ *http.Request) {
	key := publicJWK(&p.cfg.Key.PublicKey)
	maps.Copy(key, map[string]string{"use": "sig", "alg": "RS256", "kid": p.kid})
	writeJSON(w, http.StatusOK, map[string]any{"keys": []any{key}})
}
