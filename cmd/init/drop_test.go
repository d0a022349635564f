package main

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// harbor is a starter with parts. Its lamp is wired in three kinds of files.
func harbor() map[string]string {
	files := maps.Clone(lantern)
	files[".starter"] += `part light lamp/light lamp/light_test.go
part tower tower needs light
part oil oil
part gas gas
one oil gas
set standard light oil gas
set minimal gas
`
	files["main.go"] = `package main

import (
	"os"

	"example.org/lantern/gas"
	"example.org/lantern/lamp/light"
	"example.org/lantern/oil"
)

func main() {
	light.On() // part:light
	// part:light,oil:begin
	if len(os.Args) > 1 {
		oil.Pour()
	}
	// part:light,oil:end
	gas.Open() // part:gas
	// without:gas println("no gas")
}
`
	files["lamp/light/light.go"] = "package light\n\n// On is on.\nfunc On() {}\n"
	files["lamp/light_test.go"] = "package lamp\n"
	files["oil/oil.go"] = "package oil\n\nfunc Pour() {}\n"
	files["gas/gas.go"] = "package gas\n\nfunc Open() {}\n"
	files["tower/stairs.txt"] = "up\n"
	files["README.md"] = "# Lantern\n\n| a | b |\n|---|---|\n| light | on <!-- part:light --> |\n| rest | stays |\n\n<!-- part:light:begin -->\nIt shines.\n<!-- part:light:end -->\n\nRun it.\n"
	delete(files, "test/e2e/go.mod")
	delete(files, "docs/gen/go.mod")
	return files
}

func TestAPartLeaves(t *testing.T) {
	r := newRepository(t, harbor())
	var out strings.Builder
	if err := drop(r.root, options{drop: "tower, light"}, &out); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		"main.go": `package main

import (
	"example.org/lantern/gas"
)

func main() {
	gas.Open() // part:gas
	// without:gas println("no gas")
}
`,
		"README.md": "# Lantern\n\n| a | b |\n|---|---|\n| rest | stays |\n\nRun it.\n",
	} {
		if got := read(t, r.root, file); got != want {
			t.Errorf("%s is\n%s\nwant\n%s", file, got, want)
		}
	}
	for _, name := range []string{"lamp/light", "lamp/light_test.go", "tower"} {
		if _, err := os.Stat(filepath.Join(r.root, name)); !os.IsNotExist(err) {
			t.Errorf("%s is still there", name)
		}
	}
	if got := read(t, r.root, ".starter"); !strings.Contains(got, "\ndropped light\ndropped tower\npart oil oil\n") {
		t.Errorf("the manifest is\n%s", got)
	}
	if err := drop(r.root, options{drop: "light"}, &out); err == nil || err.Error() != "PART: light was dropped already" {
		t.Errorf("a second time: got %v", err)
	}
}

func TestALineTakesThePlaceOfAnother(t *testing.T) {
	r := newRepository(t, harbor())
	if err := drop(r.root, options{drop: "gas"}, &strings.Builder{}); err != nil {
		t.Fatal(err)
	}
	got := read(t, r.root, "main.go")
	if !strings.Contains(got, "\n\tprintln(\"no gas\")\n") || strings.Contains(got, "lantern/gas") || !strings.Contains(got, "light.On()") {
		t.Errorf("main.go is\n%s", got)
	}
}

// The part that has the manifest is dropped last.
func TestMarksLeaveWithTheManifest(t *testing.T) {
	files := harbor()
	files[".starter"] += "part crane .starter crane\n"
	files["crane/crane.go"] = "package crane\n"
	files["lamp/lamp.go"] = "package lamp\n\nfunc init() { // part:light:begin\n} // part:light:end\n"
	files["Makefile"] = "run:\n\t./lantern # part:light\n\t# without:light ./dark\n\n# part:crane:begin\ndrop:\n# part:crane:end\n"
	r := newRepository(t, files)
	if err := drop(r.root, options{drop: "crane oil"}, &strings.Builder{}); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		"main.go": `package main

import (
	"example.org/lantern/gas"
	"example.org/lantern/lamp/light"
)

func main() {
	light.On()
	gas.Open()
}
`,
		"README.md":    "# Lantern\n\n| a | b |\n|---|---|\n| light | on |\n| rest | stays |\n\nIt shines.\n\nRun it.\n",
		"lamp/lamp.go": "package lamp\n\nfunc init() {\n}\n",
		"Makefile":     "run:\n\t./lantern\n",
	} {
		if got := read(t, r.root, file); got != want {
			t.Errorf("%s is\n%s\nwant\n%s", file, got, want)
		}
	}
	for _, name := range []string{".starter", "crane", "oil"} {
		if exists(filepath.Join(r.root, name)) {
			t.Errorf("%s is still there", name)
		}
	}
}

func TestPartsThatMustStayAreNotDropped(t *testing.T) {
	r := newRepository(t, harbor())
	for names, want := range map[string]string{
		"":          "PART is needed: make drop PART=light; the parts are light, tower, oil, gas",
		"lamp":      `PART: there is no part "lamp": the parts are light, tower, oil, gas`,
		"oil gas":   "PART: one of oil and gas must stay: the program does not work without",
		"light":     `PART: tower would not work without: drop them as well, with PART="light tower"`,
		"light oil": `PART: tower would not work without: drop them as well, with PART="light oil tower"`,
	} {
		if err := drop(r.root, options{drop: names}, &strings.Builder{}); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", names, err, want)
		}
	}
	if changes := r.must(t, "status", "--porcelain"); changes != "" {
		t.Errorf("it changed\n%s", changes)
	}
}

