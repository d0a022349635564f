import java.util.List;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.AdminApi;
import org.openapitools.client.api.ItemsApi;
import org.openapitools.client.model.FieldError;
import org.openapitools.client.model.Item;
import org.openapitools.client.model.ItemDraft;
import org.openapitools.client.model.Problem;

/** Creates and lists items with the client that openapi-generator generates from the document, and prints the results. */
public class Main {
    interface Call {
        void send() throws Exception;
    }

    public static void main(String[] args) throws Exception {
        ApiClient anonymous = new ApiClient().setBasePath(System.getenv("API"));
        ApiClient service = new ApiClient().setBasePath(System.getenv("API"));
        service.setBearerToken(System.getenv("TOKEN"));
        ItemsApi items = new ItemsApi(service);

        Item created = items.createItem(ItemDraft.fromJson(System.getenv("BODY")));
        System.out.println("created " + created.getId());

        List<Item> listed = items.listItems().limit(100).execute().getItems();
        System.out.println("listed " + listed.get(listed.indexOf(created)).getId());

        printProblem(() -> new ItemsApi(anonymous).listItems().execute());
        printProblem(() -> new AdminApi(service).listAllItems().execute());
        printProblem(() -> items.createItem(ItemDraft.fromJson(System.getenv("INVALID"))));
    }

    static void printProblem(Call call) throws Exception {
        try {
            call.send();
        } catch (ApiException e) {
            Problem problem = Problem.fromJson(e.getResponseBody());
            System.out.print("rejected " + problem.getStatus() + " " + problem.getCode());
            for (FieldError error : problem.getErrors() == null ? List.<FieldError>of() : problem.getErrors()) {
                System.out.print(" " + error.getPointer());
            }
            System.out.println();
        }
    }
}
