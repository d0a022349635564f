package authtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// A request is how an operation is called, but for the credentials.
type request struct {
	method, target string
	header         map[string]string
	body           string
	wants          []int // statuses, one of which must come of it; nil: the example must be accepted
}

// with returns the request with another header.
func (r request) with(name, value string) request {
	r.header = maps.Clone(r.header)
	r.header[name] = value
	return r
}

// wanting returns the request with the statuses of which one must come of it.
func (r request) wanting(statuses ...int) request {
	r.wants = statuses
	return r
}

// request returns a request made from the examples of the document.
func (op *operation) request() (request, error) {
	r := request{method: op.method, target: op.path, header: map[string]string{}}
	query := url.Values{}
	for _, p := range op.parameters() {
		name, in := p.child("name").text(), p.child("in").text()
		value, ok := example(p)
		switch {
		case ok && in == "path":
			r.target = strings.ReplaceAll(r.target, "{"+name+"}", url.PathEscape(fmt.Sprint(value)))
		case ok && in == "query":
			query.Set(name, fmt.Sprint(value))
		case ok && in == "header":
			r.header[name] = fmt.Sprint(value)
		case in == "path" || p.child("required").value == true:
			return r, fmt.Errorf("got no example of the parameter %s, want one", name)
		}
	}
	if len(query) > 0 {
		r.target += "?" + query.Encode()
	}
	return r, op.fill(&r)
}

// parameters returns those of the operation and of its path.
func (op *operation) parameters() []node {
	item := op.doc.at().child("paths", op.path)
	return append(item.child("parameters").elements(), op.child("parameters").elements()...)
}

// takes reports whether the document knows a header of the request.
func (op *operation) takes(header string) bool {
	return slices.ContainsFunc(op.parameters(), func(p node) bool {
		return p.child("in").text() == "header" && strings.EqualFold(p.child("name").text(), header)
	})
}

// fill gives a request the body of the document's example.
func (op *operation) fill(r *request) error {
	for _, media := range op.child("requestBody", "content").members() {
		value, ok := example(media)
		if !ok || !isJSON(media.name) {
			continue
		}
		body, err := json.Marshal(value)
		r.header["Content-Type"], r.body = media.name, string(body)
		return err
	}
	if op.child("requestBody").exists() {
		return errors.New("got no example of a JSON body, want one")
	}
	return nil
}

// example returns the example of a parameter or a media type: its own, or one made from its schema.
func example(n node) (any, bool) {
	if value := n.child("example"); value.exists() {
		return value.value, true
	}
	for _, e := range n.child("examples").members() {
		if value := e.child("value"); value.exists() {
			return value.value, true
		}
	}
	return sample(n.child("schema"))
}

// sample returns a value of a schema, made from its examples.
func sample(schema node) (any, bool) {
	for _, keyword := range []string{"const", "example", "default"} {
		if value := schema.child(keyword); value.exists() {
			return value.value, true
		}
	}
	for _, keyword := range []string{"examples", "enum"} {
		if list := schema.child(keyword).elements(); len(list) > 0 {
			return list[0].value, true
		}
	}
	properties := schema.child("properties")
	if !properties.exists() {
		return nil, false
	}
	return sampleObject(schema, properties)
}

// sampleObject returns an object with those properties that a caller sends.
func sampleObject(schema, properties node) (any, bool) {
	object := map[string]any{}
	required := schema.child("required").elements()
	for _, p := range properties.members() {
		if p.child("readOnly").value == true {
			continue
		}
		value, ok := sample(p)
		if ok {
			object[p.name] = value
		} else if slices.ContainsFunc(required, func(name node) bool { return name.text() == p.name }) {
			return nil, false
		}
	}
	return object, true
}

// A variation is another request that a caller who is let in can make.
type variation struct {
	name string
	request
}

