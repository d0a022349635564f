package oracle

import (
	"slices"
	"strings"
	"time"
)

// seeds returns mutations for every form that some reader of tokens is known to misread.
func (g *generator) seeds() []mutation {
	return slices.Concat(g.validSeeds(), headerSeeds(), g.claimSeeds(), g.segmentSeeds(), g.keySeeds())
}

// validSeeds have every key, profile and leeway, and clocks around the limits.
func (g *generator) validSeeds() []mutation {
	var all []mutation
	for signer := range g.signers {
		all = append(all, mutation{how: how(signer, texts, false, 0)}, mutation{how: how(signer, texts, true, time.Minute), clock: 359})
	}
	for _, clock := range []int64{-61, -1, 1, 299, 300, 301, 1 << 33, -1 << 62, 1<<63 - 1} {
		all = append(all, mutation{clock: clock})
	}
	return all
}

func headerSeeds() []mutation {
	var all []mutation
	for _, header := range []string{
		`{"alg":"ES256","typ":"at+jwt"}`, ` { "typ" : "at+jwt" , "alg" : "ES256" } `, `{"alg":"ES256","kid":"es256","typ":"at+jwt"}{}`,
		`{"alg":"ES256","typ":"at+jwt","x":{"y":[1,{"z":2,"z":3}]}}`, "\ufeff" + `{"alg":"ES256","typ":"at+jwt"}`, `[]`, `null`, `"ES256"`,
		`{"\u0061lg":"ES256","typ":"at\u002bjwt"}`, `{"alg":"ES256","typ":"at+jwt"`, strings.Repeat(`{"x":`, 900) + `1` + strings.Repeat(`}`, 900),
	} {
		all = append(all, mutation{header: header})
	}
	return all
}

func (g *generator) claimSeeds() []mutation {
	var all []mutation
	for _, name := range []string{"iss", "aud", "exp", "nbf", "iat", "sub", "cnf", "roles"} {
		for _, value := range []string{`1`, `"a"`, `[]`, `1e30`} {
			bad, unpublished := change(ofClaims, set, name, value), how(4, texts, false, 0)
			all = append(all, mutation{changes: bad}, mutation{how: unpublished, changes: bad}, mutation{changes: bad, edits: []byte{0x80, 0, 0, 0}})
		}
	}
	good := g.claims.String()
	replaced := func(old, new string) string { return strings.Replace(good, old, new, 1) }
	for _, claims := range []string{
		good, good + " ", good + "{}", good + "junk", " " + good, "\ufeff" + good, `[` + good + `]`, `{}`, `[]`, `null`, `1`, good[:len(good)-1],
		replaced(`"alice"`, `"al\u0069ce"`), replaced(`"alice"`, `"alice","sub":"bob"`), replaced(`"alice"`, `"alice","\u0073ub":"bob"`),
		replaced(`"alice"`, `"alice","Sub":"bob"`), replaced(`"sub"`, `"Sub"`), replaced(`{`, `{"x":`+strings.Repeat(`[`, 2000)+strings.Repeat(`]`, 2000)+`,`),
		strings.ReplaceAll(good, `,`, ",\r\n\t "), replaced(`"aud":`, `"aud":["a"],"Aud":`), replaced(`{`, `{"x":{"iss":"a","iss":"b"},`),
	} {
		all = append(all, mutation{claims: claims})
	}
	return all
}

// segmentSeeds are encoded segments and tokens, most of them invalid.
func (g *generator) segmentSeeds() []mutation {
	var all []mutation
	valid, foreign := g.generate(mutation{}).token, g.generate(mutation{how: how(4, texts, false, 0)}).token
	s := strings.Split(valid, ".")
	for _, odd := range [][2]string{
		{s[0], s[1]}, {s[0] + "=", s[1]}, {s[0], s[1] + "=="}, {s[0] + "\n", s[1]}, {s[0], "\r\n" + s[1]}, {s[0], " " + s[1]}, {s[0], s[1] + "\x00"},
		{s[0], ""}, {"", s[1]}, {s[0], s[1] + ".a"}, {s[0], "AB"}, {s[0], strings.NewReplacer("-", "+", "_", "/").Replace(s[1])},
	} {
		all = append(all, mutation{how: how(0, segments, false, 0), header: odd[0], claims: odd[1]})
	}
	for _, token := range []string{
		valid, foreign, valid + ".", "." + valid, valid + ".a.b", s[0] + "." + s[1] + ".", s[0] + ".." + s[2],
		`{"payload":"` + s[1] + `","protected":"` + s[0] + `","signature":"` + s[2] + `"}`, "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0." + s[1] + ".",
	} {
		all = append(all, mutation{how: how(0, whole, false, 0), header: token})
	}
	for _, edit := range []byte{0, 1, 2, 3, 4} {
		all = append(all, mutation{edits: []byte{edit, 0, 3, 'A'}}, mutation{edits: []byte{edit, 0xff, 0xff, '.', 4, 0, 0, '='}})
		all = append(all, mutation{edits: []byte{0x80 + edit, 0, 0, 0}}, mutation{edits: []byte{0x80 + edit, 0, 32, 0}})
	}
	return all
}

func (g *generator) keySeeds() []mutation {
	var all []mutation
	good, key := keySet(g.keys), g.keys[0].String()
	for _, set := range []string{
		good, `{}`, `{"keys":[]}`, `{"keys":[` + key + `,` + key + `]}`, `{"keys":[null,1,{},` + key + `]}`, `{"keys":[` + key + `],"Keys":[]}`,
		`{"keys":[` + key + `],"keys":[]}`, strings.Replace(good, `"kid":"rs256"`, `"kid":"es256"`, 1), `{"keys":[` + key + `]} x`,
		strings.ReplaceAll(good, `"kid"`, `"id"`), strings.ReplaceAll(good, `"alg"`, `"Alg"`), strings.ReplaceAll(good, `"use":"sig"`, `"use":"enc"`),
	} {
		all = append(all, mutation{keySet: set}, mutation{keySet: set, changes: change(ofHeader, leaveOut, "kid", `null`)})
	}
	return all
}
