package config

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// A Typo is a variable that is none of [Variables] and looks like one of them.
type Typo struct {
	Name  string
	Where string // the environment, or the line of the file
	Meant string // the variable that it looks like
}

// Typos returns every typo in the environment of the process and in the file.
func (e *Environment) Typos() []Typo {
	where := map[string]string{}
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		where[name] = "the environment"
	}
	for name := range e.values {
		where[name] = fmt.Sprintf("%s, line %d", e.file, lineOf(e.text, name))
	}
	var typos []Typo
	for _, name := range slices.Sorted(maps.Keys(where)) {
		if meant := meantBy(name); meant != "" {
			typos = append(typos, Typo{name, where[name], meant})
		}
	}
	return typos
}

// meantBy returns the variable that an unknown one looks like, or nothing: their letters are the same,
// or differ by one edit. Short names, such as ADDR, resemble too many that other programs read.
func meantBy(name string) (meant string) {
	letters := lettersOf(name)
	for _, v := range Variables() {
		if name == v.Name {
			return ""
		}
		if known := lettersOf(v.Name); len(known) > 5 && oneEdit(letters, known) {
			meant = v.Name
		}
	}
	return meant
}

func lettersOf(name string) string { return strings.ReplaceAll(strings.ToUpper(name), "_", "") }

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
