package docs_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestInspectorIsOnePageAndOneScript(t *testing.T) {
	_, body := get(t, "GET", serve(t, config(t)).URL+"/docs/inspect")
	page := string(body)
	if scripts := regexp.MustCompile(`<script[^>]*>[^<]*`).FindAllString(page, -1); !slices.Equal(scripts, []string{`<script src="inspect.js">`}) {
		t.Errorf("got scripts %q", scripts)
	}
	for _, pattern := range []*regexp.Regexp{inlineEvent, regexp.MustCompile(` style=|<link|<img|url\(`)} {
		if found := pattern.FindString(page); found != "" {
			t.Errorf("%q is in the page", found)
		}
	}
	for _, field := range []string{"subject", "credential"} {
		if !strings.Contains(page, `<label for="`+field+`">`) || !regexp.MustCompile(`id="`+field+`"[^>]*autocomplete="off"`).MatchString(page) {
			t.Errorf("the field %s has no label, or the browser would keep it", field)
		}
	}
}

func TestEveryPageLinksToTheInspector(t *testing.T) {
	server := serve(t, config(t))
	for path, link := range map[string]string{
		"/docs/": `href="inspect"`, "/docs/inspect": `href="/docs/inspect" aria-current="page"`,
		"/problems": `href="/docs/inspect"`, "/problems/token-expired": `href="/docs/inspect"`,
	} {
		_, body := get(t, "GET", server.URL+path, "Accept", browser)
		header, rest, _ := strings.Cut(string(body), "</header>")
		if !strings.Contains(header, link) {
			t.Errorf("the header of %s has no %s", path, link)
		}
		if strings.HasPrefix(path, "/problems") && !strings.Contains(rest, `href="/docs/inspect"`) {
			t.Errorf("the text of %s has no link", path)
		}
	}
}

func TestPagesSayForWhomTheInspectorIs(t *testing.T) {
	for _, minimal := range []bool{false, true} {
		c := config(t)
		c.Minimal = minimal
		server := serve(t, c)
		for _, path := range []string{"/problems", "/problems/token-invalid", "/problems/not-found"} {
			_, body := get(t, "GET", server.URL+path, "Accept", browser)
			if got := strings.Contains(string(body), "callers with the role <code>admin</code>"); got != minimal {
				t.Errorf("%s, with minimal detail %v: says that it is for admins: %v", path, minimal, got)
			}
		}
	}
}

var inspectorPolicy = regexp.MustCompile(`^script-src 'self'; connect-src 'self'; default-src 'none'; style-src 'sha256-[^ ;]+'; ` +
	`form-action 'none'; base-uri 'none'; frame-ancestors 'none'$`)
