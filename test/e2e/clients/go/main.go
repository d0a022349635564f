//go:build client

// Command client lists and creates items with the client that oapi-codegen makes of the document, and
// says what came of it. It compiles beside that client alone.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"

	_ "github.com/oapi-codegen/runtime" // which the client stands on
)

func main() {
	if err := run(context.Background(), os.Getenv("API"), os.Getenv("TOKEN")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, api, token string) error {
	stranger, err := NewClientWithResponses(api)
	if err != nil {
		return err
	}
	service, err := NewClientWithResponses(api, WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+token)
		return nil
	}))
	if err != nil {
		return err
	}
	if err := use(ctx, service); err != nil {
		return err
	}
	return fail(ctx, service, stranger)
}

// use creates an item and finds it in the list.
func use(ctx context.Context, service *ClientWithResponses) error {
	created, err := service.CreateItemWithResponse(ctx, Draft{Name: "Lantern"})
	if err != nil {
		return err
	}
	if created.JSON201 == nil {
		return fmt.Errorf("createItem: %s", created.Status())
	}
	fmt.Println("created", created.JSON201.Name)

	limit := 100
	list, err := service.ListItemsWithResponse(ctx, &ListItemsParams{Limit: &limit})
	if err != nil {
		return err
	}
	if list.JSON200 == nil {
		return fmt.Errorf("listItems: %s", list.Status())
	}
	i := slices.IndexFunc(list.JSON200.Items, func(item Item) bool { return *item.Id == *created.JSON201.Id })
	fmt.Println("listed", list.JSON200.Items[i].Name, list.JSON200.NextCursor)
	return nil
}

// fail is refused for three reasons.
func fail(ctx context.Context, service, stranger *ClientWithResponses) error {
	refused, err := stranger.ListItemsWithResponse(ctx, nil)
	if err != nil {
		return err
	}
	tell(refused.ApplicationproblemJSON401)

	forbidden, err := service.ListAllItemsWithResponse(ctx, nil)
	if err != nil {
		return err
	}
	tell(forbidden.ApplicationproblemJSON403)

	invalid, err := service.CreateItemWithResponse(ctx, Draft{Name: ""})
	if err != nil {
		return err
	}
	tell(invalid.ApplicationproblemJSON422)
	return nil
}

func tell(p *Problem) {
	fmt.Print("refused ", p.Status, " ", p.Code)
	if p.Errors != nil {
		fmt.Print(" ", *(*p.Errors)[0].Pointer)
	}
	fmt.Println()
}
