// Package store has the rows.
package store

import "time"

// A Key names a row.
type Key struct {
	ID      string `json:"id" readonly:"true" format:"uuid" example:"0198c2a1-6a3e-7cc0-9d0c-0f6a2b8f3c11"`
	Version int    `json:"-"`
}

// A SmallItem is a row.
type SmallItem struct {
	Key
	Draft
	CreatedAt time.Time `json:"created_at" readonly:"true"`
}

// A Draft is what callers send.
type Draft struct {
	Name  string    `json:"name" binding:"required,min=1,max=100,excludesrune=\x00" example:"Lantern"`
	Page  string    `json:"page" binding:"url,excludesrune=-,excludesrune=]"`
	Mail  string    `json:"mail" binding:"omitempty,email"`
	Count int       `json:"count" binding:"min=0,max=9"`
	Label *Label    `json:"label,omitempty"`
	Kind  *string   `json:"kind" binding:"omitnil,oneof=a b"`
	Shelf string    `json:"shelf" ref:"shelves" default:"x"`
	Done  bool      `json:"done"`
	Due   *Date     `json:"due"`
	Price Decimal   `json:"price" binding:"decimal=12 2"`
	Seen  time.Time `json:"seen"`
	Tags  []string  `json:"tags" binding:"max=9,dive,min=1,max=5"`
}

// A Date is a day.
type Date string

// A Decimal is exact.
type Decimal string

// A Label is sent with a draft.
type Label struct {
	Text string `json:"text"`
}
