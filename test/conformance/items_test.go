package conformance

import "fmt"

func named(name string) string { return fmt.Sprintf(`{"name":%q}`, name) }
