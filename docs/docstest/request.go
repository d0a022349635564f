package docstest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"example.com/gatehouse/auth/authtest"
)

// A call is a request of a caller.
type call struct {
	caller
	request
}

// A request is how an operation is called, but for the credentials.
type request struct {
	method, target string
	header         map[string]string
	body           string
	wants          []int // statuses, one of which the response must have; nil: the example must be accepted
}

// with returns another call, whose request has one more header.
func (c call) with(difference, header, value string, wants ...int) call {
	c.name += ", " + difference
	c.request.header = maps.Clone(c.header)
	if header != "" {
		c.header[header] = value
	}
	c.wants = wants
	return c
}

// sending returns another call, with a body.
func (c call) sending(difference, body string, wants ...int) call {
	c = c.with(difference, "", "", wants...)
	c.body = body
	return c
}

// request returns a request made from the examples of the document.
func (op *operation) request() (request, error) {
	r := request{method: op.method, target: op.path, header: map[string]string{}}
	query := url.Values{}
	for _, p := range op.Parameters {
		value, ok := op.doc.example(p.media)
		if id, referred := op.parent(p); referred {
			value, ok = id, true
		}
		switch {
		case ok && p.In == "path":
			r.target = strings.ReplaceAll(r.target, "{"+p.Name+"}", url.PathEscape(fmt.Sprint(value)))
		case ok && p.In == "query":
			query.Set(p.Name, fmt.Sprint(value))
		case ok && p.In == "header":
			r.header[p.Name] = fmt.Sprint(value)
		case p.Required:
			return r, fmt.Errorf("got no example of the parameter %s, want one", p.Name)
		}
	}
	if len(query) > 0 {
		r.target += "?" + query.Encode()
	}
	if op.RequestBody == nil {
		return r, nil
	}
	mediaType, content := op.body()
	value, ok := op.doc.example(content)
	if !ok {
		return r, errors.New("got no example of a JSON body, want one")
	}
	body, err := json.Marshal(value)
	r.header["Content-Type"], r.body = mediaType, string(body)
	return r, err
}

// body returns the media type and the form of the body: JSON, where there are several.
func (op *operation) body() (mediaType string, content media) {
	for _, mediaType = range slices.Sorted(maps.Keys(op.RequestBody.Content)) {
		if mediaType == "application/json" {
			break
		}
	}
	return mediaType, op.RequestBody.Content[mediaType]
}

// example returns the example of a parameter or a body: its own, or one made from its schema.
func (d *document) example(m media) (any, bool) {
	if m.Example != nil {
		return m.Example, true
	}
	return d.sample(m.Schema)
}

// sample returns a value of a schema, made from its examples. Of an object it has the members that a caller
// sends.
func (d *document) sample(v any) (any, bool) {
	schema := d.schema(v)
	if collection, ok := schema["x-references"].(string); ok {
		return d.refer(collection)
	}
	if value := schema["default"]; value != nil {
		return value, true
	}
	for _, keyword := range []string{"examples", "enum"} {
		if list, _ := schema[keyword].([]any); len(list) > 0 {
			return list[0], true
		}
	}
	properties, ok := schema["properties"].(map[string]any)
	object := map[string]any{}
	for name, property := range properties {
		if value, found := d.sample(property); found && d.schema(property)["readOnly"] != true {
			object[name] = value
		}
	}
	return object, ok
}

// parent identifies a row for a parameter of the path that more of the path follows, as in /projects/{id}/notes.
func (op *operation) parent(p parameter) (id string, ok bool) {
	before, _, below := strings.Cut(op.path, "/{"+p.Name+"}/")
	if p.In != "path" || !below {
		return "", false
	}
	return op.doc.refer(path.Base(before))
}

// queried returns the call with a complete token in the query alone, where it would be in logs and histories:
// no API reads it there (RFC 9700, section 4.3.2).
func (op *operation) queried(r request, i *authtest.Issuer) call {
	separator := "?"
	if strings.Contains(r.target, "?") {
		separator = "&"
	}
	r.target += separator + "access_token=" + i.Token(op.claims(i))
	return call{caller{"token in the query", "", &rejection{401, "credentials-missing", "", nil}}, r}
}

// variations returns further calls of a caller who is accepted: for each media type of the response, with bodies
// that the operation cannot use, with a condition that does not hold, and with the example for what was created.
// All are for what was created, if anything was. The example is the last, since it may delete it.
func (op *operation) variations(c call, created []string) (all []call) {
	i := slices.IndexFunc(created, op.matches)
	if i >= 0 {
		c.target = created[i]
	}
	ok, _ := op.documented(http.StatusOK)
	if types := slices.Sorted(maps.Keys(ok.Content)); len(types) > 1 {
		for _, mediaType := range types {
			all = append(all, c.with("asking for "+mediaType, "Accept", mediaType))
		}
	}
	if c.body != "" {
		all = append(all, op.bodies(c)...)
	}
	if slices.ContainsFunc(op.Parameters, func(p parameter) bool { return p.In == "header" && p.Name == "If-Match" }) {
		all = append(all, c.with("with an If-Match that names no version", "If-Match", `"audit"`, http.StatusPreconditionFailed))
	}
	if i >= 0 {
		all = append(all, c.with("with what was created", "", ""))
	}
	return all
}

// largeBody is how many bytes a large body has at least. The example follows whitespace, which JSON ignores:
// only the size can be wrong.
const largeBody = 70 << 10

// bodies returns calls with bodies that the operation cannot use, and one with a large body.
func (op *operation) bodies(c call) []call {
	accepted := slices.DeleteFunc([]int{http.StatusOK, http.StatusCreated, http.StatusAccepted, http.StatusNoContent}, func(status int) bool {
		_, ok := op.documented(status)
		return !ok
	})
	all := []call{
		c.sending("with a broken body", "{", http.StatusBadRequest, http.StatusUnprocessableEntity),
		c.with("with a body of another media type", "Content-Type", "text/plain", http.StatusUnsupportedMediaType),
		c.sending("with a large body", strings.Repeat(" ", largeBody)+c.body, append(accepted, http.StatusRequestEntityTooLarge)...),
	}
	_, content := op.body()
	schema := op.doc.schema(content.Schema)
	if required, _ := schema["required"].([]any); len(required) > 0 {
		all = append(all, c.sending("with an empty object", "{}", http.StatusBadRequest, http.StatusUnprocessableEntity))
	}
	return all
}

// again returns the call with the ETag of a response as If-None-Match, where the document has that header (RFC
// 9110, section 13.1.2).
func (op *operation) again(c call, r *response) (call, bool) {
	documented, _ := op.documented(r.status)
	_, tagged := documented.Headers["ETag"]
	tag := r.header.Get("ETag")
	if c.method != http.MethodGet || r.status != http.StatusOK || tag == "" || !tagged || c.header["If-None-Match"] != "" {
		return call{}, false
	}
	return c.with("with its ETag", "If-None-Match", tag, http.StatusNotModified), true
}

var placeholder = regexp.MustCompile(`\{[^/]+\}`)

// matches reports whether an address is one of the operation, by a parameter of its path.
func (op *operation) matches(address string) bool {
	matched, _ := path.Match(placeholder.ReplaceAllString(op.path, "*"), address)
	return matched && strings.Contains(op.path, "{")
}
