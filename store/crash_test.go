package store_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/docs/docstest"
	"example.com/gatehouse/store/storetest"
)

// part:sqlite:begin

func TestAcknowledgedWritesToAFileSurviveAKill(t *testing.T) { killAndCompare(t, storetest.SQLite(t)) }

// part:sqlite:end

// killAndCompare kills the program in the middle of writes, starts it again, and compares its items with the
// acknowledged ones, several times.
func killAndCompare(t *testing.T, address string) {
	issuer := authtest.Start(t, audience)
	binary := build(t)
	var writers []*writer
	for i := range 4 {
		user := fmt.Sprint("writer-", i)
		token := issuer.Token(authtest.Claims{"sub": user, "scope": "items:read items:write"})
		writers = append(writers, &writer{token: token, items: map[string]string{}})
	}
	for round := range 3 {
		p := start(t, binary, issuer.URL, address)
		body := exampleItem(t, p.url)
		acknowledged := make(chan struct{})
		var all sync.WaitGroup
		for _, w := range writers {
			w.body = body
			w.compare(t, p.url)
			all.Go(func() { w.writeUntilItFails(t, p.url, acknowledged) })
		}
		go func() { all.Wait(); close(acknowledged) }()
		for range 40 + 7*round {
			<-acknowledged // closed, if all writers have failed
		}
		p.kill(t)
		for range acknowledged { // until the requests in flight have failed
		}
	}
	p := start(t, binary, issuer.URL, address)
	for _, w := range writers {
		w.compare(t, p.url)
	}
}

// A writer is a caller, and the items that were acknowledged to it. Its pending request got no response, so
// it may have been executed or not.
type writer struct {
	token   string
	body    string            // of an item
	items   map[string]string // the times of their last changes, by identifier
	pending struct {
		method, id string // empty for none
	}
	written int
}

// writeUntilItFails creates items, and changes and deletes some of them, until there is no response.
func (w *writer) writeUntilItFails(t *testing.T, url string, acknowledged chan<- struct{}) {
	for {
		w.written++
		id := ""
		for id = range w.items { // any of them
			break
		}
		method, path := "PUT", "/items/"+id
		switch {
		case id == "" || w.written%4 < 2:
			id, method, path = "", "POST", "/items"
		case w.written%4 == 3:
			method = "DELETE"
		}
		w.pending.method, w.pending.id = method, id
		status, response, err := w.call(url, method+" "+path, w.body)
		if err != nil {
			return
		}
		var item changedItem
		switch status {
		case http.StatusCreated, http.StatusOK:
			if err := json.Unmarshal(response, &item); err != nil {
				t.Error(err)
			}
			w.items[item.ID] = item.UpdatedAt
		case http.StatusNoContent:
			delete(w.items, id)
		default:
			t.Errorf("%s: got %d %s", method, status, response)
			return
		}
		w.pending.method, w.pending.id = "", ""
		acknowledged <- struct{}{}
	}
}

// A changedItem is what a test reads of one.
type changedItem struct {
	ID        string
	UpdatedAt string `json:"updated_at"`
}

// compare fails unless the program has the items of the writer, with or without the pending request.
func (w *writer) compare(t *testing.T, url string) {
	t.Helper()
	found := map[string]string{}
	for cursor := ""; ; {
		status, response, err := w.call(url, "GET /items?limit=100&cursor="+cursor, "")
		if err != nil || status != http.StatusOK {
			t.Fatalf("GET /items: got %d %s and the error %v", status, response, err)
		}
		var page struct {
			Items      []changedItem
			NextCursor string `json:"next_cursor"`
		}
		if err := json.Unmarshal(response, &page); err != nil {
			t.Fatal(err)
		}
		for _, item := range page.Items {
			found[item.ID] = item.UpdatedAt
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	if !maps.Equal(found, w.items) && !maps.Equal(found, w.withPending(found)) {
		t.Errorf("after the kill there are\n%v\nacknowledged are\n%v\nand pending is %+v", found, w.items, w.pending)
	}
	w.items, w.pending.method, w.pending.id = found, "", ""
}

// withPending returns the items of the writer if the pending request was executed.
func (w *writer) withPending(found map[string]string) map[string]string {
	items := maps.Clone(w.items)
	switch w.pending.method {
	case "DELETE":
		delete(items, w.pending.id)
	case "PUT":
		items[w.pending.id] = found[w.pending.id]
	case "POST":
		for id, changed := range found {
			if _, known := w.items[id]; !known && len(items) == len(w.items) {
				items[id] = changed
			}
		}
	}
	return items
}

func (w *writer) call(url, line, body string) (int, []byte, error) {
	method, target, _ := strings.Cut(line, " ")
	request, err := http.NewRequest(method, url+target, strings.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	if w.token != "" {
		request.Header.Set("Authorization", "Bearer "+w.token)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, text, err
}

// exampleItem returns the body of an item that is made from the examples of the document.
func exampleItem(t *testing.T, url string) string {
	t.Helper()
	w := &writer{}
	_, text, err := w.call(url, "GET /openapi.json", "")
	if err != nil {
		t.Fatal(err)
	}
	requests, err := docstest.NewRequests(text, func(string, string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	_, body, err := requests.Make("POST /items")
	if err != nil {
		t.Fatal(err)
	}
	return body
}
