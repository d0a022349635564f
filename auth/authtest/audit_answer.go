package authtest

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// problemType is the media type of a refusal (RFC 9457, section 3).
const problemType = "application/problem+json"

// An answer is a response that was read.
type answer struct {
	status    int
	header    http.Header
	mediaType string // empty where there is none
	body      []byte
	problem   problem // nothing where it is none
}

// A problem is what an audit reads of the body of a refusal (RFC 9457, section 3.1).
type problem struct {
	Code     string
	Status   int
	Instance string
}

// read reads a response.
func read(r *http.Response) (*answer, error) {
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	var p problem
	if mediaType == problemType {
		json.Unmarshal(body, &p) // what is wrong with it, its schema says
	}
	return &answer{r.StatusCode, r.Header, mediaType, body, p}, err
}

// A verdict collects the differences between an answer and what must come of a call.
type verdict struct {
	*answer
	call        call
	response    node // what the document says of the status
	differences []string
}

// judge returns every difference, each in a line.
func (op *operation) judge(c call, r *answer) []string {
	v := &verdict{answer: r, call: c, response: op.response(r.status)}
	v.judgeStatus()
	if !v.response.exists() {
		v.differ("status", r.status, "one of "+strings.Join(op.child("responses").names(), ", "))
		return v.differences
	}
	v.judgeHeaders()
	v.judgeBody()
	v.judgeProblem()
	v.judgeCode()
	v.judgeChallenge()
	return v.differences
}

func (v *verdict) differ(what string, got, want any) {
	v.differences = append(v.differences, fmt.Sprintf("%s: got %v, want %v", what, got, want))
}

// judgeStatus judges whether the caller was let in, and whether the request was taken for what it is:
// good when it was made from the examples. That what they name is not there is no fault of theirs.
func (v *verdict) judgeStatus() {
	got := strings.TrimSpace(fmt.Sprint(v.status, " ", v.problem.Code))
	wants := v.call.wants
	switch {
	case v.call.refusal != nil && v.status != v.call.refusal.status:
		v.differ("status", got, v.call.refusal.status)
	case v.call.refusal != nil:
	case v.status == http.StatusUnauthorized || v.status == http.StatusForbidden || v.status >= 500:
		v.differ("status", got, "the caller let in")
	case wants == nil && slices.Contains(faults, v.status):
		v.differ("status", got, "the example accepted")
	case wants == nil || slices.Contains(wants, v.status):
	case v.status < 400 || slices.Contains(faults, v.status):
		v.differ("status", got, strings.Trim(strings.ReplaceAll(fmt.Sprint(wants), " ", " or "), "[]"))
	}
}

// faults are the statuses of requests that are wrong in themselves.
var faults = []int{
	http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity,
}

// judgeHeaders judges whether the documented headers are there. Of the challenge, judgeChallenge
// knows whether it belongs there.
func (v *verdict) judgeHeaders() {
	for _, header := range v.response.child("headers").members() {
		optional := header.child("required").value == false
		if header.name != "WWW-Authenticate" && !optional && v.header.Get(header.name) == "" {
			v.differ("header "+header.name, "none", "what is documented")
		}
	}
}

func (v *verdict) judgeBody() {
	content := v.response.child("content")
	if types := content.names(); len(types) == 0 {
		if len(v.body) > 0 {
			v.differ("body", fmt.Sprintf("%d bytes", len(v.body)), "none")
		}
		return
	} else if !slices.Contains(types, v.mediaType) {
		v.differ("media type", fmt.Sprintf("%q", v.mediaType), strings.Join(types, " or "))
		return
	}
	if asked := v.call.header["Accept"]; asked != "" && v.status == http.StatusOK && v.mediaType != asked {
		v.differ("media type", v.mediaType, asked)
	}
	if !isJSON(v.mediaType) {
		return
	}
	if err := v.response.doc.validate(content.child(v.mediaType, "schema"), v.body); err != nil {
		v.differ("body", err, "one by its schema")
	}
}

// judgeProblem judges whether a problem says of its answer what the answer says itself.
func (v *verdict) judgeProblem() {
	if got := v.problem.Status; got != 0 && got != v.status {
		v.differ("status of the problem", got, v.status)
	}
	id := v.header.Get("X-Request-Id")
	if got := v.problem.Instance; got != "" && id != "" && got != "urn:uuid:"+id {
		v.differ("instance of the problem", got, "urn:uuid: and the X-Request-Id")
	}
}

// judgeCode judges the code of a problem: it must be among the documented ones, and fit the state. An
// API that keeps the reasons against a token to itself documents token-invalid in their place.
func (v *verdict) judgeCode() {
	if v.mediaType != problemType {
		return
	}
	var documented []string
	for _, example := range v.response.child("content", problemType, "examples").members() {
		documented = append(documented, example.child("value", "code").text())
	}
	if !slices.Contains(documented, v.problem.Code) {
		v.differ("code", v.problem.Code, "one of "+strings.Join(documented, ", "))
		return
	}
	r := v.call.refusal
	if r == nil || v.status != r.status || r.oauth == "invalid_token" && v.problem.Code == "token-invalid" {
		return
	}
	if v.problem.Code != r.code {
		v.differ("code", v.problem.Code, r.code)
	}
}

// judgeChallenge judges the WWW-Authenticate header by RFC 6750, section 3, and by the examples.
func (v *verdict) judgeChallenge() {
	got := v.header.Values("WWW-Authenticate")
	r := v.call.refusal
	if r == nil || !r.challenged() {
		if len(got) > 0 {
			v.differ("challenge", got, "none")
		}
		return
	}
	if v.status != r.status {
		return // it has been said already
	}
	parameters, ok := parseChallenge(got)
	if !ok {
		v.differ("challenge", got, `one of the form Bearer realm="..."`)
		return
	}
	if parameters["error"] != r.oauth {
		v.differ("error of the challenge", parameters["error"], r.oauth)
	}
	for name, want := range r.challenge {
		if parameters[name] != want {
			v.differ(name+" of the challenge", parameters[name], want)
		}
	}
	examples := v.response.child("headers", "WWW-Authenticate", "examples").members()
	if !slices.ContainsFunc(examples, func(n node) bool { return n.child("value").text() == got[0] }) {
		v.differ("challenge", got[0], "one of the documented")
	}
}

var (
	challengeGrammar   = regexp.MustCompile(`^Bearer [a-z_]+="[^"\\]*"(, [a-z_]+="[^"\\]*")*$`)
	challengeParameter = regexp.MustCompile(`([a-z_]+)="([^"\\]*)"`)
)

// parseChallenge returns the parameters of the one challenge there must be. None stands twice, and
// the realm is not empty (RFC 9110, section 11.2).
func parseChallenge(fields []string) (map[string]string, bool) {
	if len(fields) != 1 || !challengeGrammar.MatchString(fields[0]) {
		return nil, false
	}
	parameters := map[string]string{}
	for _, p := range challengeParameter.FindAllStringSubmatch(fields[0], -1) {
		if _, twice := parameters[p[1]]; twice {
			return nil, false
		}
		parameters[p[1]] = p[2]
	}
	return parameters, parameters["realm"] != ""
}
