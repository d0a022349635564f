package docs

import "encoding/json"

// signIn returns what strangers get of a protected document: its title, the ways to sign in, and nothing
// of the operations. Swagger UI needs it, because it takes the ways to sign in from a document.
func (c *Config) signIn() ([]byte, error) {
	whole, err := decode(c.Document)
	if err != nil {
		return nil, err
	}
	info := child(whole, "info")
	doc := object{
		"openapi": whole["openapi"],
		"info":    object{"title": info["title"], "version": info["version"], "description": "Sign in to see the operations."},
		"paths":   object{},
	}
	newMerger(c, doc).describe(doc)
	b, err := json.Marshal(doc)
	return append(b, '\n'), err
}
