package auth

import (
	"fmt"
	"testing"
)

func TestProfilesHaveNames(t *testing.T) {
	for name, want := range map[string]Profile{"rfc9068": RFC9068(), "jwt": PlainJWT()} {
		got, err := ProfileByName(name)
		if err != nil || got != want || got.String() != name {
			t.Errorf("%s: got %v and %v", name, got, err)
		}
	}
	for _, name := range []string{"", "RFC9068", "JWT", "rfc", "entra "} {
		if p, err := ProfileByName(name); err == nil || p != (Profile{}) {
			t.Errorf("%q: got %v", name, p)
		}
	}
	if (Profile{}) != RFC9068() {
		t.Error("the zero profile is not the strict one")
	}
}

func TestProfilesAllowTheirTypes(t *testing.T) {
	for _, test := range []struct {
		typ             string
		strict, lenient bool
	}{
		{"at+jwt", true, true},
		{"AT+JWT", true, true},
		{"application/at+jwt", true, true},
		{"APPLICATION/AT+JWT", true, true},
		{"JWT", false, true},
		{"jwt", false, true},
		{"application/jwt", false, true},
		{"", false, true},
		{"application/application/at+jwt", false, false},
		{"text/at+jwt", false, false},
		{"at+jwt; v=1", false, false},
		{"dpop+jwt", false, false},
		{"logout+jwt", false, false},
		{"secevent+jwt", false, false},
		{"id+jwt", false, false},
	} {
		t.Run(fmt.Sprintf("%q", test.typ), func(t *testing.T) {
			if s, l := RFC9068().allowsType(test.typ), PlainJWT().allowsType(test.typ); s != test.strict || l != test.lenient {
				t.Errorf("got %v and %v", s, l)
			}
		})
	}
}

func TestProfilesFindClientAndScopes(t *testing.T) {
	for _, test := range []struct {
		claims                        string
		strictClient, lenientClient   string
		strictScopes, lenientScopes   string // as fmt quotes them
		strictInvalid, lenientInvalid bool   // of the scopes
	}{
		{`{"client_id":"a","azp":"b","cid":"c","scope":"x y"}`, "a", "a", `["x" "y"]`, `["x" "y"]`, false, false},
		{`{"azp":"b","cid":"c"}`, "", "b", `[]`, `[]`, false, false},
		{`{"client_id":null,"azp":null,"appid":"d"}`, "", "d", `[]`, `[]`, false, false},
		{`{"cid":"c"}`, "", "c", `[]`, `[]`, false, false},
		{`{"azp":5,"cid":"c"}`, "", "", `[]`, `[]`, false, false},
		{`{"scp":"x y"}`, "", "", `[]`, `["x" "y"]`, false, false},
		{`{"scp":["x y","z"]}`, "", "", `[]`, `["x y" "z"]`, false, false},
		{`{"scp":[]}`, "", "", `[]`, `[]`, false, false},
		{`{"scope":"","scp":"x"}`, "", "", `[]`, `["x"]`, false, false},
		{`{"scope":5,"scp":"x"}`, "", "", `[]`, `["x"]`, true, false},
		{`{"scope":["x"]}`, "", "", `[]`, `["x"]`, true, false},
		{`{"scope":null,"scp":null}`, "", "", `[]`, `[]`, true, false},
		{`{"scp":5}`, "", "", `[]`, `[]`, false, false},
		{`{"scp":["x",5]}`, "", "", `[]`, `[]`, false, false},
		{`{"scope":"  x   y  "}`, "", "", `["x" "y"]`, `["x" "y"]`, false, false},
		{`{"scope":"x\ty\u00a0z"}`, "", "", `["x\ty\u00a0z"]`, `["x\ty\u00a0z"]`, false, false},
	} {
		t.Run(test.claims, func(t *testing.T) {
			check := func(p Profile, client, scopes string, invalidScopes bool) {
				c := &candidate{config: &Config{}, rules: newRules(&Config{}, p)}
				if err := c.parse([]byte(test.claims)); err != nil {
					t.Fatal(err)
				}
				if c.client.value != client || (c.scopes.state == invalid) != invalidScopes || fmt.Sprintf("%q", c.scopes.values) != scopes {
					t.Errorf("%v: got %q and %v", p, c.client.value, c.scopes)
				}
			}
			check(RFC9068(), test.strictClient, test.strictScopes, test.strictInvalid)
			check(PlainJWT(), test.lenientClient, test.lenientScopes, test.lenientInvalid)
		})
	}
}
