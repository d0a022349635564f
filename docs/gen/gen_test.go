package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fixture returns a folder with the API of testdata. Its go.mod is written here: with one of its own in
// testdata it would be a module within this one, which gonew and the module proxy leave out.
func fixture(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	if err := os.CopyFS(root, os.DirFS("testdata/api")); err != nil {
		t.Fatal(err)
	}
	write(t, root, "go.mod", "module example.com/fixture\n\ngo 1.26.0\n")
	return root
}

// The golden document is what this prints after "got" when the fixture has changed.
func TestFixtureBecomesTheGoldenDocument(t *testing.T) {
	want, err := os.ReadFile("testdata/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	root := fixture(t)
	for range 3 { // equal sources, equal bytes
		got, err := generate(root)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("got\n%s\nwant\n%s", got, want)
		}
	}
}

func TestGoldenDocumentSaysWhatSwagCannot(t *testing.T) {
	b, err := os.ReadFile("testdata/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	doc := strings.Join(strings.Fields(string(b)), "")
	has := map[string]string{
		"the version":                          `"openapi":"3.1.1"`,
		"problem details for an error":         `"404":{"content":{"application/problem+json"`,
		"problem details for any other":        `"default":{"content":{"application/problem+json"`,
		"JSON for an error that is no Problem": `"503":{"content":{"application/json"`,
		"JSON for a request body":              `"requestBody":{"content":{"application/json"`,
		"a name without its package":           `"SmallItem":{"properties"`,
		"an instance without its packages":     `"$ref":"#/components/schemas/Page-OwnedItem"`,
		"null as a type":                       `"next_cursor":{"type":["string","null"]}`,
		"null beside a reference":              `"best":{"anyOf":[{"$ref":"#/components/schemas/Lamp"},{"type":"null"}]}`,
		"the format of a time":                 `"created_at":{"format":"date-time","readOnly":true,"type":"string"}`,
		"the format of a time that may lack":   `"since":{"format":"date-time","type":["string","null"]}`,
		"a page as text":                       `"text/html":{"schema":{"type":"string"}}`,
		"no page of a problem":                 `"404":{"content":{"application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"}}},"description":"NotFound"}}`,
		"the example of a parameter":           `"example":"0198c2a1-6a3e-7cc0-9d0c-0f6a2b8f3c11","in":"path"`,
		"examples":                             `"name":{"examples":["Lantern"]`,
		"limits from the binding tag":          `"maxLength":100,"minLength":1,"pattern":"^[^\\x00]*$","type":"string"}`,
		"a format from the binding tag":        `"page":{"format":"uri","pattern":"^[^\\x2d\\x5d]*$","type":"string"}`,
		"no format of what may be empty":       `"mail":{"type":"string"}`,
		"of what is read, what is validated":   `"required":["name"],"type":"object"},"Label":`,
		"of what is read, no other members":    `"Label":{"additionalProperties":false,"properties":{"text":{"type":"string"}},"type":"object"}`,
		"the pattern of a cursor":              `"name":"cursor","schema":{"pattern":"^([A-Za-z0-9_-]{21}[AQgw])?$","type":"string"}`,
		"the pattern of a condition":           `"name":"If-Match","schema":{"pattern":"^(\\*|(W/)?`,
		"what is always sent as required":      `"required":["things","next_cursor"]`,
		"what embedded structs send":           `"required":["id","name","page","mail","count","kind","shelf","done","due","price","seen","tags","created_at","owner"]`,
		"a patch as its media type":            `"requestBody":{"content":{"application/merge-patch+json":{"schema":{"$ref":"#/components/schemas/Patch"}}}`,
		"null in a patch for what may lack":    `"price":{"pattern":"^-?(0|[1-9][0-9]{0,9})(\\.[0-9]{1,2})?$","type":["string","null"]}`,
		"null as a choice":                     `"kind":{"enum":["a","b",null],"type":["string","null"]}`,
		"the format of a date":                 `"due":{"format":"date","type":["string","null"]}`,
		"a list with rules for its elements":   `"tags":{"items":{"maxLength":5,"minLength":1,"type":"string"},"maxItems":9,"type":"array"}`,
		"what an identifier refers to":         `"shelf":{"default":"x","format":"uuid","type":"string","x-references":"shelves"}`,
		"a filter by one of several":           `"name":"kind","schema":{"enum":["a","b"],"type":"string"}`,
		"a filter by a reference":              `"name":"shelf","schema":{"format":"uuid","type":"string"}`,
		"a filter by a range":                  `"description":"Onlythingswhosedueisthisorless.","in":"query","name":"due_to","schema":{"format":"date","type":"string"}`,
		"a string that is not a time as one":   `"until":{"type":"string"}`,
	}
	for name, want := range has {
		t.Run("has "+name, func(t *testing.T) {
			if !strings.Contains(doc, want) {
				t.Errorf("no %s", want)
			}
		})
	}
	for _, not := range []string{`"x-nullable`, `"x-example`, `"example":"Lantern"`, `"nullable":`, `handlers.`, `store.`, `"securit`, `"contact"`, `":null`} {
		t.Run("lacks "+not, func(t *testing.T) {
			if strings.Contains(doc, not) {
				t.Errorf("%s is there", not)
			}
		})
	}
}

func TestGenerateRejects(t *testing.T) {
	const main = "package main\n\n// @title T\n// @version 1\nfunc main() {}\n"
	tests := []struct {
		name  string
		files map[string]string
		want  string
	}{
		{
			"an operation with @Security",
			map[string]string{"handlers/a.go": "package handlers\n\n// A is.\n// @Security OAuth2[read]\n// @Success 204\n// @Router /a [get]\nfunc A() {}\n"},
			"GET /a: @Security: what a route asks for is said in the route table",
		},
		{
			"general information with @securityDefinitions",
			map[string]string{
				"main.go":       "package main\n\n// @title T\n// @version 1\n// @securityDefinitions.basic B\nfunc main() {}\n",
				"handlers/a.go": "package handlers\n",
			},
			"main.go: @securityDefinitions",
		},
		{
			"two types with one name",
			map[string]string{
				"handlers/a.go": "package handlers\n\nimport \"example.com/t/store\"\n\ntype Item struct{ A string }\n\n" +
					"// A is.\n// @Success 200 {object} Item\n// @Failure 400 {object} store.Item\n// @Router /a [get]\n" +
					"func A() { _ = store.Item{} }\n",
				"store/store.go": "package store\n\ntype Item struct{ B int }\n",
				"main.go":        "package main\n\nimport _ \"example.com/t/handlers\"\n\n// @title T\n// @version 1\nfunc main() {}\n",
			},
			"handlers.Item and store.Item would both be the schema Item",
		},
		{
			"two types with one @name",
			map[string]string{
				"handlers/a.go": "package handlers\n\n// A is.\n// @Success 204\n// @Router /a [get]\nfunc A() {}\n",
				"store/item.go": "package store\n\ntype Draft struct{ A string } // @name ItemDraft\n",
				"store/note.go": "package store\n\ntype NoteDraft struct{ B int } // @name ItemDraft\n",
			},
			"store.Draft and store.NoteDraft would both be the schema ItemDraft: change one // @name",
		},
		{
			"a @name that is the name of another type",
			map[string]string{
				"handlers/a.go": "package handlers\n\n// A is.\n// @Success 204\n// @Router /a [get]\nfunc A() {}\n",
				"store/item.go": "package store\n\ntype Item struct{ A string }\n\ntype Note struct{ B int } // @name store.Item\n",
			},
			"store.Item and store.Note would both be the schema store.Item",
		},
		{
			"a parameter of the path that nothing describes",
			map[string]string{"handlers/a.go": "package handlers\n\n// A is.\n// @Success 204\n// @Router /a/{id} [get]\nfunc A() {}\n"},
			"/a/{id}: the path returns nothing with the member id: describe the parameter in a @Param comment",
		},
		{
			"a list without limits",
			map[string]string{"handlers/a.go": "package handlers\n\ntype L struct {\n\tItems []A `json:\"items\"`\n\tNext string `json:\"next_cursor\"`\n}\n\n" +
				"type A struct{ B int `json:\"b\"` }\n\n// G is.\n// @Success 200 {object} L\n// @Router /a [get]\nfunc G() {}\n"},
			"maximum is allow only a number",
		},
		{
			"a type of a package that is not read",
			map[string]string{
				"handlers/a.go": "package handlers\n\nimport \"example.com/t/other\"\n\n// A is.\n// @Success 200 {object} other.A\n// @Router /a [get]\nfunc A() { _ = other.A{} }\n",
				"other/a.go":    "package other\n\ntype A struct{ B int `json:\"b\"` }\n",
				"main.go":       "package main\n\nimport _ \"example.com/t/handlers\"\n\n// @title T\n// @version 1\nfunc main() {}\n",
			},
			"other.A is not a struct of the packages handlers, store, problem, docs",
		},
		{
			"a route that is declared twice",
			map[string]string{"handlers/a.go": "package handlers\n\n// A is.\n// @Success 204\n// @Router /a [get]\nfunc A() {}\n\n" +
				"// B is.\n// @Success 204\n// @Router /a [get]\nfunc B() {}\n"},
			"declared multiple times",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			write(t, root, "go.mod", "module example.com/t\n\ngo 1.26.0\n")
			write(t, root, "main.go", main)
			for name, text := range tt.files {
				write(t, root, name, text)
			}
			_, err := generate(root)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

func TestTypesThatAreNoSchemasMayShareAName(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":         "module example.com/t\n\ngo 1.26.0\n",
		"main.go":        "package main\n\n// @title T\n// @version 1\nfunc main() {}\n",
		"handlers/a.go":  "package handlers\n\n// A is.\n// @Success 204\n// @Router /a [get]\nfunc A() { type row struct{} }\n\nfunc B() { type row struct{} }\n",
		"store/linux.go": "//go:build linux\n\npackage store\n\ntype lock struct{}\n",
		"store/other.go": "//go:build !linux\n\npackage store\n\ntype lock struct{}\n",
	} {
		write(t, root, name, text)
	}
	if _, err := generate(root); err != nil {
		t.Error(err)
	}
}

func TestCheck(t *testing.T) {
	root, out := fixture(t), filepath.Join(t.TempDir(), "openapi.json")
	wantStale := func(name string) {
		t.Helper()
		err := run(root, out, true)
		if err == nil || !strings.Contains(err.Error(), "run make docs") {
			t.Errorf("%s: got %v, want an error that names make docs", name, err)
		}
	}
	wantStale("no document")
	if err := run(root, out, false); err != nil {
		t.Fatal(err)
	}
	if err := run(root, out, true); err != nil {
		t.Errorf("a document just written: %v", err)
	}
	if err := os.WriteFile(out, []byte("{}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	wantStale("another document")
	if b, _ := os.ReadFile(out); string(b) != "{}\n" {
		t.Error("the check wrote the document")
	}
}

// write puts a file into the folder root.
func write(t *testing.T, root, name, text string) {
	t.Helper()
	path := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
