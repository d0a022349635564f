package handlers_test

import (
	"fmt"
	"net/http/httptest"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
)

// brokenRules reads a body into v, and returns the errors of the response.
func brokenRules(t *testing.T, v any, body string) string {
	t.Helper()
	w := httptest.NewRecorder()
	c, _ := gin.CreateTestContext(w)
	c.Request = httptest.NewRequest("POST", "/", strings.NewReader(body))
	c.Request.Header.Set("Content-Type", "application/json")
	err := handlers.NewInput().JSON(c, v)
	if err == nil {
		return "none"
	}
	(&handlers.Problems{Challenger: &auth.Challenger{Realm: "r"}}).Write(c, err)
	got := apitest.Decode[problem.Body](t, &apitest.Response{Body: w.Body.String()})
	return fmt.Sprintf("%s %v", got.Code, got.Errors)
}

// withRules returns a pointer to a struct whose only member, m, has the type of v and the rules.
func withRules(v any, rules string) any {
	return reflect.New(reflect.StructOf([]reflect.StructField{{
		Name: "M", Type: reflect.TypeOf(v), Tag: reflect.StructTag(fmt.Sprintf(`json:"m" binding:%q`, rules)),
	}})).Interface()
}

func TestMessagesAreSentences(t *testing.T) {
	for _, test := range []struct {
		rules string
		v     any
		json  string
		want  string
	}{
		{"required", "", `""`, "is required"},
		{"min=3", "", `"ab"`, "must have at least 3 characters"},
		{"min=1", "", `""`, "must have at least 1 character"},
		{"max=3", "", `"abcd"`, "must have at most 3 characters"},
		{"len=11", "", `"a"`, "must have exactly 11 characters"},
		{"gt=3", "", `"abc"`, "must have more than 3 characters"},
		{"gte=3", "", `"ab"`, "must have at least 3 characters"},
		{"lt=3", "", `"abc"`, "must have less than 3 characters"},
		{"lte=3", "", `"abcd"`, "must have at most 3 characters"},
		{"min=1", []int{}, `[]`, "must have at least 1 member"},
		{"max=2", []int{}, `[1,2,3]`, "must have at most 2 members"},
		{"len=2", map[string]int{}, `{"a":1}`, "must have exactly 2 members"},
		{"min=3", 0, `2`, "must be at least 3"},
		{"max=3", 0, `4`, "must be at most 3"},
		{"gt=0", 0, `0`, "must be more than 0"},
		{"gt=0.5", 0.0, `0.5`, "must be more than 0.5"},
		{"gte=-1", 0, `-2`, "must be at least -1"},
		{"lt=10", 0, `10`, "must be less than 10"},
		{"lte=10", uint(0), `11`, "must be at most 10"},
		{"len=5", 0, `4`, "must be exactly 5"},
		{"gt", time.Time{}, `"2001-01-01T00:00:00Z"`, "must be greater than the current Date & Time"},
		{"oneof=open paid", "", `"lost"`, "must be one of [open paid]"},
		{"oneof=1 2", 0, `3`, "must be one of [1 2]"},
		{"oneofci=open paid", "", `"lost"`, "must be one of [open paid]"},
		{"datetime=2006-01-02", "", `"23.11.2026"`, "must have the form of 2026-11-23"},
		{"datetime=2006-01-02T15:04:05Z07:00", "", `"x"`, "must have the form of 2026-11-23T09:05:00Z"},
		{"datetime=15:04", "", `"x"`, "must have the form of 09:05"},
		{"email", "", `"x"`, "must be a valid email address"},
		{"url", "", `"x"`, "must be a valid URL"},
		{"http_url", "", `"x"`, "must be a valid http url"},
		{"uuid", "", `"x"`, "must be a valid UUID"},
		{"uuid4", "", `"x"`, "must be a valid version 4 UUID"},
		{"e164", "", `"x"`, "must be a valid E.164 formatted phone number"},
		{"alphanum", "", `"-"`, "can only contain alphanumeric characters"},
		{"unique", []int{}, `[1,1]`, "must contain unique values"},
		{"excludesrune=\x00", "", `"\u0000"`, "must not have the character U+0000"},
		{"excludesall=!?", "", `"a!"`, "cannot contain any of the following characters '!?'"},
		{"startswith=ab", "", `"x"`, "must start with ab"},
		{"endsnotwith=ab", "", `"xab"`, "must not end with ab"},
		{"eq=a", "", `"b"`, "is not equal to a"},
		{"hexcolor|rgb", "", `"x"`, "must be a valid hexcolor or rgb"},
		{"iso3166_1_alpha2", "", `"x"`, "must be a valid iso3166 1 alpha2"},
		{"semver", "", `"x"`, "must be a valid semver"},
	} {
		t.Run(test.rules+" of "+test.json, func(t *testing.T) {
			want := fmt.Sprintf("validation-failed [{/m  %s}]", test.want)
			if got := brokenRules(t, withRules(test.v, test.rules), `{"m":`+test.json+`}`); got != want {
				t.Errorf("got %s\nwant %s", got, want)
			}
		})
	}
}

