package docs

import (
	"cmp"
	"embed"
	"encoding/json"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"

	"example.com/gatehouse/docs/openapi"
)

//go:embed ui/*.js ui/*.css ui/dist/*.html ui/dist/*.js ui/dist/*.png ui/dist/*.gz
//go:embed ui/dist/LICENSE ui/dist/NOTICE ui/dist/*.txt
var ui embed.FS

// An Asset is a file of the documentation, and the exact path at which to mount it.
type Asset struct {
	Path    string
	Handler http.Handler
}

// Assets returns the pages below /docs/, and the files of Swagger UI.
func (s *Site) Assets() []Asset { return s.assets }

const (
	typeJSON = "application/json"
	typeHTML = "text/html; charset=utf-8"
)

// mediaTypes are those of assets, by extension. The others are plain text.
var mediaTypes = map[string]string{
	".html": typeHTML,
	".js":   "text/javascript; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".png":  "image/png",
}

// loadAssets makes an asset of every embedded file, and of the pages beside them.
func (s *Site) loadAssets() ([]Asset, error) {
	folder := s.config.Path
	assets := []Asset{
		{folder, http.RedirectHandler(s.config.BasePath+folder+"/", http.StatusPermanentRedirect)},
		{folder + "/", s.guard(s.operationsPage)},
		{folder + "/inspect", s.inspector()}, // part:inspector
	}
	if s.config.Protected {
		signIn := serve(func(*http.Request) *content { return s.current().signIn })
		assets = append(assets, Asset{folder + "/sign-in.json", signIn})
	}
	err := fs.WalkDir(ui, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		short := strings.TrimSuffix(path.Base(name), ".gz")
		assets = append(assets, Asset{folder + "/" + short, s.guard(func() *content { return embedded(name) })})
		return nil
	})
	return assets, err
}

// embedded returns the content of an embedded file.
func embedded(name string) *content {
	file, _ := ui.ReadFile(name) // it is embedded: there is no error
	short, compressed := strings.CutSuffix(name, ".gz")
	mediaType := cmp.Or(mediaTypes[path.Ext(short)], "text/plain; charset=utf-8")
	if compressed {
		return newCompressed(mediaType, file)
	}
	return newContent(mediaType, file)
}

// guard serves a content under the policy of the current snapshot. The first request makes the content.
func (s *Site) guard(create func() *content) http.Handler {
	created := sync.OnceValue(create)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protect(w, s.current().policy)
		created().ServeHTTP(w, r)
	})
}

// operationsPage returns the page of Swagger UI. Its script reads its settings from an attribute.
func (s *Site) operationsPage() *content {
	settings := s.config.signIn(s.config.Issuers[0])
	settings["page"] = s.config.PublicURL + s.config.Path + "/"
	settings["protected"] = s.config.Protected
	if len(s.config.Issuers) > 1 {
		providers := map[string]any{} // by the names of their schemes
		for _, issuer := range s.config.Issuers {
			providers["oauth2"+issuer.Suffix] = s.config.signIn(issuer)
		}
		settings["providers"] = providers
	}
	text, _ := json.Marshal(settings) // of strings and booleans: there is no error
	return s.config.html(parse("pages/operations.html"), string(text))
}

// signIn returns how Swagger UI signs users in at an issuer.
func (c *Config) signIn(issuer openapi.Issuer) map[string]any {
	scopes := []string{}
	for _, scope := range c.Scopes {
		scopes = append(scopes, issuer.ScopePrefix.Add([]string{scope.Name})...)
	}
	return map[string]any{"clientId": issuer.ClientID, "scopes": scopes, "authorizeParams": issuer.AuthorizeParams}
}
