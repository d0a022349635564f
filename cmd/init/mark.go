package main

import (
	"regexp"
	"slices"
	"strings"
)

// Lines of parts are marked in comments, in any kind of file:
//
//	metrics.Add(hooks, addr) // part:NAME
//
//	# part:NAME:begin
//	...
//	# part:NAME:end
//
//	<!-- without:NAME this takes the place of a line of the part -->
//
// A line of two parts, with a comma between their names, leaves with the first of them.
const (
	comment = `(?:#|//|/\*|<!--|--) ?`
	anyPart = `part:[a-z,]+(?::begin|:end)?(?: -->| \*/)?`
)

var (
	marked  = regexp.MustCompile(comment + `part:([a-z,]+)(:begin|:end)?\b`)
	instead = regexp.MustCompile(`^(\s*)` + comment + `without:([a-z]+) (.*?)(?: -->| \*/)?$`)
	// anyMark matches the lines that only are marks, and the marks of others.
	anyMark = regexp.MustCompile(`(?m)^[ \t]*` + comment + `(?:` + anyPart + `|without:[a-z]+ .*)\n|[ \t]*` + comment + anyPart)
)

// dropMarked returns a text without the lines of parts, and without blank lines that would follow each other.
func dropMarked(text string, parts []string) string {
	var kept []string
	within := ""     // the names of the block that is left out
	dropped := false // the line before was left out
	for line := range strings.SplitSeq(text, "\n") {
		mark := marked.FindStringSubmatch(line)
		switch {
		case within != "":
			if mark != nil && mark[1] == within && mark[2] == ":end" {
				within = ""
			}
		case mark != nil && dropsAny(mark[1], parts):
			if dropped = true; mark[2] == ":begin" {
				within = mark[1]
			}
		case dropped && line == "" && (len(kept) == 0 || kept[len(kept)-1] == ""):
		default:
			dropped = false
			kept = append(kept, replaceInstead(line, parts))
		}
	}
	return strings.Join(kept, "\n")
}

func dropsAny(names string, parts []string) bool {
	return slices.ContainsFunc(strings.Split(names, ","), func(name string) bool { return slices.Contains(parts, name) })
}

func replaceInstead(line string, parts []string) string {
	if m := instead.FindStringSubmatch(line); m != nil && slices.Contains(parts, m[2]) {
		return m[1] + m[3]
	}
	return line
}
