package main

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-openapi/spec"
	"github.com/swaggo/swag"
)

// rowKey is the struct that every row embeds.
const rowKey = "store.Key"

var (
	pathParameter = regexp.MustCompile(`\{([^}]+)\}`)
	wordBreak     = regexp.MustCompile(`([a-z])([A-Z])`)
)

// patterns are those of the parameters that follow from a form. A cursor is 16 bytes in base64url. An If-Match header
// is a list of entity tags (RFC 9110, section 13.1.1); an If-None-Match header that is malformed has no effect.
var patterns = map[string]string{
	"cursor":   `^([A-Za-z0-9_-]{21}[AQgw])?$`,
	"If-Match": `^(\*|(W/)?"[^"\x00-\x20\x7f]*"([ \t]*,[ \t]*(W/)?"[^"\x00-\x20\x7f]*")*)$`,
}

// A form is what an operation takes and returns, as far as its comment and its path say.
type form struct {
	*swag.Operation
	doc      *spec.Swagger
	source   *source
	path     string
	resource string // the definition of what the path returns
	method   string
	decimals map[string]string // patterns of parameters that are decimals
}

// complete adds to every comment the lines that follow from the form of its operation. It fails for a comment on
// security, which comes from the route table alone.
func complete(parser *swag.Parser, source *source) error {
	doc := parser.GetSwagger()
	if len(doc.SecurityDefinitions) > 0 {
		return errors.New("main.go: @securityDefinitions: schemes are made from the configuration, not from a comment")
	}
	for _, path := range slices.Sorted(maps.Keys(doc.Paths.Paths)) {
		resource := ""
		for _, op := range operations(doc.Paths.Paths[path]) {
			resource = cmp.Or(resource, returned(op, 200))
		}
		for method, op := range operations(doc.Paths.Paths[path]) {
			f := &form{swag.NewOperation(parser), doc, source, path, resource, method, map[string]string{}}
			f.Operation.Operation = *op
			if err := f.complete(); err != nil {
				return fmt.Errorf("%s %s: %w", method, path, err)
			}
			*op = f.Operation.Operation
		}
	}
	return nil
}

// operations yields those of a path by their methods.
func operations(item spec.PathItem) iter.Seq2[string, *spec.Operation] {
	return func(yield func(string, *spec.Operation) bool) {
		all := []*spec.Operation{item.Get, item.Head, item.Put, item.Patch, item.Post, item.Delete, item.Options}
		for i, method := range []string{"GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS"} {
			if all[i] != nil && !yield(method, all[i]) {
				return
			}
		}
	}
}

// complete adds the lines to one comment.
func (f *form) complete() error {
	if f.Security != nil {
		return errors.New("@Security: what a route asks for is said in the route table, not in a comment")
	}
	for _, name := range pathParameter.FindAllStringSubmatch(f.path, -1) {
		if err := f.addPathParameter(name[1]); err != nil {
			return err
		}
	}
	for _, line := range f.lines() {
		if err := f.add(line); err != nil {
			return err
		}
	}
	return nil
}

// lines returns the lines that follow from the form: see the comment of this package.
func (f *form) lines() (lines []string) {
	when := func(condition bool, more ...string) {
		if condition {
			lines = append(lines, more...)
		}
	}
	get, patch := f.method == "GET", f.method == "PATCH"
	result, created := f.returned(200), f.returned(201)
	list, element := f.list()
	row, atRow := noun(cmp.Or(created, f.resource)), strings.HasSuffix(f.path, "}") && f.isRow(f.resource)
	version := ` {string} ETag "Version of the ` + row + `, for If-Match and If-None-Match."`

	when(strings.Contains(f.path, "{"), failure(404))
	when(f.has("body", ""), failure(400), failure(408), failure(413), failure(415), failure(422))
	when(list != "",
		fmt.Sprintf(`@Param limit query int false "How many %s a page has at most." minimum(1) maximum(%s) default(%s)`,
			list, f.source.numbers["maxLimit"], f.source.numbers["defaultLimit"]),
		`@Param cursor query string false "Where the page begins: the next_cursor of the page before."`)
	if f.isRow(element) {
		lines = append(lines, f.filters(list, element)...)
	}
	when(list != "" || f.has("query", ""), failure(400))
	when(f.isRow(result), `@Header 200`+version)
	when(f.isRow(created), `@Header 201`+version, `@Header 201 {string} Location "Address of the `+row+`."`, failure(409))
	when(atRow, failure(412))
	when(atRow && f.method == "DELETE", failure(409))
	when(patch && f.has("body", ""), "@Accept application/merge-patch+json")
	when(atRow && !get,
		`@Param If-Match header string false "The ETag of the `+row+` that was read. If it has changed, the response is 412. `+
			"`*` stands for any version, and is the default unless this API requires the header (428).\"",
		`@Header 200 {string} Content-Location "Address of the `+row+`, whose present state is the body."`, failure(428))
	when(get && (f.isRow(result) || f.hasHeader(200, "ETag")),
		`@Param If-None-Match header string false "ETags that the caller has, separated by commas. If one of them is current, the response is 304 without a body."`,
		`@Success 304 "The caller has the current version."`)
	when(atRow || f.isRow(result) || f.isRow(created) || f.isRow(element), failure(503))
	return lines
}

