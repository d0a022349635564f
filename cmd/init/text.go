package main

import (
	"regexp"
	"slices"
	"strings"
)

// A renaming changes the names in texts.
type renaming struct {
	pattern *regexp.Regexp
	modules []string // as they are before
	files   []string // names of files, which stay
	before  *record
	after   *record
}

// newRenaming returns the renaming of a tree. More modules are other paths that the tree may have for
// its own, and files are the names of its files.
func newRenaming(before, after *record, files []string, more ...string) *renaming {
	r := &renaming{modules: append(more, before.module), before: before, after: after}
	for _, file := range files {
		if strings.Contains(file, before.slug()) {
			r.files = append(r.files, file)
		}
	}
	var words []string
	for _, word := range slices.Concat(r.files, r.modules, []string{before.name, before.slug()}) {
		words = append(words, regexp.QuoteMeta(word))
	}
	r.pattern = regexp.MustCompile(strings.Join(words, "|"))
	return r
}

// apply returns the text with the new names, and without what it says of the starter alone.
func (r *renaming) apply(text string) string {
	text = withoutStarter(text)
	var out strings.Builder
	last := 0
	for _, at := range r.pattern.FindAllStringIndex(text, -1) {
		out.WriteString(text[last:at[0]])
		out.WriteString(r.word(text, at[0], at[1]))
		last = at[1]
	}
	out.WriteString(text[last:])
	return out.String()
}

// word returns what stands in for the text from start to end.
func (r *renaming) word(text string, start, end int) string {
	word := text[start:end]
	part := follows(text[:start]) || end < len(text) && alphanumeric(text[end])
	switch {
	case slices.Contains(r.modules, word):
		if end < len(text) && (alphanumeric(text[end]) || text[end] == '-' || text[end] == '_') {
			return word // another module whose path begins alike
		}
		return r.after.module
	case part || slices.Contains(r.files, word):
		return word
	case word == r.before.name:
		return r.after.name
	}
	return r.after.slug()
}

// follows reports whether what comes after a text is a part of its last word.
func follows(text string) bool {
	before := escape.ReplaceAllString(text[max(0, len(text)-2):], " ")
	return before != "" && alphanumeric(before[len(before)-1])
}

// escape matches the end of a line as strings have it.
var escape = regexp.MustCompile(`\\[nrt]$`)

// Lines between these two, in comments of any kind, are of the starter alone.
var (
	begin = regexp.MustCompile(`^\s*(#|//|<!--) starter:begin\b`)
	end   = regexp.MustCompile(`^\s*(#|//|<!--) starter:end\b`)
)

// withoutStarter drops the lines that concern the starter alone.
func withoutStarter(text string) string {
	if !strings.Contains(text, "starter:begin") {
		return text
	}
	var out strings.Builder
	dropping := false
	for line := range strings.Lines(text) {
		switch {
		case begin.MatchString(line):
			dropping = true
		case end.MatchString(line):
			dropping = false
		case !dropping:
			out.WriteString(line)
		}
	}
	return out.String()
}
