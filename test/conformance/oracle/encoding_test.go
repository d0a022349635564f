package oracle

import (
	"strings"
	"testing"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/problem"
)

// encodingOverrides are for the transcribed vectors what signatureOverrides are for the others.
var encodingOverrides = map[int]override{
	372: {problem.TokenMalformed, notAlphabet},
	373: {problem.TokenMalformed, notAlphabet},
}

// misprints are vectors that are called invalid for their padding, which they lack: letter for letter
// they are the vector that the table names, and that one is valid.
var misprints = map[int]int{367: 357, 370: 357}

// The vectors about base64url are signed with HS256 and refused for that alone. So that they count,
// the same segments are signed with ES256.
func TestWycheproofEncoding(t *testing.T) {
	signer := &authtest.Key{ID: "hs256-key", Algorithm: "ES256", Private: authtest.NewKey("ES256").Private}
	p := connect(t, published(t, signer))
	tokens, transcribed := map[int]string{}, 0
	for _, g := range load(t, "json_web_signature_test.json", 401).Groups {
		if g.Comment != "base64" {
			continue
		}
		for _, v := range g.Vectors {
			if tokens[v.ID] = v.Token; misprints[v.ID] != 0 {
				if v.valid() || v.Token != tokens[misprints[v.ID]] {
					t.Errorf("%d %s: is no misprint any more", v.ID, v.Comment)
				}
				continue
			}
			v.Token = transcribe(v.Token, signer)
			payload, err := p.VerifySignature(t.Context(), v.Token)
			if o, excepted := encodingOverrides[v.ID]; excepted {
				o.check(t, v, err)
			} else {
				v.check(t, payload, err)
			}
			transcribed++
		}
	}
	if transcribed != 19 {
		t.Errorf("%d vectors were transcribed, want 19", transcribed)
	}
}

// toES256 changes the algorithm in headers that are encoded already, at each of two alignments.
var toES256 = strings.NewReplacer("JIUzI1Ni", "JFUzI1Ni", "IkhTMjU2", "IkVTMjU2")

// transcribe signs the segments of a token anew. What is not base64url at an end of its signature
// stands before the new one.
func transcribe(token string, signer *authtest.Key) string {
	segments := strings.Split(token, ".")
	foreign := strings.Trim(segments[2], "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
	signed := toES256.Replace(segments[0]) + "." + segments[1]
	return signed + "." + foreign + authtest.Encode(string(signer.Signature(signed)))
}
