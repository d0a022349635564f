package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A part is what a product can leave out: files of its own, and marked lines in other files.
type part struct {
	name  string
	files []string // files, folders and patterns
	needs []string // the parts that this one does not work without
}

// parsePart reads a part: its name, its files, and after "needs" the names of other parts.
func parsePart(value string) (part, error) {
	fields := strings.Fields(value)
	if len(fields) == 0 {
		return part{}, errors.New("this part has no name")
	}
	p := part{name: fields[0], files: fields[1:]}
	if i := slices.Index(p.files, "needs"); i >= 0 {
		p.files, p.needs = p.files[:i], p.files[i+1:]
	}
	for _, file := range p.files {
		if err := checkLocal(file); err != nil {
			return part{}, err
		}
	}
	return p, nil
}

func (p part) String() string {
	fields := append([]string{"part", p.name}, p.files...)
	if len(p.needs) > 0 {
		fields = append(append(fields, "needs"), p.needs...)
	}
	return strings.Join(fields, " ")
}

// part returns the part with a name, if the tree has it.
func (m *manifest) part(name string) (part, bool) {
	i := slices.IndexFunc(m.parts, func(p part) bool { return p.name == name })
	if i < 0 {
		return part{}, false
	}
	return m.parts[i], true
}

// partNames returns the names of the parts that the tree has.
func (m *manifest) partNames() (names []string) {
	for _, p := range m.parts {
		names = append(names, p.name)
	}
	return names
}

// leaves returns the parts that a set leaves out. A tree without sets has one, with every part.
func (m *manifest) leaves(set string) ([]string, error) {
	if set == allParts || len(m.sets) == 0 {
		return nil, nil
	}
	kept, ok := m.sets[set]
	if !ok {
		return nil, fmt.Errorf("PARTS: there is no set %q: want one of %s", set, strings.Join(append(slices.Sorted(maps.Keys(m.sets)), allParts), ", "))
	}
	return slices.DeleteFunc(m.partNames(), func(name string) bool { return slices.Contains(kept, name) }), nil
}

// The sets that are always there: the default of make init, and every part.
const (
	standardParts = "standard"
	allParts      = "all"
)

// checkParts returns an error for parts that cannot be dropped together.
func (m *manifest) checkParts(names []string) error {
	if len(names) == 0 {
		return fmt.Errorf("PART is needed: make drop PART=%s; the parts are %s", m.partNames()[0], strings.Join(m.partNames(), ", "))
	}
	for _, name := range names {
		if slices.Contains(m.dropped, name) {
			return fmt.Errorf("PART: %s was dropped already", name)
		}
		if _, ok := m.part(name); !ok {
			return fmt.Errorf("PART: there is no part %q: the parts are %s", name, strings.Join(m.partNames(), ", "))
		}
	}
	left := m.rest(names)
	for _, group := range m.oneOf {
		if !slices.ContainsFunc(left, func(p part) bool { return slices.Contains(group, p.name) }) {
			return fmt.Errorf("PART: one of %s must stay: the program does not work without", strings.Join(group, " and "))
		}
	}
	var broken []string
	for _, p := range left {
		if slices.ContainsFunc(p.needs, func(needed string) bool { return slices.Contains(names, needed) }) {
			broken = append(broken, p.name)
		}
	}
	if len(broken) > 0 {
		return fmt.Errorf("PART: %s would not work without: drop them as well, with PART=%q",
			strings.Join(broken, ", "), strings.Join(append(names, broken...), " "))
	}
	return nil
}

// rest returns the parts without some.
func (m *manifest) rest(without []string) []part {
	return slices.DeleteFunc(slices.Clone(m.parts), func(p part) bool { return slices.Contains(without, p.name) })
}
