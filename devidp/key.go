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
	"math/big"
	"net/http"
	"os"
	"path/filepath"
)

// LoadKey reads the RSA signing key at path, in PEM and PKCS #8. When there is none it creates one
// of 2048 bits, readable by the owner alone, so that tokens outlive a restart.
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
	if err := writeSecret(path, data); err != nil {
		return nil, fmt.Errorf("devidp: saving the signing key: %w", err)
	}
	return key, nil
}

// writeSecret writes beside path and renames, so that nobody ever reads half a file. The temporary
// file has mode 0600 from its first byte.
func writeSecret(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".key-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.Write(data)
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// A jwk is a public RSA key. Its required members stand in the order that thumbprints need.
type jwk struct {
	E   string `json:"e"`
	Kty string `json:"kty"`
	N   string `json:"n"`
	Use string `json:"use,omitempty"`
	Alg string `json:"alg,omitempty"`
	Kid string `json:"kid,omitempty"`
}

func newJWK(key *rsa.PublicKey) jwk {
	encode := base64.RawURLEncoding.EncodeToString
	return jwk{E: encode(big.NewInt(int64(key.E)).Bytes()), Kty: "RSA", N: encode(key.N.Bytes())}
}

// thumbprint names a key after its own content (RFC 7638), so another key has another name. The
// prefix tells whoever meets a token of this provider elsewhere where it comes from.
func thumbprint(key *rsa.PublicKey) string {
	members, _ := json.Marshal(newJWK(key)) // three strings always encode
	sum := sha256.Sum256(members)
	return "dev-" + base64.RawURLEncoding.EncodeToString(sum[:])
}

// jwks publishes the key that verifies every token (RFC 7517, section 5).
func (p *Provider) jwks(w http.ResponseWriter, r *http.Request) {
	key := newJWK(&p.cfg.Key.PublicKey)
	key.Use, key.Alg, key.Kid = "sig", "RS256", p.kid
	writeJSON(w, http.StatusOK, map[string][]jwk{"keys": {key}})
}
