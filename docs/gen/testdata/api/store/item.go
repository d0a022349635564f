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
	Name  string `json:"name" binding:"required,min=1,max=100,excludesrune=\x00" example:"Lantern"`
	Page  string `json:"page" binding:"url,excludesrune=-,excludesrune=]"`
	Mail  string `json:"mail" binding:"omitempty,email"`
	Count int    `json:"count" binding:"min=0,max=9"`
	Label *Label `json:"label,omitempty"`
}

// A Label is sent with a draft.
type Label struct {
	Text string `json:"text"`
}
