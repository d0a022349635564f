package main

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"example.com/gatehouse/cmd/internal/clone"
)

// A scope is one that routes ask for.
type scope struct{ Name, Description string }

// A parent is the resource that rows belong to. Routes is the variable of its handlers in the route table.
type parent struct{ Name, One, Type, Table, Routes string }

// A resource is what make resource adds.
type resource struct {
	clone.Noun
	fields      []field
	read, write string // scopes
	shared      bool
	parent      *parent
	routes      string // the route table before
}

// addResource computes the changes for a resource.
func (p *project) addResource(o options) error {
	r, err := p.parseResource(o)
	if err != nil {
		return err
	}
	if err := p.checkNew(r); err != nil {
		return err
	}
	data := r.data(p.module)
	for name, file := range r.files() {
		if err := p.render(name, file, data); err != nil {
			return err
		}
	}
	fields := r.fields
	if r.parent != nil {
		fields = append([]field{{name: r.parent.Name, kind: kinds["ref"], Refers: r.parent.Table, Cascade: true}}, fields...)
	}
	if err := p.migrate("create.sql.tmpl", r.Many, r.Many, fields); err != nil {
		return err
	}
	routes, err := execute("routes.go.tmpl", data)
	if err != nil {
		return err
	}
	many, scopes := camel(r.Many), r.scopes()
	edits := []edit{
		addRoutes(routes),
		addMember("Stores", many+" "+camel(r.One)+"Store\n"),
		addStore(many + ": store.New" + many + "(db)"),
	}
	for _, s := range scopes {
		edits = append(edits, addScope(s))
	}
	if err := p.edit("handlers/routes.go", edits...); err != nil {
		return err
	}
	if err := p.addRealmScopes(scopes); err != nil {
		return err
	}
	description := "The " + words(r.Many) + " of the caller. No other caller sees or changes them."
	if r.shared {
		description = "The " + words(r.Many) + " of all callers."
	}
	return p.addTag(r.Many, description)
}

func (p *project) parseResource(o options) (r resource, err error) {
	if o.name == "" || o.fields == "" {
		return r, errors.New("NAME and FIELDS are needed: make resource NAME=note FIELDS='title:string(1..100) body:text?'")
	}
	if r.Noun, err = parseNoun(o.name); err != nil {
		return r, fmt.Errorf("NAME: %w", err)
	}
	if r.shared = o.owner == "none"; !r.shared && o.owner != "" && o.owner != "caller" {
		return r, fmt.Errorf("OWNER: %q is neither caller nor none", o.owner)
	}
	if r.routes, err = p.read("handlers/routes.go"); err != nil {
		return r, err
	}
	if r.parent, err = p.parseParent(o.parent, r.routes); err != nil {
		return r, fmt.Errorf("PARENT: %w", err)
	}
	if err := r.parseScopes(o.scopes); err != nil {
		return r, err
	}
	r.fields, err = parseFields(o.fields, r.One, func(name string) (string, error) {
		if name == r.One || name == r.Many {
			return r.Many, nil
		}
		return p.table(name)
	})
	if err != nil {
		return r, fmt.Errorf("FIELDS: %w", err)
	}
	for _, f := range r.fields {
		if r.parent != nil && f.name == r.parent.Name {
			return r, fmt.Errorf("FIELDS: %s: every %s has this name already, choose another one", f.name, words(r.One))
		}
	}
	return r, nil
}

// parseParent finds the parent, and the variable of its handlers in the route table.
func (p *project) parseParent(name, routes string) (*parent, error) {
	if name == "" {
		return nil, nil
	}
	typ, table, err := p.find(name)
	if err != nil {
		return nil, err
	}
	m := regexp.MustCompile(`(\w+) := &\w+\{newResource\(a, "/` + table + `"`).FindStringSubmatch(routes)
	if m == nil {
		return nil, fmt.Errorf("handlers/routes.go has no handlers with newResource(a, %q, ...)", "/"+table)
	}
	return &parent{snake(typ), words(snake(typ)), typ, table, m[1]}, nil
}

var scopeForm = regexp.MustCompile(`^[A-Za-z0-9:._/-]+$`)

// parseScopes reads the scopes for reading and for writing, which may be one.
func (r *resource) parseScopes(text string) error {
	scopes := strings.FieldsFunc(text, func(c rune) bool { return c == ',' || c == ' ' })
	if len(scopes) == 0 {
		scopes = []string{r.Many + ":read", r.Many + ":write"}
	}
	if len(scopes) > 2 || slices.ContainsFunc(scopes, func(s string) bool { return !scopeForm.MatchString(s) }) {
		return fmt.Errorf("SCOPES: %q is not one or two scopes such as notes:read,notes:write", text)
	}
	r.read, r.write = scopes[0], scopes[len(scopes)-1]
	return nil
}

// scopes returns the scopes that the routes do not have yet, with their descriptions.
func (r *resource) scopes() []scope {
	many := words(r.Many)
	described := []scope{{r.read, "See " + many + "."}, {r.write, "Create, change and delete " + many + "."}}
	if r.read == r.write {
		described = []scope{{r.read, "See, create, change and delete " + many + "."}}
	}
	return slices.DeleteFunc(described, func(s scope) bool { return strings.Contains(r.routes, fmt.Sprintf("{Name: %q,", s.Name)) })
}

// files returns the files of the resource by their templates.
func (r *resource) files() map[string]string {
	return map[string]string{
		"store.go.tmpl": "store/" + r.Many + ".go", "handlers.go.tmpl": "handlers/" + r.Many + ".go", "test.go.tmpl": "handlers/" + r.Many + "_test.go",
	}
}

// checkNew reports names that the project has already.
func (p *project) checkNew(r resource) error {
	if slices.Contains([]string{"admin", "docs", "ids", "me", "problems", "last_ids", "migration_checksums", "goose_db_version"}, r.Many) {
		return fmt.Errorf("NAME: every API has %s already, choose another name", r.Many)
	}
	one, many := camel(r.One), camel(r.Many)
	for folder, names := range map[string][]string{
		"store": {one, one + "Draft", many, "New" + many}, "handlers": {many, one + "Store", one + "Page", "Test" + many},
	} {
		declared, err := p.declared(folder)
		if err != nil {
			return err
		}
		for _, name := range names {
			if found, ok := declared[name]; ok {
				return fmt.Errorf("NAME: %s declares %s already, choose another name", found.file, name)
			}
		}
	}
	for _, file := range slices.Sorted(maps.Values(r.files())) {
		if p.exists(file) {
			return fmt.Errorf("NAME: %s exists already, choose another name", file)
		}
	}
	return nil
}
