package oracle

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// A document is a JSON object as a list of members. Unlike a map it can have a member twice, in another
// case, or with a value that is no JSON.
type document []member

type member struct{ name, value string }

// parseDocument returns an object's members in the order of their names.
func parseDocument(t testing.TB, v any) document {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		t.Fatal(err)
	}
	var d document
	for _, name := range slices.Sorted(maps.Keys(members)) {
		d = append(d, member{name, string(members[name])})
	}
	return d
}

// String returns the document as JSON, if its members are.
func (d document) String() string {
	var members []string
	for _, m := range d {
		members = append(members, `"`+m.name+`":`+m.value)
	}
	return "{" + strings.Join(members, ",") + "}"
}

// The kinds of changes.
const (
	set     = iota // or add
	repeat         // add at the end
	precede        // add at the beginning
	leaveOut
	capitalize // add with the name in capitals
	nest       // add with the value in an array in an object
	verbs
)

// changed returns the document after one change, which three bytes choose.
func (d document) changed(verb, name, value byte) document {
	m := member{names[int(name)%len(names)], values[int(value)%len(values)]}
	i := slices.IndexFunc(d, func(old member) bool { return old.name == m.name })
	rest := slices.Clone(d)
	if i >= 0 {
		rest = slices.Delete(rest, i, i+1)
	}
	switch verb % verbs {
	case set:
		return slices.Insert(rest, max(i, 0), m)
	case precede:
		return append(document{m}, d...)
	case leaveOut:
		return rest
	case capitalize:
		if i >= 0 {
			m.value = d[i].value
		}
		return append(rest, member{strings.ToUpper(m.name), m.value})
	case nest:
		m.value = `{"` + m.name + `":[` + m.value + `,{}]}`
	}
	return append(slices.Clone(d), m)
}

// names and values are what changes are made of: members that readers of tokens or keys act on, and
// values that they may misread. Add new ones at the end: the corpus has their indexes.
var names = [...]string{
	"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "client_id", "scope", "roles", "acr", "auth_time", "cnf", "nonce", "at_hash",
	"events", "htm", "token_use", "azp", "cid", "scp", "typ", "alg", "kid", "crit", "b64", "zip", "jwk", "jku", "x5u", "x5c", "x5t",
	"x5t#S256", "cty", "enc", "kty", "use", "key_ops", "crv", "x", "y", "n", "e", "k", "d", "keys", "name", `\u0061lg`, `\u0069ss`, "",
}

var values = [...]string{
	`null`, `true`, `false`, `0`, `-0`, `-1`, `1`, `1.5`, `1e30`, `1e400`, `-1e400`, `9223372036854775807`, `9223372036854775808`,
	`253402300799`, `253402300800`, `18446744073709551616`, `1e-400`, `01`, `+1`, `0x1`, `NaN`, `""`, `" "`, `"a b"`, `"\ud800"`, "\"\xff\"",
	"\"\u0000\"", `"\u0000"`, `"a"`, `"id"`, `"Refresh"`, `[]`, `[null]`, `["a"]`, `["a",1]`, `[["a"]]`, `{}`, `{"a":1,"a":2}`, `{"jkt":"a"}`, `"`, ``, `1}{`,
	`"` + issuer + `"`, `"` + issuer + `/"`, `["` + issuer + `"]`, `"` + audience + `"`, `["` + audience + `"]`, `["a","` + audience + `"]`,
	`["` + audience + `",5]`, `"` + audience + `/"`, seconds(0), seconds(-1), seconds(1), seconds(-60), seconds(60), seconds(-61), seconds(61), seconds(3600),
	seconds(0) + `.0`, seconds(0) + `.5`, seconds(0) + `.999999999`, seconds(0) + `e0`, `"` + seconds(60) + `"`, `1.8e9`, `18e8`,
	`"at+jwt"`, `"AT+JWT"`, `"application/at+jwt"`, `"JWT"`, `"dpop+jwt"`, `"ES256"`, `"RS256"`, `"PS256"`, `"EdDSA"`, `"none"`, `"HS256"`, `"es256"`, `"ES384"`,
	`"rs256"`, `"ps256"`, `"eddsa"`, `"sig"`, `"enc"`, `["verify"]`, `["sign"]`, `["sign","verify"]`, `["exp"]`, `["b64"]`, `"DEF"`, `"EC"`, `"RSA"`, `"OKP"`, `"oct"`,
	`"P-256"`, `"P-384"`, `"Ed25519"`, `"X25519"`, `"AQAB"`, `"AQ"`, `"AQAAAAE"`, `"AAAA"`, `"AA=="`, `{"kty":"oct","k":"AA"}`, `"https://evil.example/jwks"`,
}

// epoch is the time when the fuzzed tokens are issued.
var epoch = time.Unix(1_800_000_000, 0).UTC()

// seconds returns a date of so many seconds after epoch.
func seconds(after int64) string {
	text, _ := json.Marshal(epoch.Unix() + after)
	return string(text)
}

// change returns the four bytes of a mutation that encode a change.
func change(target, verb byte, name, value string) []byte {
	return []byte{target, verb, byte(slices.Index(names[:], name)), byte(slices.Index(values[:], value))}
}

// keySet returns the JWK set of the keys.
func keySet(keys []document) string {
	var members []string
	for _, k := range keys {
		members = append(members, k.String())
	}
	return `{"keys":[` + strings.Join(members, ",") + `]}`
}
