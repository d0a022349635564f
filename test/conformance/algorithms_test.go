package conformance

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/auth/authtest"
)

// TestHostile is table 2.1 of the attack catalogue: tokens that are signed correctly and
// that one library or another accepts. Line breaks and spaces within a token cannot be sent over
// HTTP; package auth tests them. JSON that is 20000 deep is A15.
func TestHostile(t *testing.T) {
	t.Parallel()
	for _, algorithm := range []string{"ES256", "RS256", "PS256", "EdDSA"} {
		t.Run(algorithm, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, publishing(rigKey(algorithm)))
			r.run(t, hostileHeaders(r))
			r.run(t, hostileClaims(r))
			r.run(t, hostileTexts(r))
			r.run(t, hostileSignatures(r, algorithm))
		})
	}
}

func hostileHeaders(r *rig) []row {
	foreign := authtest.NewKey("ES256").JWK()
	return []row{
		{"an unknown crit", me(r.headed(header{"crit": []string{"x"}, "x": 1})), "token-malformed"},
		{"an empty crit", me(r.headed(header{"crit": []string{}})), "token-malformed"},
		{"b64 false, and crit says so", me(r.headed(header{"crit": []string{"b64"}, "b64": false})), "token-malformed"},
		{"b64 false alone", me(r.headed(header{"b64": false})), "token-malformed"},
		{"alg none before alg", me(r.headedText(`{"alg":"none",$}`)), "token-malformed"},
		{"alg none behind alg", me(r.headedText(`{$,"alg":"none"}`)), "token-malformed"},
		{"a kid that is a number", me(r.headed(header{"kid": 1})), "token-malformed"},
		{"a typ that is a number", me(r.headed(header{"typ": 1})), "token-type-wrong"},
		{"jku", me(r.headed(header{"jku": r.issuer.URL + "/jwks"})), "token-malformed"},
		{"zip", me(r.headed(header{"zip": "DEF"})), "token-malformed"},
		{"a foreign jwk", me(r.headed(header{"jwk": foreign})), "token-malformed"},
		{"x5u", me(r.headed(header{"x5u": r.issuer.URL})), "token-malformed"},
		{"alg in lower case", me(r.headed(header{"alg": strings.ToLower(r.issuer.Key().Algorithm)})), "algorithm-not-allowed"},
	}
}

func hostileClaims(r *rig) []row {
	rows := []row{
		{"the token that all others are made from", me(r.issuer.Token()), ""},
		{"exp twice", me(r.claimingText(`{$,"exp":99999999999}`)), "token-malformed"},
		{"iss twice", me(r.claimingText(`{$,"iss":"x"}`)), "token-malformed"},
		{"ISS for iss", me(r.claiming(authtest.Claims{"iss": nil, "ISS": r.issuer.URL})), "claim-missing"},
		{"EXP for exp", me(r.claiming(authtest.Claims{"exp": nil, "EXP": 99999999999})), "claim-missing"},
		{"no exp", me(r.claiming(authtest.Claims{"exp": nil})), "claim-missing"},
		{"exp 0", me(r.claiming(authtest.Claims{"exp": 0})), "token-expired"},
		{"nbf 1e30", me(r.claiming(authtest.Claims{"nbf": 1e30})), "claim-invalid"},
		{"a letter behind the claims", me(r.claimingText(`{$}x`)), "token-malformed"},
		{"a second object behind the claims", me(r.claimingText(`{$}{"sub":"root"}`)), "token-malformed"},
		{"a claim that is not UTF-8", me(r.claimingText("{$,\"x\":\"\xff\"}")), "token-malformed"},
		{"a byte order mark", me(r.claimingText("\ufeff{$}")), "token-malformed"},
		{"an array for claims", me(r.claimingText("[]")), "token-malformed"},
		{"null for claims", me(r.claimingText("null")), "token-malformed"},
		{"JSON that is eight thousand deep", me(r.claimingText(`{$,"x":` + nested(8000) + `}`)), "credentials-too-large"},
	}
	for _, exp := range []any{"1", null, 1e30, json.RawMessage("1e400"), json.RawMessage("9223372036854775808"), -1, true} {
		rows = append(rows, row{"exp " + toJSON(exp), me(r.claiming(authtest.Claims{"exp": exp})), "claim-invalid"})
	}
	for _, aud := range []any{5, null, map[string]any{rigAudience: 1}, []any{rigAudience, 5}, []string{}} {
		rows = append(rows, row{"aud " + toJSON(aud), me(r.claiming(authtest.Claims{"aud": aud})), "audience-wrong"})
	}
	return rows
}

func hostileTexts(r *rig) []row {
	key, good := r.issuer.Key(), r.issuer.Token()
	claims := ragged(toJSON(r.issuer.Claims(authtest.Claims{"x": "????"})))
	head, rest, _ := strings.Cut(good, ".")
	return []row{
		{"the standard alphabet", me(key.SignSegments(head, standard(claims))), "token-malformed"},
		{"spare bits in the claims", me(key.SignSegments(head, loosened(claims))), "token-malformed"},
		{"spare bits in the signature", me(loosened(good)), "token-malformed"},
		{"padding", me(good + "=="), "token-malformed"},
		{"four parts", me(good + ".x"), "token-malformed"},
		{"JSON serialization", me(`{"protected":"` + head + `","payload":"` + rest + `"}`), "credentials-malformed"},
	}
}

// hostileSignatures are other signatures of the same key over the same text.
func hostileSignatures(r *rig, algorithm string) []row {
	changed := func(change func([]byte) []byte) call { return me(spoilt(r.issuer.Token(), change)) }
	rows := []row{
		{"a signature of zeros", changed(func(s []byte) []byte { return make([]byte, len(s)) }), "signature-invalid"},
		{"a zero before the signature", changed(func(s []byte) []byte { return append([]byte{0}, s...) }), "signature-invalid"},
		{"a zero behind the signature", changed(func(s []byte) []byte { return append(s, 0) }), "signature-invalid"},
		{"a flipped bit", changed(flipped), "signature-invalid"},
	}
	switch algorithm {
	case "ES256":
		rows = append(rows, row{"the mirrored signature", changed(mirrored), ""})
	case "EdDSA":
		rows = append(rows, row{"a signature one turn further", changed(turned), "signature-invalid"})
	}
	return rows
}

// turned adds the order of edwards25519 to the second half of a signature, which a careless
// implementation would reduce again (RFC 8032, section 5.1.7).
func turned(s []byte) []byte {
	order, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	half := slices.Clone(s[32:])
	slices.Reverse(half)
	half = new(big.Int).Add(new(big.Int).SetBytes(half), order).FillBytes(half)
	slices.Reverse(half)
	return append(s[:32:32], half...)
}
