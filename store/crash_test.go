package store_test

import (
	"bytes"
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

func TestAFileLosesNothingToAKill(t *testing.T) { killAndCompare(t, storetest.SQLite(t)) }

// killAndCompare kills the program in the middle of writes, starts it again, and compares what it has
// with what it acknowledged, several times over.
func killAndCompare(t *testing.T, address string) {
	issuer := authtest.Start(t, audience)
	binary := build(t)
	var writers []*writer
	for i := range 4 {
		user := fmt.Sprint("writer-", i)
		token := issuer.Token(authtest.Claims{"sub": user, "scope": "items:read items:write"})
		writers = append(writers, &writer{token: token, kept: map[string]string{}})
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
		for range 40 + 7*round { // none is left when all writers gave up
			<-acknowledged
		}
		p.kill(t)
		for range acknowledged { // what was on its way
		}
	}
	p := start(t, binary, issuer.URL, address)
	for _, w := range writers {
		w.compare(t, p.url)
	}
}

// A writer is a caller, and what it believes to have. Of what it asked for last it does not know
// whether it was done: it was not answered.
type writer struct {
	token   string
	kept    map[string]string // names by identifier
	pending struct{ id, name string }
	written int
}

// writeUntilItFails creates items, and changes or deletes some of them, until there is no answer.
func (w *writer) writeUntilItFails(t *testing.T, url string, acknowledged chan<- struct{}) {
	for {
		w.written++
		name := fmt.Sprint("item ", w.written)
		id := ""
		for id = range w.kept { // any of them
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
		status, answer, err := w.call(url, method, body)
		if err != nil {
			return
		}
		switch status {
		case http.StatusCreated:
			w.kept[field(answer, "id")] = name
		case http.StatusOK:
			w.kept[id] = name
		case http.StatusNoContent:
			delete(w.kept, id)
		default:
			t.Errorf("%s is answered with %d %s", method, status, answer)
			return
		}
		w.pending.id, w.pending.name = "", ""
		acknowledged <- struct{}{}
	}
}

// compare fails unless the program has what the writer believes, give or take what was not answered.
func (w *writer) compare(t *testing.T, url string) {
	t.Helper()
	found := map[string]string{}
	for cursor := ""; ; {
		status, answer, err := w.call(url, "GET /items?limit=100&cursor="+cursor, "")
		if err != nil || status != http.StatusOK {
			t.Fatalf("GET /items is answered with %d %s and %v", status, answer, err)
		}
		var page struct {
			Items      []struct{ ID, Name string }
			NextCursor string `json:"next_cursor"`
		}
		if err := json.Unmarshal(answer, &page); err != nil {
			t.Fatal(err)
		}
		for _, item := range page.Items {
			found[item.ID] = item.Name
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	want := w.kept
	if !maps.Equal(found, want) {
		want = w.asIfDone(found)
	}
	if !maps.Equal(found, want) {
		t.Errorf("after the kill there is\n%v\nacknowledged were\n%v\nand unanswered is %+v", found, w.kept, w.pending)
	}
	w.kept, w.pending.id, w.pending.name = found, "", ""
}

// asIfDone returns what there is if what was not answered was done.
func (w *writer) asIfDone(found map[string]string) map[string]string {
	done := maps.Clone(w.kept)
	switch id, name := w.pending.id, w.pending.name; {
	case id != "" && name == "":
		delete(done, id)
	case id != "":
		done[id] = name
	default:
		for id, found := range found {
			if _, known := w.kept[id]; !known && found == name {
				done[id] = name
			}
		}
	}
	return done
}

func (w *writer) call(url, line, body string) (int, []byte, error) {
	method, target, _ := strings.Cut(line, " ")
	request, err := http.NewRequest(method, url+target, bytes.NewBufferString(body))
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
	answer, err := io.ReadAll(response.Body)
	return response.StatusCode, answer, err
}

// field returns a member of a JSON object, as text.
func field(text []byte, name string) string {
	var object map[string]any
	if json.Unmarshal(text, &object) != nil {
		return ""
	}
	return fmt.Sprint(object[name])
}
