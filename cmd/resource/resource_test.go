package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/gatehouse/cmd/internal/clone"
)

// starter is what make resource reads of a project.
var starter = map[string]string{
	"go.mod":           "module example.org/lamps\n",
	"main.go":          "package main\n\n// @tag.name\t\tshelves\n// @tag.description\tShelves.\nfunc main() {}\n",
	"store/shelves.go": "package store\n\ntype Shelf struct{ ShelfDraft }\n\ntype ShelfDraft struct {\n\tName string `json:\"name\"`\n}\n\nfunc NewShelves(db *DB) *T { return NewTable[Shelf](db, \"shelves\") }\n",
	"handlers/routes.go": "package handlers\n\nfunc (a *API) routes(r *Router) {\n\tshelves := &Shelves{newResource(a, \"/shelves\", a.parts.Shelves)}\n\n\tpublic := r.Public()\n\t_ = public\n}\n\n" +
		"type Stores struct {\n\tDB Database\n}\n\nfunc NewStores(db *DB) Stores {\n\treturn Stores{DB: db}\n}\n\nvar Scopes = []openapi.Scope{\n\t{Name: \"openid\", Description: \"Know.\"},\n}\n",
	"deploy/keycloak/realm.json":                "{\n  \"clientScopes\": [\n    {}\n  ],\n      \"optionalClientScopes\": [\n        \"a\"\n      ]\n}\n",
	"store/migrations/sqlite/00007_a.sql":       "",
	"store/migrations/postgres/00003_a.sql":     "",
	"store/migrations/postgres/00001_first.sql": "",
}

// newProject writes files to a folder and opens it.
func newProject(t *testing.T) *project {
	t.Helper()
	root := t.TempDir()
	for name, text := range starter {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p, err := openProject(root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.root.Close() })
	return p
}

func TestResourcesAreWritten(t *testing.T) {
	p := newProject(t)
	err := p.addResource(options{name: "order_line", parent: "shelf", scopes: "lines", fields: "order:string(1..9) seen:time? subject:text?"})
	if err != nil {
		t.Fatal(err)
	}
	for name, wants := range map[string][]string{
		"store/order_lines.go": {
			`import "time"`, "type OrderLine struct {\n\tKey\n\tShelf string `db:\"shelf\" json:\"shelf\" ref:\"shelves\"", "// An OrderLine is an order line of its owner.",
			"Order   string     `db:\"order\" json:\"order\" binding:\"required,min=1,max=9,excludesrune=\\x00\" example:\"Order\"`",
			"Seen    *time.Time `db:\"seen\"", "Subject *string    `db:\"order_line_subject\" json:\"subject\"",
		},
		"handlers/order_lines.go":                         {`"example.org/lamps/store"`, "@Router\t\t\t/shelves/{id}/order_lines [post]", "orderLine.Shelf = parent.ID"},
		"handlers/order_lines_test.go":                    {`func TestOrderLines(t *testing.T) { apitest.Resource(t, "/shelves/{id}/order_lines") }`},
		"handlers/routes.go":                              {`readOrderLines, writeOrderLines := r.Require("lines"), r.Require("lines")`, "ginauth.With(shelves.Owned, orderLines.List)", "OrderLines: store.NewOrderLines(db)", `{Name: "lines", Description: "See, create, change and delete order lines."}`},
		"main.go":                                         {"// @tag.name\t\torder_lines\n// @tag.description\tThe order lines of the caller."},
		"deploy/keycloak/realm.json":                      {`"name": "lines"`, "\"optionalClientScopes\": [\n        \"lines\",\n        \"a\""},
		"store/migrations/sqlite/00008_order_lines.sql":   {`"shelf"              TEXT NOT NULL REFERENCES "shelves" (id) ON DELETE CASCADE,`, `"order"              TEXT NOT NULL,`, `"seen"               TIMESTAMP,`},
		"store/migrations/postgres/00008_order_lines.sql": {`id                   uuid PRIMARY KEY,`, `CREATE INDEX "order_lines_of_shelf" ON "order_lines" ("shelf");`},
	} {
		for _, want := range wants {
			if !strings.Contains(p.changes[name], want) {
				t.Errorf("%s has no\n%s\nbut\n%s", name, want, p.changes[name])
			}
		}
	}
	for name := range starter {
		if text, err := p.read(name); err != nil || text != starter[name] {
			t.Errorf("%s was written", name)
		}
	}
}

func TestFieldsAreAdded(t *testing.T) {
	p := newProject(t)
	if err := p.addField(options{resource: "shelf", add: "priority:int(1..5)=3 seen:time? price:decimal(5,2)=1.5 below:ref(shelf)? kind:enum(a,b) from:time=2026-01-02T03:04:05+02:00"}); err != nil {
		t.Fatal(err)
	}
	for name, wants := range map[string][]string{
		"store/shelves.go": {"import \"time\"", "Priority int        `db:\"priority\" json:\"priority\" binding:\"min=1,max=5\" default:\"3\" example:\"3\"`", "Price    Decimal    `db:\"price\" json:\"price\" binding:\"decimal=5 2\" default:\"1.50\"", "default:\"2026-01-02T01:04:05Z\""},
		"store/migrations/sqlite/00008_shelves_priority.sql":   {`ADD COLUMN "priority" INTEGER NOT NULL DEFAULT 3;`, `ADD COLUMN "seen" TIMESTAMP;`, `ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'a';`, `ADD COLUMN "below" TEXT REFERENCES "shelves" (id);`, `DEFAULT '2026-01-02 01:04:05+00:00';`},
		"store/migrations/postgres/00008_shelves_priority.sql": {`ADD COLUMN "price" numeric(5, 2) NOT NULL DEFAULT '1.50';`, `DROP COLUMN "kind";`},
	} {
		for _, want := range wants {
			if !strings.Contains(p.changes[name], want) {
				t.Errorf("%s has no\n%s\nbut\n%s", name, want, p.changes[name])
			}
		}
	}
}

