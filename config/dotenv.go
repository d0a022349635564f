package config

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// An assignment is the value that a file gives a variable, and the line that it begins on.
type assignment struct {
	value string
	line  int
}

// parse reads a file of lines NAME=value as a POSIX shell does (XCU, section 2.2), except that it expands
// nothing: a $ is a character like any other. Errors never repeat a line, which may hold a secret.
func parse(data []byte) (map[string]assignment, error) {
	text, err := decode(data)
	if err != nil {
		return nil, err
	}
	found := map[string]assignment{}
	for line := 1; text != ""; {
		name, value, rest, err := cutAssignment(text)
		if err != nil {
			return nil, fmt.Errorf("line %d %w", line, err)
		}
		if name != "" {
			found[name] = assignment{value, line}
		}
		line += strings.Count(text[:len(text)-len(rest)], "\n")
		text = rest
	}
	return found, nil
}

// decode returns the text of a file, without a byte order mark and with line ends as in Unix.
func decode(data []byte) (string, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")), bytes.IndexByte(data, 0) >= 0:
		return "", errors.New("it is UTF-16, which Windows PowerShell writes with >: save it as UTF-8")
	case !utf8.Valid(data):
		return "", errors.New("it is not UTF-8: save it as UTF-8")
	}
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(string(data), "\ufeff")), nil
}

// cutAssignment returns the assignment that a text begins with, and the text after its last line. A line
// that is blank or a comment has no name.
func cutAssignment(text string) (name, value, rest string, err error) {
	line, rest, _ := strings.Cut(text, "\n")
	if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
		return "", "", rest, nil
	}
	start := regexp.MustCompile(`\A\s*(?:export[ \t]+)?([A-Za-z0-9_.]+)[ \t]*[=:]`).FindStringSubmatch(text)
	if start == nil {
		return "", "", "", errors.New("is not NAME=value")
	}
	value, rest, err = cutValue(text[len(start[0]):])
	return start[1], value, rest, err
}

// cutValue returns the value that a text begins with, and the text after its last line. A value is quoted,
// or ends with its line or before a comment.
func cutValue(text string) (value, rest string, err error) {
	start := strings.TrimLeft(text, " \t")
	if start == "" || start[0] != '\'' && start[0] != '"' {
		line, rest, _ := strings.Cut(text, "\n")
		return beforeComment(line), rest, nil
	}
	value, after, found := cutQuoted(start)
	line, rest, _ := strings.Cut(after, "\n")
	switch {
	case !found:
		return "", "", errors.New("has a quote that does not end")
	case beforeComment(line) != "":
		return "", "", errors.New("has text after the quote")
	}
	return value, rest, nil
}

// beforeComment returns the beginning of a line up to a comment, without spaces around it. A # within a word
// begins no comment.
func beforeComment(line string) string {
	if comment := regexp.MustCompile(`\s#`).FindStringIndex(line); comment != nil {
		line = line[:comment[0]]
	}
	return strings.TrimSpace(line)
}

// cutQuoted returns the value in the quotes that a text begins with, and the text after them. A backslash
// has a meaning in double quotes only, and only before one of four characters.
func cutQuoted(text string) (value, after string, found bool) {
	pattern := `\A'([^']*)'`
	if text[0] == '"' {
		pattern = `(?s)\A"((?:[^"\\]|\\.)*)"`
	}
	quoted := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if quoted == nil {
		return "", "", false
	}
	value = quoted[1]
	if text[0] == '"' {
		value = regexp.MustCompile("\\\\([\"\\\\$`])").ReplaceAllString(value, "$1")
	}
	return value, text[len(quoted[0]):], true
}
