package conformance

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A parsedChallenge is a scheme with its parameters or its token68 (RFC 9110, section 11.3).
type parsedChallenge struct {
	scheme  string
	token68 string
	names   []string // of the parameters, in lower case, in order
	values  []string
}

// parseChallenges parses a WWW-Authenticate field line. It is a list of challenges, each with a list
// of parameters, so a comma may separate either.
func parseChallenges(line string) (list []parsedChallenge, err error) {
	s := line
	for s = skipCommas(s); s != ""; s = skipCommas(s) {
		word, rest := cutToken(s)
		if word == "" {
			return nil, fmt.Errorf("no token at %q", s)
		}
		if value, after, ok := cutParameter(rest); ok && len(list) > 0 {
			s = after
			last := &list[len(list)-1]
			last.names, last.values = append(last.names, strings.ToLower(word)), append(last.values, value)
		} else {
			c := parsedChallenge{scheme: word}
			s, c.token68 = cutToken68(rest)
			list = append(list, c)
		}
		// Next comes the end, a comma or, after a scheme alone, spaces.
		end := s == "" || strings.HasPrefix(strings.TrimLeft(s, " \t"), ",") || strings.TrimSpace(s) == ""
		last := list[len(list)-1]
		if !end && !(len(last.names) == 0 && last.token68 == "" && s[0] == ' ') {
			return nil, fmt.Errorf("unexpected %q", s)
		}
	}
	if len(list) == 0 {
		return nil, errors.New("no challenge")
	}
	return list, nil
}

func skipCommas(s string) string { return strings.TrimLeft(s, " \t,") }

func cutToken(s string) (token, rest string) {
	end := strings.IndexFunc(s, func(c rune) bool {
		return c <= ' ' || c > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c)
	})
	if end < 0 {
		end = len(s)
	}
	return s[:end], s[end:]
}

// cutParameter cuts the equals sign and the value of a parameter, which is a token or a quoted string
// (RFC 9110, section 11.2).
func cutParameter(s string) (value, rest string, ok bool) {
	s = strings.TrimLeft(s, " \t")
	if !strings.HasPrefix(s, "=") {
		return "", s, false
	}
	s = strings.TrimLeft(s[1:], " \t")
	if !strings.HasPrefix(s, `"`) {
		value, rest = cutToken(s)
		return value, rest, value != ""
	}
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return value, s[i+1:], true
		case c == '\\' && i+1 < len(s):
			i++
			value += s[i : i+1]
		case c < ' ' && c != '\t' || c == 0x7f:
			return "", s, false
		default:
			value += s[i : i+1]
		}
	}
	return "", s, false
}

// cutToken68 cuts a token68, which stands in place of parameters: the end or a comma follows it.
func cutToken68(s string) (rest, token string) {
	text, ok := strings.CutPrefix(s, " ")
	text = strings.TrimLeft(text, " ")
	padding := strings.TrimLeft(text, "-._~+/abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
	after := strings.TrimLeft(padding, "=")
	if !ok || len(padding) == len(text) || after != "" && !strings.HasPrefix(strings.TrimLeft(after, " "), ",") {
		return s, ""
	}
	return after, text[:len(text)-len(after)]
}

// challengeFaults returns how a field line violates RFC 6750, section 3.
func challengeFaults(line string) []string {
	list, err := parseChallenges(line)
	if err != nil {
		return []string{fmt.Sprintf("a challenge that does not parse: %v", err)}
	}
	var found []string
	for _, c := range list {
		if len(c.names) == 0 {
			found = append(found, "a challenge without a parameter")
		}
		names := slices.Clone(c.names)
		slices.Sort(names)
		if len(slices.Compact(names)) != len(c.names) {
			found = append(found, "a challenge that repeats a parameter")
		}
		for i, name := range c.names {
			if strings.ContainsFunc(c.values[i], func(r rune) bool { return !allowedIn(name, r) }) {
				found = append(found, "a challenge whose "+name+" has forbidden characters")
			}
		}
	}
	return found
}

// allowedIn reports whether a parameter of a Bearer challenge may have a character.
func allowedIn(name string, c rune) bool {
	visible := c > ' ' && c <= '~' && c != '"' && c != '\\'
	return visible || c == ' ' && slices.Contains([]string{"realm", "scope", "error", "error_description", "acr_values"}, name)
}

func TestChallengesAreParsed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, line, want string }{
		{"one parameter", `Bearer realm="a"`, `[{Bearer  [realm] [a]}]`},
		{"several parameters", `Bearer realm="a", error="b c",x=y`, `[{Bearer  [realm error x] [a b c y]}]`},
		{"two challenges on one line", `Bearer realm="a", DPoP algs="ES256 EdDSA"`, `[{Bearer  [realm] [a]} {DPoP  [algs] [ES256 EdDSA]}]`},
		{"a scheme alone before a challenge", `Negotiate, Bearer realm="a"`, `[{Negotiate  [] []} {Bearer  [realm] [a]}]`},
		{"a token68", `Negotiate YWJj==, Bearer realm="a"`, `[{Negotiate YWJj== [] []} {Bearer  [realm] [a]}]`},
		{"escapes in a quoted string", `Bearer realm="a\"b\\c"`, `[{Bearer  [realm] [a"b\c]}]`},
		{"a comma in a quoted string", `Bearer realm="a, b=c"`, `[{Bearer  [realm] [a, b=c]}]`},
		{"spaces around the equals sign", `Bearer realm = "a"`, `[{Bearer  [realm] [a]}]`},
		{"empty members of the list", `, Bearer realm="a", ,`, `[{Bearer  [realm] [a]}]`},
		{"an open quoted string", `Bearer realm="a`, ""},
		{"a quote inside a quoted string", `Bearer realm="a"b"`, ""},
		{"a line break in a quoted string", "Bearer realm=\"a\r\n\"", ""},
		{"no comma between parameters", `Bearer realm="a" error="b"`, ""},
		{"a parameter without a value", `Bearer realm="a", error=`, ""},
		{"an empty line", "", ""},
		{"a parameter without a scheme", `="a"`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			list, err := parseChallenges(test.line)
			if got := fmt.Sprint(list); err == nil && got != test.want || err != nil && test.want != "" {
				t.Errorf("got %s, %v, want %s", got, err, test.want)
			}
		})
	}
}

func TestFaultyChallengesAreFound(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, line string }{
		{"no parameter", "Bearer"},
		{"a repeated parameter", `Bearer realm="a", REALM="b"`},
		{"a quote in error_description", `Bearer error_description="a \"b\""`},
		{"a backslash in realm", `Bearer realm="a\\b"`},
		{"a letter beyond ASCII", `Bearer error_description="é"`},
		{"a space in an address", `Bearer resource_metadata="https://a b"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if len(challengeFaults(test.line)) == 0 {
				t.Error("no fault found")
			}
		})
	}
}
