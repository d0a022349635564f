package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"github.com/joho/godotenv"
)

// An Environment is the variables of the process and, behind them, those of a file.
type Environment struct {
	file   string
	text   string            // of the file
	values map[string]string // of the file
}

// Load returns the environment with a file of lines NAME=value, if it exists. The error never repeats a
// line, which may hold a secret.
func Load(file string) (*Environment, error) {
	text, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	e := &Environment{file: file, text: string(text)}
	if e.values, err = parse(e.text); err != nil {
		return nil, fmt.Errorf("%s: line %d is not NAME=value", file, brokenLine(e.text))
	}
	return e, nil
}

// Get returns the value of a variable, or nothing.
func (e *Environment) Get(name string) string {
	if value, ok := os.LookupEnv(name); ok {
		return value
	}
	return e.values[name]
}

// Export puts the file's variables with a prefix into the environment of the process, for a library that
// looks only there. Variables of the process win.
func (e *Environment) Export(prefix string) error {
	var failed []error
	for name, value := range e.values {
		if _, found := os.LookupEnv(name); !found && strings.HasPrefix(name, prefix) {
			failed = append(failed, os.Setenv(name, value))
		}
	}
	return errors.Join(failed...)
}

// parse reads lines NAME=value. godotenv takes a last line without = for a value without a name.
func parse(text string) (map[string]string, error) {
	values, err := godotenv.Unmarshal(text)
	if _, found := values[""]; found && err == nil {
		err = errors.New("a value without a name")
	}
	return values, err
}

// brokenLine returns the number of the line after the longest beginning of a text that can be parsed.
func brokenLine(text string) int {
	number, good, end := 0, 0, 0
	for line := range strings.Lines(text) {
		number, end = number+1, end+len(line)
		if _, err := parse(text[:end]); err == nil {
			good = number
		}
	}
	return good + 1
}

// lineOf returns the number of the first line that sets a variable.
func lineOf(text, name string) int {
	before := regexp.MustCompile(`(?ms)\A.*?^\s*(export\s+)?` + regexp.QuoteMeta(name) + `\s*[=:]`).FindString(text)
	return 1 + strings.Count(before, "\n")
}
