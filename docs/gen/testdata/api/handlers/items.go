// Package handlers has the operations.
package handlers

import (
	"time"

	"example.com/fixture/problem"
	"example.com/fixture/store"
)

const (
	defaultLimit = 20
	maxLimit     = 100
)

// A Shelf is a place.
type Shelf struct {
	Room  string     `json:"room" enums:"attic,cellar" example:"attic"`
	Since *time.Time `json:"since" extensions:"x-nullable"`
	Until string     `json:"until"`
	Best  *Lamp      `json:"best" extensions:"x-nullable"`
}

// A Lamp is on a shelf.
type Lamp struct {
	Name string  `json:"name"`
	Note *string `json:"note" extensions:"x-nullable" example:"Brass, 1890"`
}

// An OwnedItem is an item with its owner.
type OwnedItem struct {
	store.SmallItem
	Owner string `json:"owner"`
}

// A Page is one page of a list.
type Page[T any] struct {
	Things     []T     `json:"things"`
	NextCursor *string `json:"next_cursor" extensions:"x-nullable"`
}

// List returns rows, and says more than its form does.
//
//	@Summary     List items
//	@Description Newest first.
//	@ID          listItems
//	@Tags        items
//	@Param       limit query int false "How many" minimum(2) maximum(50) default(5)
//	@Success     200 {object} Page[store.SmallItem]
//	@Header      200 {string} Link "the next page"
//	@Failure     400 {object} problem.Body "Said here"
//	@Failure     default {object} problem.Body
//	@Router      /items [get]
func List() {}

// Create creates a row.
//
//	@Summary Create an item
//	@ID      createItem
//	@Tags    items
//	@Param   item body store.Draft true "The item"
//	@Success 201 {object} store.SmallItem
//	@Router  /items [post]
func Create() {}

// Get returns a row.
//
//	@Summary Get an item
//	@ID      getItem
//	@Tags    items
//	@Success 200 {object} store.SmallItem
//	@Router  /items/{id} [get]
func Get() {}

// Replace changes a row.
//
//	@Summary Replace an item
//	@ID      replaceItem
//	@Tags    items
//	@Param   item body store.Draft true "The item"
//	@Success 200 {object} store.SmallItem
//	@Router  /items/{id} [put]
func Replace() {}

// Patch changes members of a row.
//
//	@Summary Change an item
//	@ID      patchItem
//	@Tags    items
//	@Param   item body store.Draft true "What changes"
//	@Success 200 {object} store.SmallItem
//	@Router  /items/{id} [patch]
func Patch() {}

// Delete deletes a row.
//
//	@Summary Delete an item
//	@ID      deleteItem
//	@Tags    items
//	@Success 204
//	@Router  /items/{id} [delete]
func Delete() {}

// Publish is below the address of a row, and describes its parameters itself.
//
//	@Summary Publish an item
//	@ID      publishItem
//	@Tags    items
//	@Param   id   path  string true  "The item's id" format(uuid) extensions(x-example=0198c2a1-6a3e-7cc0-9d0c-0f6a2b8f3c11)
//	@Param   when query string false "A time"
//	@Success 204
//	@Router  /items/{id}/publish [post]
func Publish() {}

// All returns rows with their owners.
//
//	@Summary All items
//	@ID      listAllItems
//	@Tags    items
//	@Success 200 {object} Page[OwnedItem]
//	@Router  /admin/items [get]
func All() {}

// Ready has a body of its own for 503.
//
//	@Summary Whether the API is ready
//	@ID      readyz
//	@Success 200 {object} Shelf
//	@Failure 503 {object} Shelf
//	@Router  /readyz [get]
func Ready() {}

// Shelves returns a page to browsers, and a problem to all.
//
//	@Summary Where items are
//	@ID      getShelf
//	@Produce json,html
//	@Success 200 {object} Shelf
//	@Header  200 {string} ETag "Version of the page"
//	@Router  /shelves/{room} [get]
func Shelves() {}

var _ = problem.Body{}
