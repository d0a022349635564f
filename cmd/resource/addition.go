package main

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
)

// addField computes the changes for further fields of a resource.
func (p *project) addField(o options) error {
	typ, table, err := p.find(o.resource)
	if err != nil {
		return fmt.Errorf("RESOURCE: %w", err)
	}
	fields, err := parseFields(o.add, snake(typ), p.table)
	if err != nil {
		return fmt.Errorf("ADD: %w", err)
	}
	declared, err := p.declared("store")
	if err != nil {
		return err
	}
	draft, ok := declared[typ+"Draft"]
	if !ok {
		return fmt.Errorf("package store has no type %sDraft", typ)
	}
	var edits []edit
	for _, f := range fields {
		if f.Refers != "" && !f.optional {
			return fmt.Errorf("ADD: %s: the %s that exist refer to nothing, so make it optional: %s:ref(...)?", f.name, table, f.name)
		}
		if f.isIn(draft.node) {
			return fmt.Errorf("%s: %sDraft has it already", f.name, typ)
		}
		edits = append(edits, addMember(typ+"Draft", fmt.Sprintf("\t%s %s %s\n", f.Go(), f.Type(), f.Tag())))
	}
	if text, err := p.read(draft.file); err == nil && slices.ContainsFunc(fields, field.usesTime) && !strings.Contains(text, `"time"`) {
		edits = append(edits, importTime())
	}
	if err := p.edit(draft.file, edits...); err != nil {
		return err
	}
	return p.migrate("alter.sql.tmpl", table+"_"+fields[0].Column(), table, fields)
}

// isIn reports whether a struct has a field of this name, in Go or in JSON.
func (f field) isIn(structure ast.Node) bool {
	for node := range ast.Preorder(structure) {
		other, ok := node.(*ast.Field)
		if ok && (len(other.Names) > 0 && other.Names[0].Name == f.Go() || other.Tag != nil && strings.Contains(other.Tag.Value, fmt.Sprintf(`json:%q`, f.name))) {
			return true
		}
	}
	return false
}
