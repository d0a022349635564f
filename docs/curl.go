package docs

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"example.com/gatehouse/problem"
)

// curl returns the command that sends a request as it should be, where it could be refused for the
// reason: with a token, with the examples of the document and, if that is what the reason is about,
// with the version that is expected.
func (s *Site) curl(options string, r *problem.Type) string {
	route := s.sample(r)
	op := s.operation(route)
	if route.Method != http.MethodGet {
		options += " -X " + route.Method
	}
	lines := []string{
		"curl " + options + " " + s.config.PublicURL + fill(route.Path, op),
		`-H "Authorization: Bearer $TOKEN"`,
	}
	if conditional(r) && takesIfMatch(op) {
		lines = append(lines, `-H 'If-Match: "1"'`)
	}
	if kind, body := s.body(op); kind != "" {
		lines = append(lines, `-H "Content-Type: `+kind+`"`, "-d '"+strings.ReplaceAll(body, "'", `'\''`)+"'")
	}
	return strings.Join(lines, " \\\n  ")
}

// fill puts the examples of an operation's parameters into its path.
func fill(path string, op object) string {
	for _, p := range parameters(op) {
		if example, ok := p["example"]; ok && p["in"] == "path" {
			path = strings.ReplaceAll(path, fmt.Sprintf("{%v}", p["name"]), fmt.Sprint(example))
		}
	}
	return path
}

// body returns the media type of an operation's body, and a body of the examples of its members. Both
// are empty if the operation takes none.
func (s *Site) body(op object) (kind, body string) {
	request, ok := op["requestBody"].(object)
	if !ok {
		return "", ""
	}
	content := child(request, "content")
	kinds := slices.Sorted(maps.Keys(content))
	if len(kinds) == 0 {
		return "", ""
	}
	example := object{}
	for name, property := range child(s.schema(child(child(content, kinds[0]), "schema")), "properties") {
		if examples, ok := s.schema(property.(object))["examples"].([]any); ok && len(examples) > 0 {
			example[name] = examples[0]
		}
	}
	b, _ := json.Marshal(example) // it was read from JSON: there is no error
	return kinds[0], string(b)
}

// schema returns a schema, or the one among the components that it refers to.
func (s *Site) schema(o object) object {
	if ref, ok := o["$ref"].(string); ok {
		return child(child(child(s.doc, "components"), "schemas"), strings.TrimPrefix(ref, "#/components/schemas/"))
	}
	return o
}
