package store

// An Item is what this API stores for its callers.
type Item struct {
	Key
	ItemDraft
	Times
}

// An ItemDraft is the part of an item that callers write. PostgreSQL cannot store the character U+0000.
type ItemDraft struct {
	Name        string `db:"name" json:"name" binding:"required,min=1,max=100,excludesrune=\x00" example:"Lantern"`
	Description string `db:"description" json:"description" binding:"max=1000,excludesrune=\x00" example:"Hangs over the gate."`
}

// Items are the items of all owners.
type Items = Table[Item, *Item]

// NewItems returns the items in a database.
func NewItems(db *DB) *Items { return NewTable[Item](db, "items") }
