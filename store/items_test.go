package store_test

import (
	"encoding/json"
	"reflect"
	"regexp"
	"testing"

	"example.com/gatehouse/store"
)

func testItems(t *testing.T, open opener) {
	items := store.NewItems(open(t))
	item, err := items.Create(t.Context(), alice, store.Item{ItemDraft: store.ItemDraft{Name: "Lantern", Description: "Hangs over the gate."}})
	if err != nil {
		t.Fatal(err)
	}
	if found, err := items.Get(t.Context(), alice, item.ID); err != nil || !reflect.DeepEqual(found, item) {
		t.Errorf("found %+v with the error %v, want %+v", found, err, item)
	}
	text, err := json.Marshal(item)
	form := `^{"id":"[0-9a-f-]{36}","name":"Lantern","description":"Hangs over the gate\.","created_at":"[^"]+Z","updated_at":"[^"]+Z"}$`
	if err != nil || !regexp.MustCompile(form).Match(text) {
		t.Errorf("the item is %s with the error %v", text, err)
	}
}