// A product that does not compile stays as it is.
func TestDropChangesNothingThatBreaks(t *testing.T) {
	files := harbor()
	files["lamp/lamp.go"] = "package lamp\n\nimport \"example.org/lantern/oil\"\n\n// Fill fills it.\nfunc Fill() { oil.Pour() }\n"
	r := newRepository(t, files)
	if err := drop(r.root, options{drop: "oil"}, &strings.Builder{}); err == nil || !strings.Contains(err.Error(), "example.org/lantern/oil") {
		t.Errorf("got %v", err)
	}
	if changes := r.must(t, "status", "--porcelain"); changes != "" {
		t.Errorf("it changed\n%s", changes)
	}
}

func TestChangesOfTheUserAreNotLost(t *testing.T) {
	for file, touched := range map[string]bool{
		"main.go": true, "lamp/light/light.go": true, "lamp/light/mine.go": true, "lamp/other.go": false, "LICENSE": false,
	} {
		r := newRepository(t, harbor())
		text := harbor()[file]
		if filepath.Ext(file) == ".go" && text == "" {
			text = "package " + filepath.Base(filepath.Dir(file)) + "\n"
		}
		write(t, r.root, file, text+"// mine\n")
		err := drop(r.root, options{drop: "light tower"}, &strings.Builder{})
		if touched != (err != nil) || touched && !strings.HasSuffix(err.Error(), "commit or stash them first\n"+file) {
			t.Errorf("%s: got %v", file, err)
		}
		if got := read(t, r.root, file); !strings.HasSuffix(got, "// mine\n") {
			t.Errorf("%s is %s", file, got)
		}
	}
}

func TestDropPrintsItsPlan(t *testing.T) {
	r := newRepository(t, harbor())
	var out strings.Builder
	if err := drop(r.root, options{drop: "light tower", dryRun: true}, &out); err != nil {
		t.Fatal(err)
	}
	want := ` change .starter (0 lines less)
 change README.md (5 lines less)
 delete lamp/light/light.go (4 lines)
 delete lamp/light_test.go (1 lines)
 change main.go (10 lines less)
 delete tower/stairs.txt (1 lines)
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &out, want)
	}
	if changes := r.must(t, "status", "--porcelain"); changes != "" {
		t.Errorf("the dry run changed\n%s", changes)
	}
}

func TestInitLeavesOutParts(t *testing.T) {
	for set, dropped := range map[string]string{"": "tower", "standard": "tower", "minimal": "light tower oil", "all": ""} {
		r := newRepository(t, harbor())
		o := acme
		o.parts = set
		if err := initialize(r.root, o, &strings.Builder{}); err != nil {
			t.Fatal(err)
		}
		manifest := read(t, r.root, ".starter")
		for _, name := range []string{"light", "tower", "oil", "gas"} {
			gone := strings.Contains(" "+dropped+" ", " "+name+" ")
			if gone != strings.Contains(manifest, "\ndropped "+name+"\n") || gone == strings.Contains(manifest, "\npart "+name+" ") {
				t.Errorf("%q: the manifest is\n%s", set, manifest)
			}
		}
		if set == "minimal" {
			continue
		}
		r.commit(t, "A product")
		if err := drop(r.root, options{drop: "oil"}, &strings.Builder{}); err != nil {
			t.Errorf("%q: %v", set, err)
		}
	}
	o := acme
	o.parts = "tiny"
	if err := initialize(newRepository(t, harbor()).root, o, &strings.Builder{}); err == nil || err.Error() != `PARTS: there is no set "tiny": want one of minimal, standard, all` {
		t.Errorf("got %v", err)
	}
}

// TestUpdateLeavesOutDroppedParts has a later version that changes a file of a part, and adds another one.
func TestUpdateLeavesOutDroppedParts(t *testing.T) {
	starter := newRepository(t, harbor())
	starter.must(t, "tag", "v1.0.0")
	product := &repository{t.TempDir(), true}
	product.must(t, "clone", "--quiet", starter.root, ".")
	product.must(t, "remote", "add", "upstream", starter.root)
	if err := initialize(product.root, acme, &strings.Builder{}); err != nil {
		t.Fatal(err)
	}
	product.commit(t, "A product")
	if err := drop(product.root, options{drop: "light"}, &strings.Builder{}); err != nil {
		t.Fatal(err)
	}
	product.commit(t, "No light")
	write(t, starter.root, "lamp/light/light.go", harbor()["lamp/light/light.go"]+"\n// Off is off.\nfunc Off() {}\n")
	write(t, starter.root, "lamp/light/color.go", "package light\n")
	write(t, starter.root, "main.go", strings.Replace(harbor()["main.go"], "	gas.Open()", "	light.Off() // part:light\n	gas.Open()", 1))
	write(t, starter.root, "gas/gas.go", "package gas\n\n// Open opens it.\nfunc Open() {}\n")
	starter.commit(t, "Second")
	starter.must(t, "tag", "v1.1.0")
	if err := update(product.root, options{version: "v1.1.0"}, &strings.Builder{}); err != nil {
		t.Fatal(err)
	}
	if left := product.must(t, "ls-files", "lamp/light*", "tower"); left != "" {
		t.Errorf("there is %s", left)
	}
	if got := read(t, product.root, "gas/gas.go"); !strings.Contains(got, "opens it") {
		t.Errorf("the later version is missing:\n%s", got)
	}
	if got := read(t, product.root, "main.go"); strings.Contains(got, "light") {
		t.Errorf("main.go is\n%s", got)
	}
}
