package auth

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"

	"example.com/gatehouse/problem"
)

func TestCredentialsAreASchemeAndAToken(t *testing.T) {
	longest := strings.Repeat("a", MaxTokenSize)
	for _, test := range []struct {
		name, value string
		token       AccessToken
		err         error
	}{
		{"a token", "Bearer abc", "abc", nil},
		{"any case", "bEARER abc", "abc", nil},
		{"several spaces", "Bearer    abc", "abc", nil},
		{"every character of token68", "Bearer aZ09-._~+/==", "aZ09-._~+/==", nil},
		{"the longest token", "Bearer " + longest, AccessToken(longest), nil},
		{"nothing", "", "", problem.CredentialsMissing},
		{"another scheme", "Basic YWJj", "", problem.SchemeUnsupported},
		{"another scheme alone", "Negotiate", "", problem.SchemeUnsupported},
		{"another scheme and a character that no scheme has", "Basic,x", "", problem.SchemeUnsupported},
		{"every character of a scheme", "!#$%&'*+-.^_`|~09azAZ x", "", problem.SchemeUnsupported},
		{"a scheme that is longer", "Bearers abc", "", problem.SchemeUnsupported},
		{"the scheme alone", "Bearer", "", problem.CredentialsMalformed},
		{"the scheme and a space", "Bearer ", "", problem.CredentialsMalformed},
		{"a space before the scheme", " Bearer abc", "", problem.CredentialsMalformed},
		{"a space and a token without a scheme", " abc", "", problem.CredentialsMalformed},
		{"a tab for the space", "Bearer\tabc", "", problem.CredentialsMalformed},
		{"a comma for the space", "Bearer,abc", "", problem.CredentialsMalformed},
		{"a slash for the space", "Bearer/abc", "", problem.CredentialsMalformed},
		{"a colon for the space", "Bearer:abc", "", problem.CredentialsMalformed},
		{"a space that is not ASCII", "Bearer\u00a0abc", "", problem.CredentialsMalformed},
		{"a second token", "Bearer abc def", "", problem.CredentialsMalformed},
		{"a space behind the token", "Bearer abc ", "", problem.CredentialsMalformed},
		{"a line break behind the token", "Bearer abc\n", "", problem.CredentialsMalformed},
		{"a zero byte in the token", "Bearer a\x00c", "", problem.CredentialsMalformed},
		{"an equals sign within the token", "Bearer a=b", "", problem.CredentialsMalformed},
		{"equals signs alone", "Bearer ==", "", problem.CredentialsMalformed},
		{"quotes", `Bearer "abc"`, "", problem.CredentialsMalformed},
		{"braces", "Bearer {abc}", "", problem.CredentialsMalformed},
		{"a letter that is not ASCII", "Bearer abcé", "", problem.CredentialsMalformed},
		{"a byte that is no letter", "Bearer abc\xff", "", problem.CredentialsMalformed},
		{"a scheme that is not ASCII", "Вearer abc", "", problem.CredentialsMalformed},
		{"one byte too many", "Bearer a" + longest, "", problem.CredentialsTooLarge},
		{"one byte too many that is not even of token68", "Bearer é" + longest, "", problem.CredentialsTooLarge},
	} {
		t.Run(test.name, func(t *testing.T) {
			token, err := BearerToken(&http.Request{Header: http.Header{"Authorization": {test.value}}, URL: &url.URL{}})
			if token != test.token || !errors.Is(err, test.err) || err == nil != (test.err == nil) {
				t.Errorf("got %d bytes and %v, want %d bytes and %v", len(token), err, len(test.token), test.err)
			}
		})
	}
}

func TestCredentialsAreSentOnce(t *testing.T) {
	for _, test := range []struct {
		name, query, form string
		err               error
	}{
		{"once", "", "", nil},
		{"in the query, too", "access_token=x", "", problem.CredentialsMultiple},
		{"in the query, behind a parameter that cannot be read", "%zz=1&access_token=x", "", problem.CredentialsMultiple},
		{"in the query, with an encoded name", "%61%63%63%65%73%73_token=x", "", problem.CredentialsMultiple},
		{"in the query, empty", "access_token", "", problem.CredentialsMultiple},
		{"a parameter that looks alike", "accesstoken=access_token&access%20token=1", "", nil},
		{"in the form, too", "", "access_token=x", problem.CredentialsMultiple},
		{"in the form, behind a parameter that cannot be read", "", "%zz=1&access_token=x", problem.CredentialsMultiple},
		{"a form without", "", "name=access_token", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/?"+test.query, strings.NewReader(test.form))
			r.Header.Set("Authorization", "Bearer abc")
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
			if _, err := BearerToken(r); !errors.Is(err, test.err) || err == nil != (test.err == nil) {
				t.Errorf("got %v, want %v", err, test.err)
			}
		})
	}
}

func TestABodyIsWholeAfterTheSearch(t *testing.T) {
	long := "name=" + strings.Repeat("x", 2*maxFormSize)
	failure := errors.New("the connection was closed")
	for _, test := range []struct {
		name string
		sent io.Reader
		want string
		err  error
	}{
		{"a short form", strings.NewReader("name=Lantern"), "name=Lantern", nil},
		{"a form that is longer than what is searched", strings.NewReader(long), long, nil},
		{"a form that cannot be read to its end", io.MultiReader(strings.NewReader("name=L"), iotest.ErrReader(failure)), "name=L", failure},
	} {
		t.Run(test.name, func(t *testing.T) {
			closed := false
			r := httptest.NewRequest("POST", "/", nil)
			r.Body = body{test.sent, closer(func() { closed = true })}
			r.Header.Set("Authorization", "Bearer abc")
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if _, err := BearerToken(r); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(r.Body)
			if string(got) != test.want || err != test.err {
				t.Errorf("got %d bytes and %v, want %d bytes and %v", len(got), err, len(test.want), test.err)
			}
			if r.Body.Close(); !closed {
				t.Error("the body was not closed")
			}
		})
	}
}

func TestTheSearchOfABodyIsLimited(t *testing.T) {
	sent := strings.NewReader(strings.Repeat("x", 8*maxFormSize))
	r := httptest.NewRequest("POST", "/", nil)
	r.Body = io.NopCloser(sent)
	r.Header.Set("Authorization", "Bearer abc")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if _, err := BearerToken(r); err != nil || sent.Len() < 7*maxFormSize {
		t.Errorf("%d bytes were left, %v", sent.Len(), err)
	}
}

func TestOtherBodiesThanFormsAreNotRead(t *testing.T) {
	for _, kind := range []string{"", "application/json", "multipart/form-data; boundary=x", "text/plain"} {
		t.Run(fmt.Sprintf("type %q", kind), func(t *testing.T) {
			r := httptest.NewRequest("POST", "/", iotest.ErrReader(errors.New("the body was read")))
			r.Header.Set("Authorization", "Bearer abc")
			r.Header.Set("Content-Type", kind)
			before := r.Body
			if _, err := BearerToken(r); err != nil || r.Body != before {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("nor is that of an anonymous caller", func(t *testing.T) {
		r := httptest.NewRequest("POST", "/", strings.NewReader("access_token=x"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if _, err := BearerToken(r); !errors.Is(err, problem.CredentialsMissing) {
			t.Errorf("got %v", err)
		}
		if rest, _ := io.ReadAll(r.Body); string(rest) != "access_token=x" {
			t.Errorf("%q was left", rest)
		}
	})
}

type closer func()

func (c closer) Close() error {
	c()
	return nil
}
