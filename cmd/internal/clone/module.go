package clone

import (
	"errors"
	"regexp"
)

var moduleForm = regexp.MustCompile(`(?m)^module "?([^"\s]+)`)

// ModulePath returns the path of the module that a go.mod is of.
func ModulePath(mod []byte) (string, error) {
	if m := moduleForm.FindSubmatch(mod); m != nil {
		return string(m[1]), nil
	}
	return "", errors.New("go.mod names no module")
}