func failure(status int) string { return fmt.Sprintf("@Failure %d {object} problem.Body", status) }

// addPathParameter describes a parameter of the path, which is a member of what the path returns.
func (f *form) addPathParameter(name string) error {
	if f.has("", name) {
		return nil
	}
	property, ok := f.doc.Definitions[f.resource].Properties[name]
	if !ok {
		return fmt.Errorf("the path returns nothing with the member %s: describe the parameter in a @Param comment", name)
	}
	line := fmt.Sprintf(`@Param %s path string true "The %s of the %s."`, name, name, noun(f.resource))
	if property.Format != "" {
		line += " format(" + property.Format + ")"
	}
	if property.Example != nil {
		line += fmt.Sprintf(" extensions(x-example=%v)", property.Example)
	}
	return f.ParseComment(line, nil)
}

// add adds a line to the comment, unless the comment says it already.
func (f *form) add(line string) error {
	fields := strings.Fields(line)
	if fields[0] == "@Accept" && len(f.Consumes) > 0 {
		return nil
	}
	status, _ := strconv.Atoi(fields[1])
	_, named := f.Responses.StatusCodeResponses[status]
	switch fields[0] {
	case "@Param":
		named = f.has("", fields[1])
	case "@Header":
		named = f.hasHeader(status, fields[3])
	}
	if named {
		return nil
	}
	err := f.ParseComment(line, nil)
	if last := len(f.Parameters) - 1; err == nil && fields[0] == "@Param" {
		f.Parameters[last].Pattern = cmp.Or(patterns[fields[1]], f.decimals[fields[1]])
	}
	return err
}

// list returns the member that has the elements, and their definition, where the operation returns a list.
func (f *form) list() (member, element string) {
	properties := f.doc.Definitions[f.returned(200)].Properties
	if _, paged := properties["next_cursor"]; !paged {
		return "", ""
	}
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if items := properties[name].Items; items != nil && items.Schema != nil {
			return name, definition(items.Schema)
		}
	}
	return "", ""
}

func (f *form) returned(status int) string { return returned(&f.Operation.Operation, status) }

func (f *form) isRow(definition string) bool { return f.source.embeds(definition, rowKey) }

// has reports whether the operation has a parameter in a place, such as query, or of a name.
func (f *form) has(in, name string) bool {
	return slices.ContainsFunc(f.Parameters, func(p spec.Parameter) bool { return p.In == in || p.Name == name })
}

func (f *form) hasHeader(status int, name string) bool {
	_, ok := f.Responses.StatusCodeResponses[status].Headers[name]
	return ok
}

// returned returns the definition of what an operation responds with, or nothing.
func returned(op *spec.Operation, status int) string {
	return definition(op.Responses.StatusCodeResponses[status].Schema)
}

func definition(schema *spec.Schema) string {
	if schema == nil {
		return ""
	}
	return strings.TrimPrefix(schema.Ref.String(), "#/definitions/")
}

// noun returns what a definition is called in a sentence: store.OrderLine is an order line.
func noun(definition string) string {
	return strings.ToLower(wordBreak.ReplaceAllString(withoutPackage(definition), "$1 $2"))
}
