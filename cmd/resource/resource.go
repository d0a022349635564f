package main

import (
	"embed"
	"fmt"
	"go/format"
	"regexp"
	"slices"
	"strings"
	"text/template"
)

//go:embed templates
var templates embed.FS

// A scope is one that routes ask for.
type scope struct{ name, description string }

// A parent is the resource that rows belong to.
type parent struct{ Name, One, Type, Table, variable string }

// A resource is what make resource adds.
type resource struct {
	noun
	fields      []field
	read, write string // scopes
	shared      bool
	parent      *parent
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
	for name, file := range map[string]string{
		"store.go.tmpl": "store/" + r.many + ".go", "handlers.go.tmpl": "handlers/" + r.many + ".go", "test.go.tmpl": "handlers/" + r.many + "_test.go",
	} {
		if err := p.render(name, file, r.data(p.module)); err != nil {
			return err
		}
	}
	if err := p.addTable(r); err != nil {
		return err
	}
	return p.declare(r)
}

func (p *project) parseResource(o options) (r resource, err error) {
	if o.name == "" || o.fields == "" {
		return r, fmt.Errorf("NAME and FIELDS are needed: make resource NAME=note FIELDS='title:string(1..100) body:text?'")
	}
	if r.noun, err = parseNoun("NAME", o.name); err != nil {
		return r, err
	}
	switch o.owner {
	case "", "caller":
	case "none":
		r.shared = true
	default:
		return r, fmt.Errorf("OWNER: %q is neither caller nor none", o.owner)
	}
	if r.parent, err = p.parseParent(o.parent); err != nil {
		return r, err
	}
	if err := r.parseScopes(o.scopes); err != nil {
		return r, err
	}
	r.fields, err = parseFields(o.fields, r.one, func(name string) (string, error) {
		if name == r.one || name == r.many {
			return r.many, nil
		}
		_, table, err := p.find(name)
		return table, err
	})
	if err != nil {
		return r, fmt.Errorf("FIELDS: %w", err)
	}
	for _, f := range r.fields {
		if r.parent != nil && f.name == r.parent.Name || f.Go() == camel(r.one)+"Draft" {
			return r, fmt.Errorf("FIELDS: %s: every %s has this name already, choose another one", f.name, words(r.one))
		}
	}
	return r, nil
}

// parseParent finds the parent, and the variable of its handlers in the route table.
func (p *project) parseParent(name string) (*parent, error) {
	if name == "" {
		return nil, nil
	}
	typ, table, err := p.find(name)
	if err != nil {
		return nil, fmt.Errorf("PARENT: %w", err)
	}
	routes, err := p.read("handlers/routes.go")
	if err != nil {
		return nil, err
	}
	m := regexp.MustCompile(`(\w+) := &\w+\{newResource\(a, "/` + table + `"`).FindStringSubmatch(routes)
	if m == nil {
		return nil, fmt.Errorf("PARENT: handlers/routes.go has no handlers with newResource(a, %q, ...)", "/"+table)
	}
	return &parent{snake(typ), words(snake(typ)), typ, table, m[1]}, nil
}

// snake returns a name of Go as one of JSON: order_line.
func snake(name string) string {
	return strings.ToLower(regexp.MustCompile(`([a-z0-9])([A-Z])`).ReplaceAllString(name, "${1}_$2"))
}

var scopeForm = regexp.MustCompile(`^[A-Za-z0-9:._/-]+$`)

// parseScopes reads the scopes for reading and for writing, which may be one.
func (r *resource) parseScopes(text string) error {
	scopes := strings.FieldsFunc(text, func(c rune) bool { return c == ',' || c == ' ' })
	if len(scopes) == 0 {
		scopes = []string{r.many + ":read", r.many + ":write"}
	}
	if len(scopes) > 2 || slices.ContainsFunc(scopes, func(s string) bool { return !scopeForm.MatchString(s) }) {
		return fmt.Errorf("SCOPES: %q is not one or two scopes such as notes:read,notes:write", text)
	}
	r.read, r.write = scopes[0], scopes[len(scopes)-1]
	return nil
}

// scopes returns the scopes that the routes do not have yet, with their descriptions.
func (r *resource) scopes(routes string) (all []scope) {
	many := words(r.many)
	described := []scope{{r.read, "See " + many + "."}, {r.write, "Create, change and delete " + many + "."}}
	if r.read == r.write {
		described = []scope{{r.read, "See, create, change and delete " + many + "."}}
	}
	for _, s := range described {
		if !strings.Contains(routes, fmt.Sprintf("{Name: %q,", s.name)) {
			all = append(all, s)
		}
	}
	return all
}

// checkNew reports names that the project has already.
func (p *project) checkNew(r resource) error {
	if slices.Contains([]string{"admin", "docs", "me", "problems", "last_ids", "migration_checksums", "goose_db_version"}, r.many) {
		return fmt.Errorf("NAME: every API has %s already, choose another name", r.many)
	}
	one, many := camel(r.one), camel(r.many)
	for folder, names := range map[string][]string{
		"store": {one, one + "Draft", many, "New" + many}, "handlers": {many, one + "Store", one + "Page", "Test" + many},
	} {
		declared, err := p.declared(folder)
		if err != nil {
			return err
		}
		for _, name := range names {
			if file, ok := declared[name]; ok {
				return fmt.Errorf("NAME: %s/%s declares %s already, choose another name", folder, file, name)
			}
		}
	}
	for _, file := range []string{"store/" + r.many + ".go", "handlers/" + r.many + ".go", "handlers/" + r.many + "_test.go"} {
		if p.exists(file) {
			return fmt.Errorf("NAME: %s exists already, choose another name", file)
		}
	}
	return nil
}

// data returns what the templates use.
func (r resource) data(module string) map[string]any {
	one, many := words(r.one), words(r.many)
	a := article(one)
	d := map[string]any{
		"Module": module, "Name": r.one, "Table": r.many, "One": one, "Many": many, "Type": camel(r.one), "Types": camel(r.many),
		"a": a, "A": strings.ToUpper(a[:1]) + a[1:], "var": variable(r.one, "row"), "vars": variable(r.many, "rows"),
		"theMany": "the caller's " + many, "theOwnMany": "the caller's own " + many, "ListPath": r.listPath("{id}"),
		"Fields": r.fields, "Shared": r.shared, "HasTimes": slices.ContainsFunc(r.fields, func(f field) bool { return f.kind == "time" }),
		"Parent": nil,
	}
	if r.shared {
		d["theMany"], d["theOwnMany"] = "the "+many, "the "+many+" of all callers"
	}
	if r.parent != nil {
		d["Parent"], d["theOwnMany"] = *r.parent, "the "+many+" of "+article(r.parent.One)+" "+r.parent.One
	}
	return d
}

// listPath returns the path of the list, with a parameter for the parent.
func (r resource) listPath(id string) string {
	if r.parent != nil {
		return "/" + r.parent.Table + "/" + id + "/" + r.many
	}
	return "/" + r.many
}

// render writes a file from a template.
func (p *project) render(name, file string, data any) error {
	t, err := template.ParseFS(templates, "templates/"+name)
	if err != nil {
		return err
	}
	var b strings.Builder
	if err := t.Execute(&b, data); err != nil {
		return err
	}
	text := b.String()
	if strings.HasSuffix(file, ".go") {
		formatted, err := format.Source([]byte(text))
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		text = string(formatted)
	}
	p.changes[file] = text
	return nil
}
