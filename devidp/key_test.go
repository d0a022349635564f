package devidp_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/gatehouse/devidp"
)

func TestKeyIsCreatedOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	path := filepath.Join(dir, "key.pem")
	first, err := devidp.LoadKey(path)
	if err != nil {
		t.Fatal(err)
	}
	second, err := devidp.LoadKey(path)
	if err != nil {
		t.Fatal(err)
	}
	if !first.Equal(second) || first.N.BitLen() != 2048 {
		t.Errorf("got two keys, or one of %d bits", first.N.BitLen())
	}
	for name, want := range map[string]os.FileMode{path: 0o600, dir: 0o700 | os.ModeDir} {
		info, err := os.Stat(name)
		if err != nil || info.Mode() != want {
			t.Errorf("%s: got %v %v, want %v", name, info.Mode(), err, want)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("got %v %v, want the key alone", entries, err)
	}
}

func TestInvalidKeyFilesAreRejected(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		data []byte
	}{
		{"an empty file", nil},
		{"a text", []byte("not a key")},
		{"a block of noise", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("noise")})},
		{"a key of another kind", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "key.pem")
			if err := os.WriteFile(path, tt.data, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := devidp.LoadKey(path); err == nil || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v, want an error that names the file", err)
			}
			if data, err := os.ReadFile(path); err != nil || string(data) != string(tt.data) {
				t.Errorf("the file was changed: %q %v", data, err)
			}
		})
	}
	if _, err := devidp.LoadKey(t.TempDir()); err == nil {
		t.Error("a folder passes for a key")
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := devidp.LoadKey(filepath.Join(file, "key.pem")); err == nil {
		t.Error("a key was created below a file")
	}
}
