package handlers_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"example.com/gatehouse/handlers"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/store"
)

type sampleStore = handlers.Store[handlers.Sample]

// startSamples returns an API that also has samples.
func startSamples(t *testing.T, options ...apitest.Option) *apitest.API {
	t.Helper()
	return startSamplesIn(t, func(rows sampleStore) sampleStore { return rows }, options...)
}

// startSamplesIn is startSamples with another store around that of the samples.
func startSamplesIn(t *testing.T, wrap func(sampleStore) sampleStore, options ...apitest.Option) *apitest.API {
	t.Helper()
	var rows *store.Table[handlers.Sample, *handlers.Sample]
	first := apitest.Parts(func(p *handlers.Parts) { // other options may replace the database
		var err error
		if rows, err = handlers.SampleTable(t.Context(), p.DB.(*store.DB)); err != nil {
			t.Fatal(err)
		}
	})
	api := apitest.Start(t, append([]apitest.Option{first}, options...)...)
	api.ServeSamples(wrap(rows))
	return api
}

// A sampleKey is what a test reads of a sample.
type sampleKey struct {
	ID        string    `json:"id"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

const noSamples = `{"samples":[],"next_cursor":null}`

// user returns a token that can read and write samples.
func user(api *apitest.API, name string) string { return api.Token(name, "samples:read samples:write") }

// named returns the body of a sample with a name.
func named(name string) string { return fmt.Sprintf(`{"name":%q}`, name) }

// createSample creates a sample, and returns it and its JSON.
func createSample(t *testing.T, api *apitest.API, token, name string) (sampleKey, string) {
	t.Helper()
	r := api.Call(t, token, "POST /samples", named(name))
	if r.Status != http.StatusCreated {
		t.Fatalf("POST /samples: got %d %s", r.Status, r.Body)
	}
	return apitest.Decode[sampleKey](t, r), r.Body
}
