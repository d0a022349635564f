package oracle

import (
	"strings"
	"testing"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/problem"
)

// encodingOverrides are the overrides of the vectors that TestWycheproofEncoding signs again.
var encodingOverrides = map[int]override{
	372: {problem.TokenMalformed, notAlphabet},
	373: {problem.TokenMalformed, notAlphabet},
}

// mislabeled are vectors that are invalid because of their padding, but have none: they equal the vector
// that the table names, which is valid.
var mislabeled = map[int]int{367: 357, 370: 357}

// TestWycheproofEncoding signs the vectors about base64url again with ES256. With HS256, as they are,
// they are rejected for their algorithm alone.
func TestWycheproofEncoding(t *testing.T) {
	signer := &authtest.Key{ID: "hs256-key", Algorithm: "ES256", Private: authtest.NewKey("ES256").Private}
	p := connect(t, jwks(t, signer))
	tokens, signed := map[int]string{}, 0
	for _, g := range load(t, "json_web_signature_test.json", 401).Groups {
		if g.Comment != "base64" {
			continue
		}
		for _, v := range g.Vectors {
			if tokens[v.ID] = v.Token; mislabeled[v.ID] != 0 {
				if v.valid() || v.Token != tokens[mislabeled[v.ID]] {
					t.Errorf("%d %s: is not mislabeled any more", v.ID, v.Comment)
				}
				continue
			}
			v.Token = signAgain(v.Token, signer)
			payload, err := p.VerifySignature(t.Context(), v.Token)
			if o, excepted := encodingOverrides[v.ID]; excepted {
				o.check(t, v, err)
			} else {
				v.check(t, payload, err)
			}
			signed++
		}
	}
	if signed != 19 {
		t.Errorf("%d vectors were signed again, want 19", signed)
	}
}

// toES256 changes the algorithm of an encoded header, at each of two alignments.
var toES256 = strings.NewReplacer("JIUzI1Ni", "JFUzI1Ni", "IkhTMjU2", "IkVTMjU2")

// signAgain signs the segments of a token. Characters around its signature that are not base64url come
// before the new one.
func signAgain(token string, signer *authtest.Key) string {
	segments := strings.Split(token, ".")
	foreign := strings.Trim(segments[2], "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
	signed := toES256.Replace(segments[0]) + "." + segments[1]
	return signed + "." + foreign + authtest.Encode(string(signer.Signature(signed)))
}
