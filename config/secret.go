package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// fileSuffix is the end of the name of a variable that names a file with a secret: DATABASE_URL_FILE for DATABASE_URL.
const fileSuffix = "_FILE"

// maxSecret is how many bytes such a file may have.
const maxSecret = 64 << 10

// read returns the text of the variable. A secret can come from a file, as Docker and Kubernetes mount them: every secret,
// and without the line break at its end. Errors never repeat it.
func (v Variable) read(getenv func(string) string) (string, error) {
	text := strings.TrimSpace(getenv(v.Name))
	if err := checkQuotes(text); err != nil {
		return "", err
	}
	if !v.Secret {
		return text, nil
	}
	name := strings.TrimSpace(getenv(v.Name + fileSuffix))
	switch {
	case name == "":
		return text, nil
	case text != "":
		return "", fmt.Errorf("it is set, and so is %s%s: set one of them", v.Name, fileSuffix)
	}
	text, err := readSecret(name)
	if err != nil {
		return "", fmt.Errorf("%s%s: %w", v.Name, fileSuffix, err)
	}
	return text, nil
}

// readSecret returns the text of a file.
func readSecret(name string) (string, error) {
	file, err := os.Open(name)
	if err != nil {
		if reason, ok := errors.AsType[*fs.PathError](err); ok {
			err = reason.Err // the name may be the secret itself, by mistake
		}
		return "", fmt.Errorf("the file cannot be read: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxSecret+1))
	text := strings.TrimSpace(string(data))
	switch {
	case err != nil:
		return "", errors.New("the file cannot be read")
	case len(data) > maxSecret:
		return "", fmt.Errorf("the file has more than %d bytes", maxSecret)
	case text == "":
		return "", errors.New("the file is empty")
	case strings.ContainsAny(text, "\r\n\x00"):
		return "", errors.New("the file has several lines")
	}
	return text, nil
}