// variations returns requests for each media type that the operation can answer with, with bodies
// that it cannot use, with a condition that does not hold, and the good one for what was created. All
// are for what was created, if anything was. The good one is the last, since it may delete it.
func (op *operation) variations(r request, created []string) (all []variation) {
	i := slices.IndexFunc(created, op.matches)
	if i >= 0 {
		r.target = created[i]
	}
	if types := op.child("responses", "200", "content").names(); len(types) > 1 {
		for _, mediaType := range types {
			all = append(all, variation{"asking for " + mediaType, r.with("Accept", mediaType)})
		}
	}
	if r.body != "" {
		all = append(all, op.bodies(r)...)
	}
	if op.takes("If-Match") {
		stale := r.with("If-Match", `"audit"`).wanting(http.StatusPreconditionFailed)
		all = append(all, variation{"with an If-Match that names no version", stale})
	}
	if i >= 0 {
		return append(all, variation{"with what was created", r})
	}
	return all
}

// largeBody is how many bytes a large body has at least. What stands in front of the example is
// whitespace, which JSON ignores: nothing but the size can be wrong.
const largeBody = 70 << 10

// bodies returns requests with bodies that the operation cannot use, and one that is large.
func (op *operation) bodies(r request) []variation {
	half := r.wanting(http.StatusBadRequest, http.StatusUnprocessableEntity)
	half.body = "{"
	foreign := r.with("Content-Type", "text/plain").wanting(http.StatusUnsupportedMediaType)
	large := r.wanting(append(op.successes(), http.StatusRequestEntityTooLarge)...)
	large.body = strings.Repeat(" ", largeBody) + r.body
	all := []variation{
		{"with a broken body", half}, {"with a body of another media type", foreign}, {"with a large body", large},
	}
	schema := op.child("requestBody", "content", r.header["Content-Type"], "schema")
	if len(schema.child("required").elements()) > 0 {
		empty := half
		empty.body = "{}"
		all = append(all, variation{"with an empty object", empty})
	}
	return all
}

// again returns the call of who has what was answered, by its ETag: an API whose document names that
// header knows the tag when it comes back (RFC 9110, section 13.1.2).
func (op *operation) again(c call, r *answer) (call, bool) {
	tag, documented := r.header.Get("ETag"), op.response(r.status).child("headers", "ETag").exists()
	if c.method != http.MethodGet || r.status != http.StatusOK || tag == "" || !documented {
		return call{}, false
	}
	if slices.Contains(c.wants, http.StatusNotModified) {
		return call{}, false // it was asked already
	}
	c.name += ", with its ETag"
	c.request = c.with("If-None-Match", tag).wanting(http.StatusNotModified)
	return c, true
}

var parameter = regexp.MustCompile(`\\\{[^/]+\\\}`)

// matches reports whether an address is one of the operation, by a parameter of its path.
func (op *operation) matches(address string) bool {
	pattern := parameter.ReplaceAllString(regexp.QuoteMeta(op.path), "[^/]+")
	return strings.Contains(op.path, "{") && regexp.MustCompile("^"+pattern+"$").MatchString(address)
}

// send makes a call. It follows no redirect.
func (a *audit) send(c call) *answer {
	a.t.Helper()
	r, err := http.NewRequestWithContext(a.t.Context(), c.method, a.server.URL+c.target, strings.NewReader(c.body))
	if err != nil {
		a.t.Fatalf("%s %s: %v", c.method, c.target, err)
	}
	if c.credentials != "" {
		r.Header.Set("Authorization", c.credentials)
	}
	for name, value := range c.header {
		r.Header.Set(name, value)
	}
	response, err := a.server.Client().Transport.RoundTrip(r)
	if err != nil {
		a.t.Fatalf("%s %s: %v", c.method, c.target, err)
	}
	answer, err := read(response)
	if err != nil {
		a.t.Fatalf("%s %s: %v", c.method, c.target, err)
	}
	return answer
}

// isJSON reports whether a media type is JSON (RFC 6839, section 3.1).
func isJSON(mediaType string) bool {
	return mediaType == "application/json" || strings.HasSuffix(mediaType, "+json")
}
