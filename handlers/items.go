package handlers

import (
	"context"
	"net/http"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/store"
	"github.com/gin-gonic/gin"
)

// Items are the operations on items.
type Items struct {
	RequireIfMatch bool // whether a change must name the version that it is for

	store ItemStore
	input *Input
}

// An ItemStore stores items: see [store.Table].
type ItemStore interface {
	List(ctx context.Context, owner store.Owner, after store.Cursor, limit int) ([]store.Item, store.Cursor, error)
	ListAll(ctx context.Context, after store.Cursor, limit int) ([]store.Item, store.Cursor, error)
	Get(ctx context.Context, owner store.Owner, id string) (store.Item, error)
	Create(ctx context.Context, owner store.Owner, item store.Item) (store.Item, error)
	Update(ctx context.Context, item store.Item) (store.Item, error)
	Delete(ctx context.Context, id string, version store.Version) error
}

// A Page is a part of a list.
type Page struct {
	Items      []store.Item `json:"items"`
	NextCursor store.Cursor `json:"next_cursor" swaggertype:"string" extensions:"x-nullable" example:"AZOPTnwafS6bby8cCp2Odw"` // where the next page begins; null on the last
}

// An OwnedItem is an item and whose it is.
type OwnedItem struct {
	store.Item
	Owner string `json:"owner" example:"alice"` // subject of the owner
}

// An OwnedPage is a part of the list of everybody's items.
type OwnedPage struct {
	Items      []OwnedItem  `json:"items"`
	NextCursor store.Cursor `json:"next_cursor" swaggertype:"string" extensions:"x-nullable" example:"AZOPTnwafS6bby8cCp2Odw"` // where the next page begins; null on the last
}

// List answers with a page of the caller's items.
//
//	@Summary		List items
//	@Description	Returns the caller's own items, oldest first, a page at a time.
//	@ID				listItems
//	@Tags			items
//	@Success		200	{object}	Page
//	@Router			/items [get]
func (h *Items) List(c *gin.Context, caller *auth.Principal) error {
	limit, cursor, err := page(c)
	if err != nil {
		return err
	}
	items, next, err := h.store.List(c.Request.Context(), owner(caller), cursor, limit)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, Page{items, next})
	return nil
}

// ListAll answers with a page of everybody's items.
//
//	@Summary		List all items
//	@Description	Returns the items of all callers with their owners, oldest first, a page at a time.
//	@ID				listAllItems
//	@Tags			admin
//	@Success		200	{object}	OwnedPage
//	@Router			/admin/items [get]
func (h *Items) ListAll(c *gin.Context, _ *auth.Principal) error {
	limit, cursor, err := page(c)
	if err != nil {
		return err
	}
	items, next, err := h.store.ListAll(c.Request.Context(), cursor, limit)
	if err != nil {
		return err
	}
	owned := make([]OwnedItem, len(items))
	for i, item := range items {
		owned[i] = OwnedItem{item, item.Key.Owner.Subject}
	}
	c.JSON(http.StatusOK, OwnedPage{owned, next})
	return nil
}

// Create keeps a new item for the caller.
//
//	@Summary		Create an item
//	@Description	Creates an item, which belongs to the caller.
//	@ID				createItem
//	@Tags			items
//	@Param			item	body		store.Draft	true	"The item."
//	@Success		201		{object}	store.Item
//	@Router			/items [post]
func (h *Items) Create(c *gin.Context, caller *auth.Principal) error {
	var item store.Item
	if err := h.input.JSON(c, &item.Draft); err != nil {
		return err
	}
	item, err := h.store.Create(c.Request.Context(), owner(caller), item)
	if err != nil {
		return err
	}
	c.Header("Location", "/items/"+item.ID)
	c.Header("ETag", item.ETag())
	c.JSON(http.StatusCreated, item)
	return nil
}

// Owned is the dependency of every route of one item: it loads the item of the path for the caller
// that it belongs to. Another caller's item is not found (OWASP API1:2023).
func (h *Items) Owned(c *gin.Context, caller *auth.Principal) (store.Item, error) {
	return h.store.Get(c.Request.Context(), owner(caller), c.Param("id"))
}

// owner returns the caller as the store knows owners.
func owner(caller *auth.Principal) store.Owner { return store.Owner(caller.Identity()) }

// Get answers with an item.
//
//	@Summary		Get an item
//	@Description	Returns one of the caller's items.
//	@ID				getItem
//	@Tags			items
//	@Success		200	{object}	store.Item
//	@Router			/items/{id} [get]
func (h *Items) Get(c *gin.Context, _ *auth.Principal, item store.Item) error {
	unchanged, err := h.unchanged(c, item)
	if err != nil {
		return err
	}
	c.Header("ETag", item.ETag())
	if unchanged {
		c.Status(http.StatusNotModified)
		return nil
	}
	c.JSON(http.StatusOK, item)
	return nil
}

// Replace changes what the caller says of an item.
//
//	@Summary		Replace an item
//	@Description	Replaces the name and the description of one of the caller's items. If-Match with the ETag of the item that was read keeps the request from overwriting another change.
//	@ID				replaceItem
//	@Tags			items
//	@Param			item	body		store.Draft	true	"The item."
//	@Success		200		{object}	store.Item
//	@Router			/items/{id} [put]
func (h *Items) Replace(c *gin.Context, _ *auth.Principal, item store.Item) error {
	var draft store.Draft
	if err := h.input.JSON(c, &draft); err != nil {
		return err
	}
	version, err := h.expected(c, item)
	if err != nil {
		return err
	}
	item.Draft, item.Version = draft, version
	if item, err = h.store.Update(c.Request.Context(), item); err != nil {
		return err
	}
	c.Header("Content-Location", "/items/"+item.ID)
	c.Header("ETag", item.ETag())
	c.JSON(http.StatusOK, item)
	return nil
}

// Delete forgets an item.
//
//	@Summary		Delete an item
//	@Description	Deletes one of the caller's items. If-Match with the ETag of the item that was read keeps the request from deleting another version.
//	@ID				deleteItem
//	@Tags			items
//	@Success		204
//	@Router			/items/{id} [delete]
func (h *Items) Delete(c *gin.Context, _ *auth.Principal, item store.Item) error {
	version, err := h.expected(c, item)
	if err != nil {
		return err
	}
	if err := h.store.Delete(c.Request.Context(), item.ID, version); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}
