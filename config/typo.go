package config

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

// A Typo is a variable that is none of [Variables] and looks like one of them.
type Typo struct {
	Name  string
	Where string // the environment, or the line of the file
	Meant string // the variable that it looks like
}

func (t Typo) Error() string {
	return fmt.Sprintf("%s: there is no such variable (%s): did you mean %s?", t.Name, t.Where, t.Meant)
}

// WithTypos returns an error of [Read] with a line for each typo.
func (e *Environment) WithTypos(err error) error {
	if err == nil {
		return nil
	}
	all := []error{err}
	for _, typo := range e.Typos() {
		all = append(all, typo)
	}
	return errors.Join(all...)
}

// Typos returns every typo in the environment of the process and in the file.
func (e *Environment) Typos() []Typo {
	where := map[string]string{}
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		where[name] = "the environment"
	}
	for name, assigned := range e.values {
		where[name] = fmt.Sprintf("%s, line %d", e.file, assigned.line)
	}
	var typos []Typo
	for _, name := range slices.Sorted(maps.Keys(where)) {
		if meant := meantBy(name); meant != "" {
			typos = append(typos, Typo{name, where[name], meant})
		}
	}
	return typos
}

// meantBy returns the variable that an unknown one looks like, or nothing. The variables of an issuer may end with _2 to _9.
func meantBy(name string) (meant string) {
	base, number := cutNumber(strings.TrimSuffix(name, fileSuffix))
	accepted := number >= "_2" && number <= fmt.Sprintf("_%d", maxIssuers) && len(number) == 2
	switch meant := similar(base); {
	case number == "":
	case slices.Contains(issuerNames(), base) && accepted:
		return ""
	case slices.Contains(issuerNames(), base):
		return base
	case slices.Contains(issuerNames(), meant) && accepted:
		return meant + number
	}
	return similar(name)
}

var numberAtEnd = regexp.MustCompile(`_[0-9]+$`)

// cutNumber returns a name without the number at its end, and that, as in _2.
func cutNumber(name string) (base, number string) {
	base = numberAtEnd.ReplaceAllString(name, "")
	return base, name[len(base):]
}

// issuerNames returns the names of the variables that there are for each issuer.
func issuerNames() (names []string) {
	for _, v := range Variables() {
		if v.forEachIssuer {
			names = append(names, v.Name)
		}
	}
	return names
}

// similar returns the variable that an unknown one looks like, or nothing: their letters are the same,
// or differ by one edit. Short names, such as ADDR, resemble too many that other programs read.
func similar(name string) (meant string) {
	letters, short := lettersOf(name), lettersOf(withoutKind(name))
	for _, known := range knownNames() {
		if name == known {
			return ""
		}
		if want := lettersOf(known); len(want) > 5 && (oneEdit(letters, want) || short == want || strings.Contains(name, "_") && letters == lettersOf(withoutKind(known))) {
			meant = known
		}
	}
	return meant
}

// knownNames returns the names in .env.example.
func knownNames() (names []string) {
	names = append(names, "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_SERVICE_NAME", "OTEL_TRACES_SAMPLER", "OTEL_RESOURCE_ATTRIBUTES") // part:tracing
	for _, v := range Variables() {
		names = append(names, v.Name)
		if v.Secret {
			names = append(names, v.Name+fileSuffix)
		}
	}
	return names
}

// lettersOf returns the letters of a name, with words in the singular: TRUSTED_PROXY is near TRUSTED_PROXIES, and ROLE_CLAIMS
// near ROLES_CLAIM.
func lettersOf(name string) string {
	words := strings.FieldsFunc(strings.ToUpper(name), func(c rune) bool { return strings.ContainsRune("\ufeff_-", c) })
	for i, word := range words {
		if y, found := strings.CutSuffix(word, "IES"); found {
			word = y + "Y"
		}
		words[i] = strings.TrimSuffix(word, "S")
	}
	return strings.Join(words, "")
}

// withoutKind returns a name without the kind of its value at the end: OIDC_ISSUER of OIDC_ISSUER_URL.
func withoutKind(name string) string {
	return strings.TrimSuffix(strings.TrimSuffix(name, "_URL"), "_URI")
}

// oneEdit reports whether a becomes b by one letter more, one less, another one, two swapped, or nothing.
func oneEdit(a, b string) bool {
	for a != "" && b != "" && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for a != "" && b != "" && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return len(a) <= 1 && len(b) <= 1 || len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
}
