package main

import (
	"embed"
	"fmt"
	"go/format"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
	"text/template"

	"example.com/gatehouse/cmd/internal/clone"
)

//go:embed templates
var embedded embed.FS

var templates = template.Must(template.ParseFS(embedded, "templates/*"))

// data returns what the templates use.
func (r resource) data(module string) map[string]any {
	one, many := words(r.One), words(r.Many)
	a := article(r.One)
	d := map[string]any{
		"Module": module, "Name": r.One, "Table": r.Many, "One": one, "Many": many, "Type": camel(r.One), "Types": camel(r.Many),
		"a": a, "A": clone.Title(a), "var": variable(r.One, "row"), "vars": variable(r.Many, "rows"), "routes": r.variable(),
		"theMany": "the caller's " + many, "theOwnMany": "the caller's own " + many,
		"ListPath": r.listPath("{id}"), "RoutePath": r.listPath(":id"), "Read": r.read, "Write": r.write,
		"Fields": r.fields, "Shared": r.shared, "HasTimes": slices.ContainsFunc(r.fields, field.usesTime), "Parent": r.parent,
	}
	if r.shared {
		d["theMany"], d["theOwnMany"] = "the "+many, "the "+many+" of all callers"
	}
	if r.parent != nil {
		d["theOwnMany"] = "the " + many + " of " + article(r.parent.Name) + " " + r.parent.One
	}
	return d
}

// article returns the article of a name.
func article(name string) string {
	first, _, _ := strings.Cut(name, "_")
	return clone.Article(first)
}

// listPath returns the path of the list, with a parameter for the parent.
func (r resource) listPath(id string) string {
	if r.parent != nil {
		return "/" + r.parent.Table + "/" + id + "/" + r.Many
	}
	return "/" + r.Many
}

// variable returns the variable of the handlers in the route table, which has others already.
func (r resource) variable() string {
	many := variable(r.Many, "r")
	if many == "r" || many == "a" || regexp.MustCompile(`\b`+many+`\b[^.]*:?= `).MatchString(r.routes) {
		return variable(r.Many+"_routes", "rows")
	}
	return many
}

// migrate writes a migration for each kind of database: a new table, or columns of one.
func (p *project) migrate(name, what, table string, fields []field) error {
	number, err := p.nextMigration()
	if err != nil {
		return err
	}
	type column struct {
		field
		SQL string // its type
	}
	for _, database := range p.databases() {
		var columns []column
		for _, f := range fields {
			columns = append(columns, column{f, f.sql(database)})
		}
		err := p.render(name, "store/migrations/"+database+"/"+number+"_"+what+".sql", map[string]any{
			"Table": table, "Columns": columns, "SQLite": database == "sqlite",
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// execute returns what a template makes of data.
func execute(name string, data any) (string, error) {
	var b strings.Builder
	err := templates.ExecuteTemplate(&b, name, data)
	return b.String(), err
}

// render writes a file from a template.
func (p *project) render(name, file string, data any) error {
	text, err := execute(name, data)
	if err != nil {
		return err
	}
	if strings.HasSuffix(file, ".go") {
		formatted, err := format.Source([]byte(text))
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		text = string(formatted)
	} else {
		text = align(text)
	}
	p.changes[file] = text
	return nil
}

// align puts the types of columns, which follow tabs, below each other.
func align(text string) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 8, 1, ' ', tabwriter.TabIndent)
	fmt.Fprint(w, text)
	w.Flush() // into memory: there is no error
	return b.String()
}
