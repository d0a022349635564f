package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// An Environment is the variables of the process and, behind them, those of a file.
type Environment struct {
	file   string
	values map[string]assignment // of the file
}

// Load returns the environment with a file of lines NAME=value, if it exists. The error never repeats a
// line, which may hold a secret.
func Load(file string) (*Environment, error) {
	data, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	values, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return &Environment{file, values}, nil
}

// Get returns the value of a variable, or nothing.
func (e *Environment) Get(name string) string {
	if value, ok := os.LookupEnv(name); ok {
		return value
	}
	return e.values[name].value
}

// Read reads the configuration. The error names typos as well, which may be its cause.
func (e *Environment) Read() (*Config, error) {
	c, err := Read(e.Get)
	return c, e.WithTypos(err)
}

// Export puts the file's variables with a prefix into the environment of the process, for a library that
// looks only there. Variables of the process win.
func (e *Environment) Export(prefix string) error {
	var failed []error
	for name, assigned := range e.values {
		if _, found := os.LookupEnv(name); !found && strings.HasPrefix(name, prefix) {
			failed = append(failed, os.Setenv(name, assigned.value))
		}
	}
	return errors.Join(failed...)
}
