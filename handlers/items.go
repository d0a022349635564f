package handlers

import (
	"net/http"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/store"
	"github.com/gin-gonic/gin"
)

// Items are the operations on items.
type Items struct {
	Resource[store.Item, *store.Item]
}

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
	items, next, err := h.list(c, caller)
	if err != nil {
		return err
	}
	return writeJSON(c, http.StatusOK, ItemPage{items, next})
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
	items, next, err := h.listAll(c)
	if err != nil {
		return err
	}
	owned := make([]OwnedItem, len(items))
	for i, item := range items {
		owned[i] = OwnedItem{item, item.Owner.Subject}
	}
	return writeJSON(c, http.StatusOK, OwnedItemPage{owned, next})
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
	return h.create(c, caller, item)
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
	return h.get(c, item)
}

// Replace replaces what callers write of an item.
//
//	@Summary		Replace an item
//	@Description	Replaces what callers write of one of the caller's items. If-Match with the ETag of the item that was read keeps the request from overwriting another change.
//	@ID				replaceItem
//	@Tags			items
//	@Param			item	body		store.ItemDraft	true	"The item."
//	@Success		200		{object}	store.Item
//	@Router			/items/{id} [put]
func (h *Items) Replace(c *gin.Context, _ *auth.Principal, item store.Item) error {
	item.ItemDraft = store.ItemDraft{}
	if err := h.input.JSON(c, &item.ItemDraft); err != nil {
		return err
	}
	return h.update(c, item)
}

// Patch changes members of an item.
//
//	@Summary		Change an item
//	@Description	Changes the members of one of the caller's items that the body has, and leaves the others (JSON Merge Patch, RFC 7396). If-Match with the ETag of the item that was read keeps the request from overwriting another change.
//	@ID				patchItem
//	@Tags			items
//	@Param			item	body		store.ItemDraft	true	"What changes."
//	@Success		200		{object}	store.Item
//	@Router			/items/{id} [patch]
func (h *Items) Patch(c *gin.Context, _ *auth.Principal, item store.Item) error {
	if err := h.input.MergePatch(c, &item.ItemDraft); err != nil {
		return err
	}
	return h.update(c, item)
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
	return h.delete(c, item)
}
