package main

import "testing"

func TestNamesHaveFourForms(t *testing.T) {
	for name, want := range map[string][4]string{
		"order_line": {"OrderLine", "orderLine", "order line", "order_line"},
		"api_token":  {"APIToken", "apiToken", "API token", "api_token"},
		"url_lists":  {"URLLists", "urlLists", "URL lists", "url_lists"},
		"vat_id":     {"VatID", "vatID", "vat ID", "vat_id"},
		"model_3d":   {"Model3d", "model3d", "model 3d", "model3d"},
		"ship":       {"Ship", "ship", "ship", "ship"},
	} {
		if got := [4]string{camel(name), variable(name, "row"), words(name), snake(camel(name))}; got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got := camel("urls") + article("url_list") + article("api_token") + article("order_url"); got != "URLsaanan" {
		t.Errorf("got %s", got)
	}
}
