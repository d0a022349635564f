package main

import (
	"fmt"
	"regexp"
	"strings"
)

// addTable writes the migration of a new table for each kind of database.
func (p *project) addTable(r resource) error {
	number, err := p.nextMigration()
	if err != nil {
		return err
	}
	for kind, types := range p.dialects() {
		key := types["ref"]
		if kind == "sqlite" {
			key += " NOT NULL"
		}
		columns, references := []string{"id " + key + " PRIMARY KEY"}, []string{}
		if r.parent != nil {
			f := field{name: r.parent.Name, kind: "ref", refers: r.parent.Table}
			columns, references = append(columns, types.definition(f, true)), append(references, f.column())
		}
		for _, f := range r.fields {
			columns = append(columns, types.definition(f, false))
			if f.refers != "" {
				references = append(references, f.column())
			}
		}
		err := p.render("create.sql.tmpl", "store/migrations/"+kind+"/"+number+"_"+r.many+".sql", map[string]any{
			"Table": r.many, "Columns": align(append(columns,
				"created_at "+types["time"]+" NOT NULL", "updated_at "+types["time"]+" NOT NULL", "version "+types["int"]+" NOT NULL",
				"issuer "+types["text"]+" NOT NULL", "subject "+types["text"]+" NOT NULL", "client "+types["bool"]+" NOT NULL")), "References": references,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// declare adds the resource to the route table, the scopes to the realm, and the group of operations to main.go.
func (p *project) declare(r resource) error {
	routes, err := p.read("handlers/routes.go")
	if err != nil {
		return err
	}
	scopes, many := r.scopes(routes), camel(r.many)
	changed, err := addRoutes(routes, r.routes(routes), many+" "+camel(r.one)+"Store", many+": store.New"+many+"(db)", scopes)
	if err != nil {
		return err
	}
	p.changes["handlers/routes.go"] = changed
	const realm = "deploy/keycloak/realm.json"
	if text, err := p.read(realm); err == nil && len(scopes) > 0 {
		p.changes[realm] = addRealmScopes(text, scopes)
	}
	main, err := p.read("main.go")
	if err != nil {
		return err
	}
	description := "The " + words(r.many) + " of the caller. No other caller sees or changes them."
	if r.shared {
		description = "The " + words(r.many) + " of all callers."
	}
	p.changes["main.go"] = addTag(main, r.many, description)
	return nil
}

// routes returns the routes of the resource.
func (r resource) routes(text string) string {
	many := variable(r.many, "")
	if many == "" || regexp.MustCompile(`\b`+many+`\b[^.]*:?= `).MatchString(text) || many == "r" || many == "a" {
		many = variable(r.many+"_routes", "rows")
	}
	read, write := "read"+camel(r.many), "write"+camel(r.many)
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, "\t"+format+"\n", args...) }
	line(`%s := &%s{newResource(a, "/%s", a.parts.%s)}`, many, camel(r.many), r.many, camel(r.many))
	line(`%s, %s := r.Require(%q), r.Require(%q)`, read, write, r.read, r.write)
	list, create := many+".List", many+".Create"
	if r.parent != nil {
		owned := r.parent.variable + ".Owned"
		list, create = fmt.Sprintf("ginauth.With(%s, %s)", owned, list), fmt.Sprintf("ginauth.With(%s, %s)", owned, create)
	}
	line(`%s.GET("%s", %s)`, read, r.listPath(":id"), list)
	line(`%s.POST("%s", %s)`, write, r.listPath(":id"), create)
	line(`%s.GET("/%s/:id", ginauth.With(%s.Owned, %s.Get))`, read, r.many, many, many)
	for _, method := range [][2]string{{"PUT", "Replace"}, {"PATCH", "Patch"}, {"DELETE", "Delete"}} {
		line(`%s.%s("/%s/:id", ginauth.With(%s.Owned, %s.%s))`, write, method[0], r.many, many, many, method[1])
	}
	return strings.TrimPrefix(b.String(), "\t")
}

// addField computes the changes for further fields of a resource.
func (p *project) addField(o options) error {
	typ, table, err := p.find(o.resource)
	if err != nil {
		return fmt.Errorf("RESOURCE: %w", err)
	}
	fields, err := parseFields(o.add, snake(typ), func(name string) (string, error) {
		_, table, err := p.find(name)
		return table, err
	})
	if err != nil {
		return fmt.Errorf("ADD: %w", err)
	}
	for _, f := range fields {
		if f.refers != "" && !f.optional {
			return fmt.Errorf("ADD: %s: the %s that exist refer to nothing, so make it optional: %s:ref(...)?", f.name, table, f.name)
		}
	}
	file, err := p.fileOf(typ + "Draft")
	if err != nil {
		return err
	}
	text, err := p.read(file)
	if err != nil {
		return err
	}
	if p.changes[file], err = addFields(file, text, typ+"Draft", fields); err != nil {
		return err
	}
	return p.alterTable(table, fields)
}

// fileOf returns the file of package store that declares a type.
func (p *project) fileOf(typ string) (string, error) {
	declared, err := p.declared("store")
	if err != nil {
		return "", err
	}
	file, ok := declared[typ]
	if !ok {
		return "", fmt.Errorf("package store has no type %s", typ)
	}
	return "store/" + file, nil
}

// alterTable writes the migration that adds columns, for each kind of database.
func (p *project) alterTable(table string, fields []field) error {
	number, err := p.nextMigration()
	if err != nil {
		return err
	}
	for kind, types := range p.dialects() {
		var columns, names, references []string
		for _, f := range fields {
			columns, names = append(columns, types.added(f)), append(names, f.column())
			if f.refers != "" {
				references = append(references, f.column())
			}
		}
		name := fmt.Sprintf("store/migrations/%s/%s_%s_%s.sql", kind, number, table, names[0])
		if err := p.render("alter.sql.tmpl", name, map[string]any{"Table": table, "Columns": columns, "Names": names, "References": references}); err != nil {
			return err
		}
	}
	return nil
}
