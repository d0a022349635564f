package main

import (
	"fmt"
	"net/http"
	"slices"
)

// A life is what happens to items: they are created, read, replaced and removed, one after the other
// in a round, while they are listed before or after. Public is what all of it is compared with.
type life struct {
	public, list                  *visit
	create, read, replace, remove *visit
}

// newLife returns the life of items of which the creators make as many as the store lets them, while
// the caller lists the caller's own.
func newLife(l *load, b *bench, caller string, creators []string) life {
	writes := b.some(roundWrites)
	var created life
	visit := func(name string, status int, request func(k int) []byte, n int) *visit {
		return &visit{name: name, base: created.public, load: l, status: status, next: func() [][]byte {
			requests := make([][]byte, n)
			for k := range requests {
				requests[k] = request(k)
			}
			return requests
		}}
	}
	token := func(k int) string { return creators[k%len(creators)] }
	made := func(k int) string { return created.create.made[k] }
	page, reads := render(fmt.Sprintf("/items?limit=%d", pageItems), caller), b.some(roundReads)
	created.public = visit("GET /healthz, public", http.StatusOK, func(int) []byte { return render("/healthz", "") }, reads)
	created.list = visit("GET /items", http.StatusOK, func(int) []byte { return page }, reads)
	created.create = visit("POST /items", http.StatusCreated, func(k int) []byte { return creation(token(k)) }, writes)
	created.read = visit("GET /items/{id}", http.StatusOK, func(k int) []byte { return render(made(k), token(k)) }, writes)
	created.replace = visit("PUT /items/{id}", http.StatusOK, func(k int) []byte { return renderBody("PUT", made(k), token(k), draft) }, writes)
	created.remove = visit("DELETE /items/{id}", http.StatusNoContent, func(k int) []byte { return renderBody("DELETE", made(k), token(k), "") }, writes)
	return created
}

// draft is what a caller says of an item.
const draft = `{"name":"Lantern","description":"Hangs over the gate, and is lit at dusk by whoever comes home first."}`

// creation returns the request that creates an item.
func creation(token string) []byte { return renderBody("POST", "/items", token, draft) }

// creations returns n of these requests.
func creations(token string, n int) [][]byte {
	return slices.Repeat([][]byte{creation(token)}, n)
}

// groups returns the visits in the order that they need.
func (l life) groups() [][]*visit {
	return [][]*visit{{l.public}, {l.list}, {l.create, l.read, l.replace, l.remove}}
}

func (l life) visits() []*visit {
	return []*visit{l.public, l.list, l.create, l.read, l.replace, l.remove}
}
