package handlers_test

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
)

// at is the errors member of a problem with one part of the body; without a pointer it is the whole.
func at(pointer, message string) string {
	if pointer == "" {
		return fmt.Sprintf(`"errors":[{"message":%q}]`, message)
	}
	return fmt.Sprintf(`"errors":[{"pointer":%q,"message":%q}]`, pointer, message)
}

func TestABodyIsJudged(t *testing.T) {
	s := serve(t)
	alice := s.user("alice")
	const malformed, unknown, wrong = "is not well formed", "is not known", "has the wrong type"
	for _, test := range []struct {
		name, body string
		reason     *problem.Type // nil when it is good
		errors     string
	}{
		{"a good one", named("Lantern"), nil, ""},
		{"members in any order, and space around", " {\"description\":\"d\",\r\n\t\"name\":\"n\"} \n", nil, ""},
		{"characters are counted, not bytes", `{"name":"` + strings.Repeat("ä", 100) + `"}`, nil, ""},
		{"nothing but space", " \n", problem.BodyMalformed, at("", malformed)},
		{"cut off", `{"name":"Lan`, problem.BodyMalformed, at("/name", malformed)},
		{"two values", `{"name":"a"}{"name":"b"}`, problem.BodyMalformed, at("", malformed)},
		{"something after it", `{"name":"a"} x`, problem.BodyMalformed, at("", malformed)},
		{"a comma too many", `{"name":"a",}`, problem.BodyMalformed, at("", malformed)},
		{"a comment", `{"name":"a"/**/}`, problem.BodyMalformed, at("", malformed)},
		{"single quotes", `{'name':'a'}`, problem.BodyMalformed, at("", malformed)},
		{"a member twice", `{"name":"a","name":"b"}`, problem.BodyMalformed, at("/name", malformed)},
		{"a byte order mark", "\ufeff{\"name\":\"a\"}", problem.BodyMalformed, at("", malformed)},
		{"invalid UTF-8", "{\"name\":\"\xff\"}", problem.BodyMalformed, at("/name", malformed)},
		{"half a surrogate pair", `{"name":"\ud800"}`, problem.BodyMalformed, at("/name", malformed)},
		{"an unknown member", `{"name":"a","color":"red"}`, problem.MemberUnknown, at("/color", unknown)},
		{"a member that callers may not set", `{"name":"a","id":"1"}`, problem.MemberUnknown, at("/id", unknown)},
		{"a member in another case", `{"Name":"a"}`, problem.MemberUnknown, at("/Name", unknown)},
		{"a pointer is escaped", `{"a/b~c":1}`, problem.MemberUnknown, at("/a~1b~0c", unknown)},
		{"a number for a string", `{"name":5}`, problem.MemberTypeWrong, at("/name", wrong)},
		{"an array for a string", `{"name":"a","description":["b"]}`, problem.MemberTypeWrong, at("/description", wrong)},
		{"null for a string", `{"name":null}`, problem.MemberTypeWrong, at("/name", wrong)},
		{"null for a string that may be left out", `{"name":"a","description":null}`, problem.MemberTypeWrong, at("/description", wrong)},
		{"null", `null`, problem.MemberTypeWrong, at("", wrong)},
		{"an array", `[]`, problem.MemberTypeWrong, at("", wrong)},
		{"a number", `5`, problem.MemberTypeWrong, at("", wrong)},
		{"a string", `"{}"`, problem.MemberTypeWrong, at("", wrong)},
		{"a member that is left out", `{}`, problem.ValidationFailed, at("/name", "is required")},
		{"a member that is empty", `{"name":""}`, problem.ValidationFailed, at("/name", "is required")},
		{"a member that is too long", `{"name":"` + strings.Repeat("ä", 101) + `"}`, problem.ValidationFailed, at("/name", "must have at most 100 characters")},
		{"a character that no database keeps", `{"name":"a\u0000b"}`, problem.ValidationFailed, at("/name", "must not have the character U+0000")},
		{"several broken rules at once", `{"description":"` + strings.Repeat("d", 1001) + `"}`, problem.ValidationFailed,
			`"errors":[{"pointer":"/name","message":"is required"},{"pointer":"/description","message":"must have at most 1000 characters"}]`},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := s.call(t, alice, "POST /items", test.body)
			if test.reason == nil {
				if r.status != 201 {
					t.Errorf("answers %d %s", r.status, r.body)
				}
				return
			}
			r.wantProblem(t, test.reason, test.errors)
		})
	}
}

