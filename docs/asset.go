package docs

import (
	"bytes"
	"embed"
	"encoding/json"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed ui/*.html ui/*.js ui/*.css ui/dist/*.html ui/dist/*.js ui/dist/*.png ui/dist/*.gz
//go:embed ui/dist/LICENSE ui/dist/NOTICE ui/dist/*.txt
var ui embed.FS

// An Asset is a file below /docs/, and the exact path at which to mount it.
type Asset struct {
	Path    string
	Handler http.Handler
}

// Assets returns Swagger UI and what belongs to it; the page itself is at /docs/.
func (s *Site) Assets() []Asset { return s.assets }

// kinds are the media types of assets. What is not named is plain text.
var kinds = map[string]string{
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".png":  "image/png",
}

// load makes an asset of every embedded file.
func (s *Site) load() ([]Asset, error) {
	inspector, err := s.inspector()
	if err != nil {
		return nil, err
	}
	assets := []Asset{{"/docs", http.RedirectHandler("/docs/", http.StatusPermanentRedirect)}, inspector}
	err = fs.WalkDir(ui, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		file, err := ui.ReadFile(name)
		if err != nil {
			return err
		}
		asset, err := s.asset(name, file)
		assets = append(assets, asset)
		return err
	})
	if s.config.Protected {
		signIn := s.current(func(e *edition) *content { return e.signIn })
		assets = append(assets, Asset{"/docs/sign-in.json", signIn})
	}
	return assets, err
}

func (s *Site) asset(name string, file []byte) (Asset, error) {
	short, zipped := strings.CutSuffix(path.Base(name), ".gz")
	kind := kinds[path.Ext(short)]
	if kind == "" {
		kind = "text/plain; charset=utf-8"
	}
	switch {
	case zipped:
		return Asset{"/docs/" + short, s.guard(packedContent(kind, file))}, nil
	case name == "ui/index.html":
		c, err := s.index(file)
		return Asset{"/docs/", s.guard(c)}, err
	}
	return Asset{"/docs/" + short, s.guard(newContent(kind, file))}, nil
}

// guard serves a content under the policy of the current edition.
func (s *Site) guard(c *content) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protect(w, s.edition().policy)
		c.ServeHTTP(w, r)
	})
}

// index renders the page of Swagger UI. What its script must know stands in an attribute.
func (s *Site) index(file []byte) (*content, error) {
	scopes := []string{}
	for _, scope := range s.config.Scopes {
		scopes = append(scopes, scope.Name)
	}
	settings, err := json.Marshal(map[string]any{
		"origin":          s.config.PublicURL,
		"clientId":        s.config.ClientID,
		"scopes":          scopes,
		"authorizeParams": s.config.AuthorizeParams,
		"protected":       s.config.Protected,
	})
	if err != nil {
		return nil, err
	}
	t, err := template.New("index").Parse(string(file))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, struct {
		info
		SignInHint, PublicURL, Settings string
		Protected                       bool
	}{s.info, s.config.SignInHint, s.config.PublicURL, string(settings), s.config.Protected})
	return newContent(kinds[".html"], b.Bytes()), err
}