// A row whose file imports something else gets the import of time as well.
func TestTimeIsImportedBesideOthers(t *testing.T) {
	p := newProject(t)
	file, text := "store/shelves.go", strings.Replace(starter["store/shelves.go"], "package store\n", "package store\n\nimport \"fmt\"\n", 1)
	if err := p.root.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := p.addField(options{resource: "shelf", add: "seen:time? gone:time?"}); err != nil {
		t.Fatal(err)
	}
	if got := p.changes[file]; strings.Count(got, `import "time"`) != 1 || !strings.Contains(got, `import "fmt"`) {
		t.Errorf("it is\n%s", got)
	}
}

func TestWhatCannotBeIsRejected(t *testing.T) {
	p := newProject(t)
	for _, test := range []struct {
		options options
		want    string
	}{
		{options{}, "NAME and FIELDS are needed"},
		{options{name: "note"}, "NAME and FIELDS are needed"},
		{options{name: "Note", fields: "a:int"}, `NAME: "Note" is no noun`},
		{options{name: "news", fields: "a:int"}, `NAME: add the plural of "news"`},
		{options{name: "order line", fields: "a:int"}, `NAME: "order line" is no noun in lower case such as note or order_line`},
		{options{name: "shelf shelves", fields: "a:int"}, "NAME: store/shelves.go declares Shelf already"},
		{options{name: "doc", fields: "a:int"}, "NAME: every API has docs already"},
		{options{name: "note", fields: "a:int", owner: "me"}, `OWNER: "me" is neither caller nor none`},
		{options{name: "note", fields: "a:int", parent: "box"}, `PARENT: there is no resource "box": there are shelves`},
		{options{name: "note", fields: "a:int", scopes: "a,b,c"}, "SCOPES: "},
		{options{name: "note", fields: "a"}, `FIELDS: "a" is no field: write NAME:TYPE`},
		{options{name: "note", fields: "a:money"}, "FIELDS: a: money is no type of a field: write NAME:TYPE"},
		{options{name: "note", fields: "id:int"}, "FIELDS: id: every resource has this name already"},
		{options{name: "note", fields: "limit:bool"}, "FIELDS: limit: every list has a parameter of this name already"},
		{options{name: "note", fields: "A:int"}, "FIELDS: A: a name has small letters"},
		{options{name: "note", fields: "a:int a:bool"}, "FIELDS: a: there are two fields of this name"},
		{options{name: "note", fields: "a1:int a_1:int"}, "FIELDS: a_1: there are two fields of this name"},
		{options{name: "note", fields: "note_draft:int"}, "FIELDS: note_draft: every resource has this name already"},
		{options{name: "id", fields: "a:int"}, "NAME: every API has ids already"},
		{options{name: "note", fields: "a:time=yesterday"}, `FIELDS: a: "yesterday" is no value of time`},
		{options{name: "note", fields: "a:int?=3"}, "FIELDS: a: a field is optional or has a default"},
		{options{name: "note", fields: "a:int(5..1)"}, "FIELDS: a: int(5..1): the first bound is the greater one"},
		{options{name: "note", fields: "a:int(1..5)=9"}, `FIELDS: a: "9" is no value of int`},
		{options{name: "note", fields: "a:enum()"}, "FIELDS: a: an enum has different words"},
		{options{name: "note", fields: "a:enum(x,y)=z"}, `FIELDS: a: "z" is no value of enum`},
		{options{name: "note", fields: "a:decimal(20,2)"}, "FIELDS: a: a decimal has at most 18 digits"},
		{options{name: "note", fields: "a:decimal(4,2)=1.234"}, `FIELDS: a: "1.234" is no value of decimal`},
		{options{name: "note", fields: "a:date=2026-02-30"}, `FIELDS: a: "2026-02-30" is no value of date`},
		{options{name: "note", fields: "a:bool(1)"}, "FIELDS: a: bool has nothing in parentheses"},
		{options{name: "note", fields: "a:ref(box)"}, `FIELDS: a: there is no resource "box"`},
		{options{name: "note", fields: "a:string(0..90000)"}, "FIELDS: a: a text has at most"},
		{options{resource: "box", add: "a:int"}, `RESOURCE: there is no resource "box"`},
		{options{resource: "shelf", add: "name:int"}, "name: ShelfDraft has it already"},
		{options{resource: "shelf", add: "a:ref(shelf)"}, "ADD: a: the shelves that exist refer to nothing"},
	} {
		var err error
		if test.options.resource != "" {
			err = p.addField(test.options)
		} else {
			err = p.addResource(test.options)
		}
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%+v: got %v, want %s", test.options, err, test.want)
		}
	}
}

func TestChangesOfTheUserAreNotMixed(t *testing.T) {
	p := newProject(t)
	git := func(args ...string) {
		t.Helper()
		c := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.org"}, args...)...)
		c.Dir = p.root.Name()
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v %s", err, out)
		}
	}
	git("init", "--quiet")
	git("add", ".")
	git("commit", "--quiet", "-m", "First")
	p.changes["main.go"] = "package main\n"
	check := func(want string) {
		t.Helper()
		if err := p.checkUnchanged(&strings.Builder{}); err == nil && want != "" || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	check("")
	if err := p.root.WriteFile("main.go", []byte("package mine\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	check("commit or stash your changes first, so that you can review those of this command: main.go")
	if err := p.root.MkdirAll("docs", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := p.root.WriteFile(document, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := clone.Remember(p.root.Name(), append(p.files(), document)); err != nil { // as if this program had written it
		t.Fatal(err)
	}
	check("")
}
