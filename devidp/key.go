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
		return createKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("devidp: reading the signing key: %w", err)
	}
	key, err := parseKey(data)
	if err != nil {
		return nil, fmt.Errorf("devidp: signing key %s: %w; delete the file to get a new key", path, err)
	}
	return key, nil
}

func parseKey(data []byte) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, errors.New("no PEM block")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("want an RSA key, got %T", parsed)
	}
	return key, nil
}

func createKey(path string) (*rsa.PrivateKey, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("devidp: generating the signing key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("devidp: encoding the signing key: %w", err)
	}
	data := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	err = os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = os.WriteFile(path, data, 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("devidp: saving the signing key: %w", err)
	}
	return key, nil
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
