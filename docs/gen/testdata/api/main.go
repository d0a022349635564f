// A fixture for the generator: an API in two files.
package main

import _ "example.com/fixture/handlers"

// @title       Fixture
// @version     1.2.3
// @description An API in two files.
// @license.name MIT
// @tag.name        items
// @tag.description Things that belong to their owner.
func main() {}