func TestABodyIsJSON(t *testing.T) {
	s := serve(t)
	alice := s.user("alice")
	for kind, good := range map[string]bool{
		"application/json":                 true,
		"application/json; charset=utf-8":  true,
		`application/json;charset="UTF-8"`: true,
		"Application/JSON":                 true,
		"":                                 false,
		"text/plain":                       false,
		"application/json; charset=latin1": false,
		"application/json; charset=utf-8; charset=latin1": false,
		"application/json, text/plain":                    false,
		"application/jsonp":                               false,
		"application/merge-patch+json":                    false,
		"application/x-www-form-urlencoded":               false,
		"multipart/form-data; boundary=x":                 false,
	} {
		t.Run("as "+kind, func(t *testing.T) {
			request := s.request(t, alice, "POST /items", strings.NewReader(named("a")))
			if kind != "" {
				request.Header.Set("Content-Type", kind)
			}
			r := send(t, request)
			if good && r.status != 201 {
				t.Errorf("answers %d %s", r.status, r.body)
			}
			if !good {
				r.wantProblem(t, problem.MediaTypeUnsupported, "")
			}
		})
	}
}

func TestACompressedBodyIsNotReadAsIfItWereNone(t *testing.T) {
	s := serve(t)
	request := s.request(t, s.user("alice"), "POST /items", strings.NewReader(named("a")))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Content-Encoding", "gzip")
	send(t, request).wantProblem(t, problem.MediaTypeUnsupported, "")
}

func TestABodyIsBounded(t *testing.T) {
	s := serve(t)
	alice := s.user("alice")
	const limit = 64 << 10
	good := named("a")
	for _, test := range []struct {
		name    string
		body    io.Reader
		tooMuch bool
	}{
		{"64 KiB", strings.NewReader(good + strings.Repeat(" ", limit-len(good))), false},
		{"64 KiB in chunks", io.MultiReader(strings.NewReader(good + strings.Repeat(" ", limit-len(good)))), false},
		{"a byte more", strings.NewReader(good + strings.Repeat(" ", limit-len(good)+1)), true},
		{"a byte more in chunks", io.MultiReader(strings.NewReader(good + strings.Repeat(" ", limit-len(good)+1))), true},
		{"a name of 1 MiB", strings.NewReader(`{"name":"` + strings.Repeat("a", 1<<20) + `"}`), true},
	} {
		t.Run(test.name, func(t *testing.T) {
			request := s.request(t, alice, "POST /items", test.body)
			request.Header.Set("Content-Type", "application/json")
			r := send(t, request)
			if !test.tooMuch && r.status != 201 {
				t.Errorf("answers %d %s", r.status, r.body)
			}
			if test.tooMuch {
				r.wantProblem(t, problem.BodyTooLarge, "")
			}
		})
	}
}

// exchange sends a text on a connection of its own, closes the sending half if told so, and returns
// the response. A server that waits for more does not answer within five seconds.
func (s *server) exchange(t *testing.T, text string, closed bool) answer {
	t.Helper()
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	if closed {
		conn.(*net.TCPConn).CloseWrite()
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("no response: %v", err)
	}
	return read(t, response)
}

func TestABodyThatIsCutOffChangesNothing(t *testing.T) {
	s := serve(t)
	alice := s.user("alice")
	head := "POST /items HTTP/1.1\r\nHost: api\r\nAuthorization: Bearer " + alice + "\r\nContent-Type: application/json\r\n"
	for name, text := range map[string]string{
		"in the middle": head + "Content-Length: 40\r\n\r\n{\"name\":\"Lan",
		"in a chunk":    head + "Transfer-Encoding: chunked\r\n\r\n40\r\n{\"name\":\"Lan",
		"where it could end, and its length says otherwise": head + "Content-Length: 40\r\n\r\n{\"name\":\"a\"}",
		"where it could end, without the last chunk":        head + "Transfer-Encoding: chunked\r\n\r\nc\r\n{\"name\":\"a\"}\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			if r := s.exchange(t, text, true); r.status != 400 || !strings.Contains(r.body, `"code":"body-malformed"`) {
				t.Errorf("answers %d %s", r.status, r.body)
			}
		})
	}
	s.call(t, alice, "GET /items", "").wantJSON(t, 200, `{"items":[],"next_cursor":null}`)
}

