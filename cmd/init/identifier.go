package main

import (
	"go/scanner"
	"go/token"
	"go/types"
	"iter"
	"path"
	"slices"
	"strings"
)

// identifiers returns the names in a file of Go code, valid or not, with their offsets. Words in strings and
// comments are not names.
func identifiers(code string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		var s scanner.Scanner
		file := token.NewFileSet().AddFile("", -1, len(code))
		s.Init(file, []byte(code), nil, 0)
		for {
			position, kind, text := s.Scan()
			if kind == token.EOF || kind == token.IDENT && !yield(file.Offset(position), text) {
				return
			}
		}
	}
}

// packageOf returns the folder and the name of the package that a file belongs to.
func packageOf(name, code string) string {
	for _, first := range identifiers(code) {
		return path.Dir(name) + " " + first
	}
	return ""
}

// packagesThatUse returns the packages whose code has the noun as a name already. A variable item stays item
// there: called by the noun, it would hide the other one, or be hidden by it. A name with a small letter
// never leaves its package, so files of other packages do not matter.
func (t tree) packagesThatUse(n noun) map[string]bool {
	packages := map[string]bool{}
	for name, f := range t {
		if path.Ext(name) != ".go" {
			continue
		}
		for _, word := range identifiers(string(f.text)) {
			if word == n.One || word == n.Many {
				packages[packageOf(name, string(f.text))] = true
				break
			}
		}
	}
	return packages
}

// isReserved reports whether no variable can have the noun as its name, or one would hide what is predeclared.
func isReserved(n noun) bool {
	return slices.ContainsFunc([]string{n.One, n.Many}, func(word string) bool {
		return token.IsKeyword(word) || types.Universe.Lookup(word) != nil
	})
}

// applyCode is apply for Go code whose variables item and items keep their names.
func (r *renamer) applyCode(code string) string {
	var out strings.Builder
	done := 0
	for offset, name := range identifiers(code) {
		if name == item.One || name == item.Many {
			out.WriteString(r.apply(code[done:offset]) + name)
			done = offset + len(name)
		}
	}
	out.WriteString(r.apply(code[done:]))
	return out.String()
}
