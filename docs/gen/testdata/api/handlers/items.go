// Package handlers is what swag reads.
package handlers

import "time"

// An Item belongs to the caller who created it.
type Item struct {
	ID          string    `json:"id" readonly:"true" format:"uuid" example:"0198c2a1-6a3e-7cc0-9d0c-0f6a2b8f3c11"`
	Name        string    `json:"name" example:"Lantern"`
	Description *string   `json:"description" extensions:"x-nullable" example:"Brass, 1890"`
	Shelf       *Shelf    `json:"shelf" extensions:"x-nullable"`
	CreatedAt   time.Time `json:"created_at" readonly:"true"`
}

// A Shelf is a place.
type Shelf struct {
	Room  string     `json:"room" enums:"attic,cellar"`
	Since *time.Time `json:"since" extensions:"x-nullable"`
	Until string     `json:"until"`
}

// An OwnedItem is an item with its owner.
type OwnedItem struct {
	Item
	Owner string `json:"owner"`
}

// A Page is one page of a list.
type Page[T any] struct {
	Items      []T     `json:"items"`
	NextCursor *string `json:"next_cursor" extensions:"x-nullable"`
}

// An ItemInput is what a caller may set.
type ItemInput struct {
	Name  string `json:"name" binding:"required,min=1,max=100"`
	Count int    `json:"count" binding:"min=0,max=9"`
}

// A Problem is an error.
type Problem struct {
	Type string `json:"type" format:"uri"`
	Code string `json:"code"`
}

// List is documented in full.
//
//	@Summary     List items
//	@Description Newest first.
//	@ID          listItems
//	@Tags        items
//	@Param       limit  query    int    false "How many" minimum(1) maximum(100) default(20)
//	@Param       cursor query    string false "Where the page before ended"
//	@Success     200    {object} Page[Item]
//	@Header      200    {string} Link "the next page"
//	@Failure     422    {object} Problem
//	@Failure     default {object} Problem
//	@Router      /items [get]
func List() {}

// Create has a body.
//
//	@Summary Create an item
//	@ID      createItem
//	@Tags    items
//	@Param   item body ItemInput true "The item"
//	@Success 201 {object} Item
//	@Header  201 {string} Location "Where it is"
//	@Failure 422 {object} Problem
//	@Router  /items [post]
func Create() {}

// Delete has a path parameter and no content.
//
//	@Summary Delete an item
//	@ID      deleteItem
//	@Tags    items
//	@Param   id path string true "The item's id" format(uuid) extensions(x-example=0198c2a1-6a3e-7cc0-9d0c-0f6a2b8f3c11)
//	@Success 204
//	@Failure 404 {object} Problem
//	@Router  /items/{id} [delete]
func Delete() {}

// All uses an embedding struct.
//
//	@Summary Everybody's items
//	@ID      listAllItems
//	@Tags    items
//	@Success 200 {object} Page[OwnedItem]
//	@Router  /admin/items [get]
func All() {}

// Ready answers 503 with a body of its own.
//
//	@Summary Whether the API is ready
//	@ID      readyz
//	@Success 200 {object} Shelf
//	@Failure 503 {object} Shelf
//	@Router  /readyz [get]
func Ready() {}

// Shelves answers with a page to browsers, and refuses with a problem alone.
//
//	@Summary Where items are
//	@ID      getShelf
//	@Produce json,html
//	@Success 200 {object} Shelf
//	@Failure 404 {object} Problem
//	@Router  /shelf [get]
func Shelves() {}
