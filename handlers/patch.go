package handlers

import (
	"reflect"

	"github.com/gin-gonic/gin"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// MergePatch changes v, a pointer to a struct, by the body: a JSON Merge Patch (RFC 7396), and nothing else. A
// member that the patch does not have stays, and null removes one: an optional member is null then, and a required
// one is missing, which is ValidationFailed. The result must follow the rules of [Input.JSON], whose errors it has.
func (in *Input) MergePatch(c *gin.Context, v any) error {
	patch, err := in.read(c, "application/merge-patch+json", "Accept-Patch")
	if err != nil {
		return err
	}
	// Removing a member that is not known would have no effect, so the members are checked before.
	target := reflect.ValueOf(v).Elem()
	if err := json.Unmarshal(patch, reflect.New(target.Type()).Interface(), json.RejectUnknownMembers(true)); err != nil {
		return bodyError(patch, err)
	}
	current, err := json.Marshal(v)
	if err != nil {
		return err
	}
	merged, err := merge(current, patch)
	if err != nil {
		return err
	}
	target.SetZero()
	return in.decode(merged, v)
}

// merge returns the target changed by a patch (RFC 7396, section 2).
func merge(target, patch jsontext.Value) (jsontext.Value, error) {
	if patch.Kind() != '{' {
		return patch, nil
	}
	var changes, members map[string]jsontext.Value
	if err := json.Unmarshal(patch, &changes); err != nil {
		return nil, err
	}
	if target.Kind() == '{' {
		if err := json.Unmarshal(target, &members); err != nil {
			return nil, err
		}
	}
	if members == nil {
		members = map[string]jsontext.Value{}
	}
	for name, change := range changes {
		if change.Kind() == 'n' {
			delete(members, name)
			continue
		}
		merged, err := merge(members[name], change)
		if err != nil {
			return nil, err
		}
		members[name] = merged
	}
	return json.Marshal(members, json.Deterministic(true))
}
