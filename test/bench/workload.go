package main

import (
	"fmt"
	"net/http"
	"slices"
)

// A workload is the operations on items: in a round items are created, read, replaced and deleted, and
// a list is read before or after. All of it is compared with the public route.
type workload struct {
	public, list                  *operation
	create, read, replace, remove *operation
}

// newWorkload returns a workload in which the creators take turns, and the caller reads a list.
func newWorkload(l *load, b *bench, caller string, creators []string) workload {
	var w workload
	add := func(name string, status int, n int, request func(k int) []byte) *operation {
		return &operation{name: name, base: w.public, load: l, status: status, next: func() [][]byte {
			requests := make([][]byte, n)
			for k := range requests {
				requests[k] = request(k)
			}
			return requests
		}}
	}
	reads, writes := b.some(roundReads), b.some(roundWrites)
	token := func(k int) string { return creators[k%len(creators)] }
	item := func(k int) string { return w.create.created[k] }
	page := render(fmt.Sprintf("/items?limit=%d", pageItems), caller)
	w.public = add("GET /healthz, public", http.StatusOK, reads, func(int) []byte { return render("/healthz", "") })
	w.list = add("GET /items", http.StatusOK, reads, func(int) []byte { return page })
	w.create = add("POST /items", http.StatusCreated, writes, func(k int) []byte { return creation(token(k)) })
	w.read = add("GET /items/{id}", http.StatusOK, writes, func(k int) []byte { return render(item(k), token(k)) })
	w.replace = add("PUT /items/{id}", http.StatusOK, writes, func(k int) []byte { return renderBody("PUT", item(k), token(k), draft) })
	w.remove = add("DELETE /items/{id}", http.StatusNoContent, writes, func(k int) []byte { return renderBody("DELETE", item(k), token(k), "") })
	return w
}

// draft is the body of an item.
const draft = `{"name":"Lantern","description":"Hangs over the gate of the harbour, and is lit every evening at dusk."}`

// creation returns the request that creates an item.
func creation(token string) []byte { return renderBody("POST", "/items", token, draft) }

// creations returns n of these requests.
func creations(token string, n int) [][]byte {
	return slices.Repeat([][]byte{creation(token)}, n)
}

// groups returns the operations in the order that they need: see [measure].
func (w workload) groups() [][]*operation {
	return [][]*operation{{w.public}, {w.list}, {w.create, w.read, w.replace, w.remove}}
}

func (w workload) operations() []*operation {
	return []*operation{w.public, w.list, w.create, w.read, w.replace, w.remove}
}