func TestABodyThatIsLateChangesNothing(t *testing.T) {
	s := serve(t)
	hasty := httptest.NewUnstartedServer(s.Config.Handler)
	hasty.Config.ReadTimeout = 200 * time.Millisecond
	hasty.Start()
	t.Cleanup(hasty.Close)
	alice := s.user("alice")
	text := "POST /items HTTP/1.1\r\nHost: api\r\nAuthorization: Bearer " + alice + "\r\nContent-Type: application/json\r\n" +
		"Content-Length: 40\r\n\r\n{\"name\":\"Lan"
	r := (&server{hasty, s.issuer, s.log}).exchange(t, text, false)
	r.wantProblem(t, problem.RequestTimeout, "")
	s.call(t, alice, "GET /items", "").wantJSON(t, 200, `{"items":[],"next_cursor":null}`)
}

func TestAStrangersBodyIsNotRead(t *testing.T) {
	s := serve(t)
	const head = "POST /items HTTP/1.1\r\nHost: api\r\nContent-Length: 104857600\r\n"
	for name, text := range map[string]string{
		"of 100 MB":           head + "Content-Type: application/json\r\n\r\n",
		"of a wrong type":     head + "Content-Type: text/plain\r\n\r\n",
		"that waits to begin": head + "Content-Type: application/json\r\nExpect: 100-continue\r\n\r\n",
		"at an unknown path":  strings.Replace(head, "/items", "/items/1/2", 1) + "\r\n",
		"with a forged token": head + "Authorization: Bearer forged\r\nContent-Type: application/json\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			if r := s.exchange(t, text, false); r.status != 401 {
				t.Errorf("answers %d %s", r.status, r.body)
			}
		})
	}
}

// A Shelf has a rule of every kind that messages speak of.
type Shelf struct {
	Boards  int      `json:"boards" binding:"min=1,max=9"`
	Labels  []string `json:"labels" binding:"min=1,max=2,dive,max=3"`
	Color   string   `json:"color" binding:"min=3,oneof=red green"`
	Comment *string  `json:"comment"`
	Corner  struct {
		Angle float64 `json:"angle" binding:"required"`
	} `json:"corner"`
}

func TestARuleIsToldInWords(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"numbers, lists and texts are measured each in its way", `{"boards":10,"labels":[],"color":"x","corner":{"angle":1}}`,
			"[{/boards  must be at most 9} {/labels  must have at least 1 members} {/color  must have at least 3 characters}]"},
		{"what is inside is pointed to", `{"boards":1,"labels":["a","long"],"color":"red","corner":{}}`,
			"[{/labels/1  must have at most 3 characters} {/corner/angle  is required}]"},
		{"another rule is named", `{"boards":0,"labels":["a"],"color":"blue","comment":null,"corner":{"angle":1}}`,
			"[{/boards  must be at least 1} {/color  breaks the rule oneof=red green}]"},
		{"null stands where nothing may", `{"comment":null,"corner":null}`, "[{/corner  has the wrong type}]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			c, _ := gin.CreateTestContext(w)
			c.Request = httptest.NewRequest("POST", "/", strings.NewReader(test.body))
			c.Request.Header.Set("Content-Type", "application/json")
			err := handlers.NewInput().JSON(c, &Shelf{})
			(&handlers.Problems{Challenger: &auth.Challenger{Realm: "r"}, Refusals: &handlers.Refusals{Log: slog.New(slog.DiscardHandler)}}).Write(c, err)
			if got := fmt.Sprint(decode[handlers.Problem](t, w.Body.String()).Errors); got != test.want {
				t.Errorf("says %s\nwant %s", got, test.want)
			}
		})
	}
}
