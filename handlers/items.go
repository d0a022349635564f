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
} // @name Page

// An OwnedItem is an item and its owner.
type OwnedItem struct {
	store.Item
	Owner string `json:"owner" example:"alice"` // subject of the owner
} // @name OwnedItem

// An OwnedItemPage is a page of the list of all items.
type OwnedItemPage struct {
	Items []OwnedItem `json:"items"`
	NextPage
} // @name OwnedPage

// List returns a page of the caller's items.
//
//	@Summary		List items
//	@Description	Answers with the caller's own items, oldest first, a page at a time.
//	@ID				listItems
//	@Tags			items
//	@Produce		json
//	@Param			limit	query		int		false	"How many items a page has at most."	minimum(1)	maximum(100)	default(20)
//	@Param			cursor	query		string	false	"Where the page begins: the next_cursor of the page before."
//	@Success		200		{object}	ItemPage
//	@Failure		400		{object}	problem.Body
//	@Failure		503		{object}	problem.Body
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
	c.JSON(http.StatusOK, ItemPage{items, NextPage{next}})
	return nil
}

// ListAll returns a page of the items of all owners.
//
//	@Summary		List everybody's items
//	@Description	Answers with the items of all callers and whose they are, oldest first, a page at a time.
//	@ID				listAllItems
//	@Tags			admin
//	@Produce		json
//	@Param			limit	query		int		false	"How many items a page has at most."	minimum(1)	maximum(100)	default(20)
//	@Param			cursor	query		string	false	"Where the page begins: the next_cursor of the page before."
//	@Success		200		{object}	OwnedItemPage
//	@Failure		400		{object}	problem.Body
//	@Failure		503		{object}	problem.Body
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
	c.JSON(http.StatusOK, OwnedItemPage{owned, NextPage{next}})
	return nil
}

// Create creates an item that belongs to the caller.
//
//	@Summary		Create an item
//	@Description	Keeps a new item, which belongs to the caller.
//	@ID				createItem
//	@Tags			items
//	@Accept			json
//	@Produce		json
//	@Param			item	body		store.ItemDraft	true	"The item."
//	@Success		201		{object}	store.Item
//	@Header			201		{string}	Location	"Address of the item."
//	@Header			201		{string}	ETag		"Version of the item, for If-Match and If-None-Match."
//	@Failure		400		{object}	problem.Body
//	@Failure		408		{object}	problem.Body
//	@Failure		409		{object}	problem.Body
//	@Failure		413		{object}	problem.Body
//	@Failure		415		{object}	problem.Body
//	@Failure		422		{object}	problem.Body
//	@Failure		503		{object}	problem.Body
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
//	@Description	Answers with one of the caller's items.
//	@ID				getItem
//	@Tags			items
//	@Produce		json
//	@Param			id				path		string	true	"Identifier of the item."	format(uuid)	extensions(x-example=01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77)
//	@Param			If-None-Match	header		string	false	"ETags of the item that the caller has, separated by commas. If it is one of them still, the answer is 304 without a body."
//	@Success		200				{object}	store.Item
//	@Header			200				{string}	ETag	"Version of the item, for If-Match and If-None-Match."
//	@Success		304				"The item is what the caller has."
//	@Failure		404				{object}	problem.Body
//	@Failure		412				{object}	problem.Body
//	@Failure		503				{object}	problem.Body
//	@Router			/items/{id} [get]
func (h *Items) Get(c *gin.Context, _ *auth.Principal, item store.Item) error {
	return found(c, item.Key, item)
}

// Replace replaces what callers write of an item.
//
//	@Summary		Replace an item
//	@Description	Replaces the name and the description of one of the caller's items. With its ETag as If-Match, nobody's change in between is lost unseen.
//	@ID				replaceItem
//	@Tags			items
//	@Accept			json
//	@Produce		json
//	@Param			id			path		string	true	"Identifier of the item."	format(uuid)	extensions(x-example=01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77)
//	@Param			If-Match	header		string	false	"The ETag of the item that was read: if it is another by now, the answer is 412. `*` is whatever it is now, and the default unless this API requires the header (428)."
//	@Param			item		body		store.ItemDraft	true	"The item."
//	@Success		200			{object}	store.Item
//	@Header			200			{string}	ETag				"Version of the item, for If-Match and If-None-Match."
//	@Header			200			{string}	Content-Location	"Address of the item: the body is what it is now."
//	@Failure		400			{object}	problem.Body
//	@Failure		404			{object}	problem.Body
//	@Failure		408			{object}	problem.Body
//	@Failure		412			{object}	problem.Body
//	@Failure		413			{object}	problem.Body
//	@Failure		415			{object}	problem.Body
//	@Failure		422			{object}	problem.Body
//	@Failure		428			{object}	problem.Body
//	@Failure		503			{object}	problem.Body
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
//	@Description	Forgets one of the caller's items. With its ETag as If-Match, nobody's change in between is lost unseen.
//	@ID				deleteItem
//	@Tags			items
//	@Param			id			path	string	true	"Identifier of the item."	format(uuid)	extensions(x-example=01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77)
//	@Param			If-Match	header	string	false	"The ETag of the item that was read: if it is another by now, the answer is 412. `*` is whatever it is now, and the default unless this API requires the header (428)."
//	@Success		204
//	@Failure		404	{object}	problem.Body
//	@Failure		412	{object}	problem.Body
//	@Failure		428	{object}	problem.Body
//	@Failure		503	{object}	problem.Body
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
