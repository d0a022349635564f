//go:build client

// Command client creates and lists items with the client that oapi-codegen generates from the document, and
// prints the results. It compiles beside that client only.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"

	_ "github.com/oapi-codegen/runtime" // imported by the generated client
)

func main() {
	if err := run(context.Background(), os.Getenv("API"), os.Getenv("TOKEN")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, api, token string) error {
	anonymous, err := NewClientWithResponses(api)
	if err != nil {
		return err
	}
	service, err := NewClientWithResponses(api, WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		if id, secret, isBasic := strings.Cut(token, ":"); isBasic {
			r.SetBasicAuth(id, secret)
			return nil
		}
		r.Header.Set("Authorization", "Bearer "+token)
		return nil
	}))
	if err != nil {
		return err
	}
	if err := use(ctx, service); err != nil {
		return err
	}
	return fail(ctx, service, anonymous)
}

// draft returns the body that a variable has.
func draft(variable string) (body ItemDraft, err error) {
	return body, json.Unmarshal([]byte(os.Getenv(variable)), &body)
}

// use creates an item and finds it in the list.
func use(ctx context.Context, service *ClientWithResponses) error {
	body, err := draft("BODY")
	if err != nil {
		return err
	}
	created, err := service.CreateItemWithResponse(ctx, body)
	if err != nil {
		return err
	}
	if created.JSON201 == nil {
		return fmt.Errorf("createItem: %s", created.Status())
	}
	fmt.Println("created", *created.JSON201.Id)

	limit := 100
	list, err := service.ListItemsWithResponse(ctx, &ListItemsParams{Limit: &limit})
	if err != nil {
		return err
	}
	if list.JSON200 == nil {
		return fmt.Errorf("listItems: %s", list.Status())
	}
	i := slices.IndexFunc(list.JSON200.Items, func(item Item) bool { return *item.Id == *created.JSON201.Id })
	fmt.Println("listed", *list.JSON200.Items[i].Id)
	return nil
}

// fail sends three requests that are rejected.
func fail(ctx context.Context, service, anonymous *ClientWithResponses) error {
	rejected, err := anonymous.ListItemsWithResponse(ctx, nil)
	if err != nil {
		return err
	}
	printProblem(rejected.ApplicationproblemJSON401)

	forbidden, err := service.ListAllItemsWithResponse(ctx, nil)
	if err != nil {
		return err
	}
	printProblem(cmp.Or(forbidden.ApplicationproblemJSON403, forbidden.ApplicationproblemJSON401))

	body, err := draft("INVALID")
	if err != nil {
		return err
	}
	invalid, err := service.CreateItemWithResponse(ctx, body)
	if err != nil {
		return err
	}
	printProblem(invalid.ApplicationproblemJSON422)
	return nil
}

func printProblem(p *Problem) {
	fmt.Print("rejected ", p.Status, " ", p.Code)
	if p.Errors != nil {
		fmt.Print(" ", *(*p.Errors)[0].Pointer)
	}
	fmt.Println()
}
