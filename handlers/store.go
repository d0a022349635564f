package handlers

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/gatehouse/auth"
)

// An Item is what this API keeps for its callers.
type Item struct {
	ID          string        `json:"id" format:"uuid" readonly:"true" example:"01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77"`
	Name        string        `json:"name" maxLength:"100" example:"Lantern"`
	Description string        `json:"description" maxLength:"1000" example:"Hangs over the gate."`
	CreatedAt   time.Time     `json:"created_at" format:"date-time" readonly:"true" example:"2026-11-23T09:00:00Z"`
	UpdatedAt   time.Time     `json:"updated_at" format:"date-time" readonly:"true" example:"2026-11-23T09:00:00Z"`
	Owner       auth.Identity `json:"-"`
} // @name Item

// A Store keeps items. It is safe for concurrent use. Lists are ordered by identifier and begin
// after a cursor; what is not there is NotFound.
type Store interface {
	List(ctx context.Context, owner auth.Identity, after Cursor, limit int) ([]Item, error)
	ListAll(ctx context.Context, after Cursor, limit int) ([]Item, error)
	Get(ctx context.Context, id string) (Item, error)
	Create(ctx context.Context, item Item) error // LimitReached when there is no room
	Update(ctx context.Context, item Item) error
	Delete(ctx context.Context, id string) error
}

// Limits of a Memory.
const (
	maxItems      = 10_000
	maxOwnerItems = 1_000
)

// Memory is a Store that forgets everything when the program ends.
type Memory struct {
	mu    sync.RWMutex
	items []Item // by identifier
	owned map[auth.Identity]int
}

// NewMemory returns an empty Memory.
func NewMemory() *Memory { return &Memory{owned: map[auth.Identity]int{}} }

// List implements [Store].
func (m *Memory) List(_ context.Context, owner auth.Identity, after Cursor, limit int) ([]Item, error) {
	return m.list(after, limit, func(i Item) bool { return i.Owner == owner }), nil
}

// ListAll implements [Store].
func (m *Memory) ListAll(_ context.Context, after Cursor, limit int) ([]Item, error) {
	return m.list(after, limit, func(Item) bool { return true }), nil
}

func (m *Memory) list(after Cursor, limit int, wanted func(Item) bool) []Item {
	m.mu.RLock()
	defer m.mu.RUnlock()
	start, found := m.find(string(after))
	if found {
		start++
	}
	items := []Item{}
	for _, item := range m.items[start:] {
		if len(items) == limit {
			break
		}
		if wanted(item) {
			items = append(items, item)
		}
	}
	return items
}

// Get implements [Store].
func (m *Memory) Get(_ context.Context, id string) (Item, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	i, found := m.find(id)
	if !found {
		return Item{}, NotFound
	}
	return m.items[i], nil
}

// Create implements [Store].
func (m *Memory) Create(_ context.Context, item Item) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.items) >= maxItems || m.owned[item.Owner] >= maxOwnerItems {
		return LimitReached
	}
	i, _ := m.find(item.ID)
	m.items = slices.Insert(m.items, i, item)
	m.owned[item.Owner]++
	return nil
}

// Update implements [Store].
func (m *Memory) Update(_ context.Context, item Item) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	i, found := m.find(item.ID)
	if !found {
		return NotFound
	}
	m.items[i] = item
	return nil
}

// Delete implements [Store].
func (m *Memory) Delete(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	i, found := m.find(id)
	if !found {
		return NotFound
	}
	owner := m.items[i].Owner
	if m.owned[owner]--; m.owned[owner] == 0 {
		delete(m.owned, owner)
	}
	m.items = slices.Delete(m.items, i, i+1)
	return nil
}

// find returns where an item is or would be.
func (m *Memory) find(id string) (int, bool) {
	return slices.BinarySearchFunc(m.items, id, func(i Item, id string) int { return strings.Compare(i.ID, id) })
}
