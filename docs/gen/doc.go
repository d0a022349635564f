// Command gen writes docs/openapi.json from the swag comments of the handlers, as OpenAPI 3.1. Run it with
// make docs. With -check it writes nothing, and fails when the committed document is not what the comments
// say. It is a module of its own, so that neither swag nor kin-openapi is part of the API.
//
// A comment needs a summary, a description, an ID, tags, a body, the result and a route:
//
//	@Summary		Replace an item
//	@Description	Replaces the name and the description of one of the caller's items.
//	@ID				replaceItem
//	@Tags			items
//	@Param			item	body		store.Draft	true	"The item."
//	@Success		200		{object}	store.Item
//	@Router			/items/{id} [put]
//
// What follows from the form of an operation is added (form.go). A comment that says it itself, wins.
//
//   - A parameter of the path is the property of that name of what the path returns; 404.
//   - A body is JSON; 400, 408, 413, 415, 422.
//   - A list has an array and the member next_cursor. Its parameters are limit, between 1 and the constant
//     maxLimit, by default the constant defaultLimit, and cursor.
//     A list of rows has the filters of the members that callers write (filter.go).
//   - The body of a PATCH is a JSON Merge Patch of the one that the comment names, with a schema of its own (patch.go).
//   - Any parameter of the query: 400.
//   - A row is a struct that embeds store.Key. An operation that returns a row or a list of rows, or whose
//     path is the address of one, uses the store: 503.
//   - The response with a row has its ETag. An operation that creates a row (201) has Location, and 409.
//     One that changes a row has Content-Location.
//   - At the address of a row: 412 and, for all methods but GET, If-Match and 428; 409 for DELETE.
//   - A GET with an ETag has If-None-Match, and 304.
//
// Then the schemas lose their packages, and get the formats and patterns of their binding tags. What the API always
// sends is required, unless callers send it too; of what callers send, members that are not named are forbidden
// (tidy.go). Problems become application/problem+json (convert.go). Structs and constants are read from the packages
// that the variable folders lists (source.go). A @Security comment is an error: the route table is the only place that
// says what a route asks for. Two types with one // @name are an error: swag would describe one of them.
package main
