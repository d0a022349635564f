package main

import (
	"fmt"
	"strconv"
	"strings"
)

// parseLength reads the length of a text: 1..100, or 100 for at most so many characters.
func (f *field) parseLength(args, unset string) error {
	if args == "" {
		args = unset
	}
	if !strings.Contains(args, "..") {
		args = "1.." + args
	}
	if strings.HasSuffix(args, "..") {
		args += strings.TrimPrefix(unset, "1..")
	}
	if err := f.parseBounds(args, strconv.Atoi); err != nil {
		return err
	}
	least, _ := strconv.Atoi(f.min)
	if most, _ := strconv.Atoi(f.max); least < 0 || most < 1 || most > 50_000 {
		return fmt.Errorf("a text has at most 1 to 50000 characters: string(1..100)")
	}
	return nil
}

// parseBounds reads the bounds of a number: 1..5, 1.. or ..5.
func (f *field) parseBounds(args string, parse func(string) (int, error)) error {
	if args == "" {
		return nil
	}
	m := boundForm.FindStringSubmatch(args)
	if m == nil || m[1]+m[2] == "" {
		return fmt.Errorf("%s(%s): bounds are written as in %s(1..5)", f.kind, args, f.kind)
	}
	f.min, f.max = m[1], m[2]
	for _, bound := range m[1:] {
		if _, err := parse(bound); bound != "" && err != nil {
			return fmt.Errorf("%s(%s): %s is no number of this type", f.kind, args, bound)
		}
	}
	least, errLeast := strconv.ParseFloat(f.min, 64)
	if most, err := strconv.ParseFloat(f.max, 64); err == nil && errLeast == nil && least > most {
		return fmt.Errorf("%s(%s): the first bound is the greater one", f.kind, args)
	}
	return nil
}
