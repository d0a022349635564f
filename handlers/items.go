package handlers

import (
	"net/http"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/store"
	"github.com/gin-gonic/gin"
)

// Items are the operations on items.
type Items struct{ Resource[store.Item] }

// An ItemStore stores items.
type ItemStore = Store[store.Item]

// An ItemPage is a page of a list of items.
type ItemPage struct {
	Items []store.Item `json:"items"`
	NextPage
}

// An OwnedItem is an item and its owner.
type OwnedItem struct {
	store.Item
	Owner string `json:"owner" example:"alice"` // subject of the owner
}

// An OwnedItemPage is a page of the list of all items.
type OwnedItemPage struct {
	Items []OwnedItem `json:"items"`
	NextPage
}

// List returns a page of the caller's items.
//
//	@Summary		List items
//	@Description	Returns the caller's own items, oldest first, a page at a time.
//	@ID				listItems
//	@Tags			items
//	@Success		200	{object}	ItemPage
//	@Router			/items [get]
func (h *Items) List(c *gin.Context, caller *auth.Principal) error {
	after, limit, err := pageParameters(c)
	if err != nil {
		return err
	}
	items, next, err := h.store.List(c.Request.Context(), owner(caller), after, limit)
	if err != nil {
		return err
	}
	writeJSON(c, http.StatusOK, ItemPage{items, NextPage{next}})
	return nil
}

// ListAll returns a page of the items of all owners.
//
//	@Summary		List all items
//	@Description	Returns the items of all callers with their owners, oldest first, a page at a time.
//	@ID				listAllItems
//	@Tags			admin
//	@Success		200	{object}	OwnedItemPage
//	@Router			/admin/items [get]
func (h *Items) ListAll(c *gin.Context, _ *auth.Principal) error {
	after, limit, err := pageParameters(c)
	if err != nil {
		return err
	}
	items, next, err := h.store.ListAll(c.Request.Context(), after, limit)
	if err != nil {
		return err
	}
	owned := make([]OwnedItem, len(items))
	for i, item := range items {
		owned[i] = OwnedItem{item, item.Owner.Subject}
	}
	writeJSON(c, http.StatusOK, OwnedItemPage{owned, NextPage{next}})
	return nil
}

// Create creates an item that belongs to the caller.
//
//	@Summary		Create an item
//	@Description	Creates an item, which belongs to the caller.
//	@ID				createItem
//	@Tags			items
//	@Param			item	body		store.ItemDraft	true	"The item."
//	@Success		201		{object}	store.Item
//	@Router			/items [post]
func (h *Items) Create(c *gin.Context, caller *auth.Principal) error {
	var item store.Item
	if err := h.input.JSON(c, &item.ItemDraft); err != nil {
		return err
	}
	item, err := h.store.Create(c.Request.Context(), owner(caller), item)
	if err != nil {
		return err
	}
	return created(c, item.Key, item)
}

// Get returns an item.
//
//	@Summary		Get an item
//	@Description	Returns one of the caller's items.
//	@ID				getItem
//	@Tags			items
//	@Success		200	{object}	store.Item
//	@Router			/items/{id} [get]
func (h *Items) Get(c *gin.Context, _ *auth.Principal, item store.Item) error {
	return found(c, item.Key, item)
}

// Replace replaces what callers write of an item.
//
//	@Summary		Replace an item
//	@Description	Replaces the name and the description of one of the caller's items. If-Match with the ETag of the item that was read keeps the request from overwriting another change.
//	@ID				replaceItem
//	@Tags			items
//	@Param			item	body		store.ItemDraft	true	"The item."
//	@Success		200		{object}	store.Item
//	@Router			/items/{id} [put]
func (h *Items) Replace(c *gin.Context, _ *auth.Principal, item store.Item) (err error) {
	item.ItemDraft = store.ItemDraft{}
	if err := h.input.JSON(c, &item.ItemDraft); err != nil {
		return err
	}
	if item.Version, err = expected(c, item.Key, h.requireIfMatch); err != nil {
		return err
	}
	if item, err = h.store.Update(c.Request.Context(), item); err != nil {
		return err
	}
	return updated(c, item.Key, item)
}

// Delete deletes an item.
//
//	@Summary		Delete an item
//	@Description	Deletes one of the caller's items. If-Match with the ETag of the item that was read keeps the request from deleting another version.
//	@ID				deleteItem
//	@Tags			items
//	@Success		204
//	@Router			/items/{id} [delete]
func (h *Items) Delete(c *gin.Context, _ *auth.Principal, item store.Item) error {
	version, err := expected(c, item.Key, h.requireIfMatch)
	if err != nil {
		return err
	}
	if err := h.store.Delete(c.Request.Context(), item.ID, version); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}
