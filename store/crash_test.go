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
		acknowledged := make(chan struct{})
		var all sync.WaitGroup
		for _, w := range writers {
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
	items   map[string]string // names by identifier
	pending struct{ id, name string }
	written int
}

// writeUntilItFails creates items, and changes and deletes some of them, until there is no response.
func (w *writer) writeUntilItFails(t *testing.T, url string, acknowledged chan<- struct{}) {
	for {
		w.written++
		name := fmt.Sprint("item ", w.written)
		id := ""
		for id = range w.items { // any of them
			break
		}
		var method, body string
		switch {
		case id == "" || w.written%4 < 2:
			id, method, body = "", "POST /items", fmt.Sprintf(`{"name":%q}`, name)
		case w.written%4 == 2:
			method, body = "PUT /items/"+id, fmt.Sprintf(`{"name":%q}`, name)
		default:
			name, method = "", "DELETE /items/"+id
		}
		w.pending.id, w.pending.name = id, name
		status, response, err := w.call(url, method, body)
		if err != nil {
			return
		}
		switch status {
		case http.StatusCreated:
			w.items[idOf(response)] = name
		case http.StatusOK:
			w.items[id] = name
		case http.StatusNoContent:
			delete(w.items, id)
		default:
			t.Errorf("%s: got %d %s", method, status, response)
			return
		}
		w.pending.id, w.pending.name = "", ""
		acknowledged <- struct{}{}
	}
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
			Items      []struct{ ID, Name string }
			NextCursor string `json:"next_cursor"`
		}
		if err := json.Unmarshal(response, &page); err != nil {
			t.Fatal(err)
		}
		for _, item := range page.Items {
			found[item.ID] = item.Name
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	if !maps.Equal(found, w.items) && !maps.Equal(found, w.withPending(found)) {
		t.Errorf("after the kill there are\n%v\nacknowledged are\n%v\nand pending is %+v", found, w.items, w.pending)
	}
	w.items, w.pending.id, w.pending.name = found, "", ""
}

// withPending returns the items of the writer if the pending request was executed.
func (w *writer) withPending(found map[string]string) map[string]string {
	items := maps.Clone(w.items)
	switch id, name := w.pending.id, w.pending.name; {
	case id != "" && name == "":
		delete(items, id)
	case id != "":
		items[id] = name
	default:
		for id, found := range found {
			if _, known := w.items[id]; !known && found == name {
				items[id] = name
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
	request.Header.Set("Authorization", "Bearer "+w.token)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, text, err
}

// idOf returns the identifier of an item in JSON, or an empty text.
func idOf(item []byte) string {
	var key struct{ ID string }
	if json.Unmarshal(item, &key) != nil {
		return ""
	}
	return key.ID
}