// TestEveryRuleOfTextsHasASentence has rules of the validator that no table above names.
func TestEveryRuleOfTextsHasASentence(t *testing.T) {
	sentence := regexp.MustCompile(`^validation-failed \[\{/m  (must|can|cannot|is|should) [^:{}]+\}\]$`)
	for rule := range strings.FieldsSeq(`alpha alphaunicode numeric number hexadecimal rgba hsl hsla uri base64 base64url base32
		contains=ab containsany=ab containsrune=b isbn isbn10 isbn13 issn uuid3 uuid5 uuid_rfc4122 ulid ascii printascii datauri latitude
		longitude ssn ipv4 ipv6 ip cidr tcp_addr udp_addr mac hostname hostname_rfc1123 fqdn json jwt lowercase boolean
		https_url bcp47_language_tag bic credit_card mongodb cron timezone iso4217 md5 sha256 cve 
		startsnotwith=Ö eq_ignore_case=a endswith=a ne=Ö/ä ne_ignore_case=Ö/ä isdefault`) {
		if got := brokenRules(t, withRules("", rule), `{"m":"Ö/ä"}`); !sentence.MatchString(got) || strings.Contains(got, "_") {
			t.Errorf("%s: got %s", rule, got)
		}
	}
}

// A shipment has members in members.
type shipment struct {
	audited
	Lines  []line   `json:"lines" binding:"required,dive"`
	Labels []int    `json:"labels" binding:"max=2,dive,required,min=0"`
	To     address  `json:"to" binding:"required"`
	From   *address `json:"from"`
}

type line struct {
	Quantity int  `json:"quantity" binding:"required,min=1,max=9"`
	Discount int  `json:"discount" binding:"required,min=-5,ltefield=Quantity"`
	Gift     bool `json:"gift" binding:"required"`
}

type address struct {
	Zip    string  `json:"zip" binding:"max=5"`
	Height float64 `json:"height" binding:"required,gte=0"`
}

type audited struct {
	Revision int `json:"revision" binding:"required,min=0"`
}

func TestRequiredMembersAreThereAndMayBeZero(t *testing.T) {
	const rest = `"labels":[],"to":{"zip":"1","height":1}`
	const line = `{"quantity":1,"discount":0,"gift":false}`
	for _, test := range []struct{ name, body, want string }{
		{"zero and false", `{"revision":0,"lines":[` + line + `],` + rest + `}`, "none"},
		{"an object with zeros", `{"revision":1,"lines":[],"labels":[],"to":{"zip":"","height":0}}`, "none"},
		{"an element that is zero", `{"revision":1,"lines":[],"labels":[0],"to":{"height":1}}`, "none"},
		{"an element that is too small", `{"revision":1,"lines":[],"labels":[-1],"to":{"height":1}}`, "[{/labels/0  must be at least 0}]"},
		{"nothing", `{}`, "[{/revision  is required} {/lines  is required} {/to  is required}]"},
		{"empty objects", `{"revision":1,"lines":[{}],"to":{}}`,
			"[{/lines/0/quantity  is required} {/lines/0/discount  is required} {/lines/0/gift  is required} {/to/height  is required}]"},
		{"a zero that is out of bounds", `{"revision":1,"lines":[{"quantity":0,"discount":0,"gift":true}],` + rest + `}`,
			"[{/lines/0/quantity  must be at least 1}]"},
		{"a zero that another member forbids", `{"revision":1,"lines":[` + line + `,{"quantity":-1,"discount":0,"gift":true}],` + rest + `}`,
			"[{/lines/1/quantity  must be at least 1} {/lines/1/discount  must be less than or equal to Quantity}]"},
		{"null for a list", `{"revision":1,"lines":null,` + rest + `}`, "[{/lines  is required}]"},
		{"in an optional object", `{"revision":1,"lines":[],` + rest + `,"from":{}}`, "[{/from/height  is required}]"},
		{"a member of another object with the name", `{"lines":[{"quantity":1,"discount":1}],` + rest + `}`,
			"[{/revision  is required} {/lines/0/gift  is required}]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			want := strings.Replace(test.want, "[", "validation-failed [", 1)
			if got := brokenRules(t, &shipment{}, test.body); got != want {
				t.Errorf("got %s\nwant %s", got, want)
			}
		})
	}
}

func TestAResponseNamesABoundedNumberOfRules(t *testing.T) {
	body := `{"m":[` + strings.Repeat("0,", 500) + `0]}`
	if got := brokenRules(t, withRules([]int{}, "dive,min=1"), body); strings.Count(got, "must be at least 1") != 100 {
		t.Errorf("got %s", got)
	}
}

// The validator names the elements of maps with what the caller wrote.
func TestRulesHoldForElementsOfMaps(t *testing.T) {
	for body, want := range map[string]string{
		`{"m":{"a":1}}`:      "none",
		`{"m":{"a":0}}`:      "validation-failed [{/m/a  is required}]",
		`{"m":{"M.a[0]":0}}`: "validation-failed [{/m/M/a/0  is required}]",
	} {
		if got := brokenRules(t, withRules(map[string]int{}, "dive,required,min=1"), body); got != want {
			t.Errorf("%s: got %s, want %s", body, got, want)
		}
	}
}
