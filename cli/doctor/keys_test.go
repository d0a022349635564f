package doctor

import (
	"crypto/rand"
	"crypto/rsa"
	"maps"

	"example.com/gatehouse/auth/authtest"
)

func weak() map[string]any {
	private, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		panic(err)
	}
	return (&authtest.Key{ID: "weak", Algorithm: "RS256", Private: private}).JWK()
}

func with(key map[string]any, changes map[string]any) map[string]any {
	key = maps.Clone(key)
	maps.Copy(key, changes)
	return key
}
