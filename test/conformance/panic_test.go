package conformance

import (
	"context"
	"strings"
	"testing"

	"example.com/gatehouse/handlers"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/store"
)

// A panickingStore has a bug.
type panickingStore struct{ handlers.ItemStore }

func (panickingStore) List(context.Context, store.Owner, store.Cursor, int, ...store.Condition) ([]store.Item, store.Cursor, error) {
	panic("a bug with a secret in it")
}

func TestPanicsAreInternalErrors(t *testing.T) {
	t.Parallel()
	a := start(t, apitest.Parts(func(p *handlers.Parts) { p.Items = panickingStore{p.Items} }))
	list := get("/items", bearer(a.withScopes("items:read")))
	a.run(t, []row{
		{"H01 an anonymous caller gets a challenge", get("/items"), "credentials-missing read"},
		{"R04 a caller gets 500 without a challenge", list, "internal"},
	})
	t.Run("R04 the log has the panic, the response has not", func(t *testing.T) {
		got := a.send(t, list)
		if strings.Contains(string(got.body), "secret") || !strings.Contains(a.Log.String(), "a bug with a secret in it") {
			t.Errorf("got %s", got.body)
		}
	})
}
