/** The same journey with the functions that @hey-api/openapi-ts generates. */
import { client } from "../generated/hey-api/client.gen";
import {
  authJwtCreateCreate,
  authJwtRefreshCreate,
  authUsersCreate,
  storeCartsCreate,
  storeCartsItemsCreate,
  storeCartsItemsPartialUpdate,
  storeOrdersCreate,
  storeOrdersPaymentsCreate,
  storeOrdersRetrieve,
  storeProductsCreate,
  storeProductsDestroy,
  storeProductsImagesCreate,
  storeProductsList,
  storeProductsReviewsCreate,
} from "../generated/hey-api/sdk.gen";
import type { Order, Product, StoreOrdersCreateError } from "../generated/hey-api/types.gen";
import { check, environment, PICTURE, unreachable } from "./checks";

const name = `hugo-${Date.now()}`;
const password = "a-l0ng-Passphrase";
let access = "";

// Sent where the document says that a token is taken.
client.setConfig({ baseUrl: environment("API"), auth: () => access });

/** Says what a shop window would say of each refusal; a new code does not compile until it is here. */
function sentenceOf(error: StoreOrdersCreateError): string {
  switch (error.code) {
    case "cart_changed":
      return `It is ${error.total.toFixed(2)} now.`;
    case "insufficient_stock":
      return error.lines.map((line) => `${line.product_id}: ${line.available} left`).join();
    case "cart_not_found":
    case "empty_cart":
      return error.cart_id.join();
    case "address_not_found":
      return error.shipping_address_id.join();
    case "value_does_not_fit":
    case "character_refused":
    case "idempotency_key_malformed":
    case "idempotency_key_in_flight":
    case "idempotency_key_reused":
    case "too_many_idempotency_keys":
    case "too_many_unpaid":
    case "email_unverified":
    case "sequence_behind":
    case "second_factor_needed":
    case "unavailable":
    case "user_not_found":
    case "user_inactive":
    case "password_changed":
    case "bad_authorization_header":
    case "session_ended":
      return error.detail;
    case "token_not_valid":
      return error.messages?.map((each) => each.message).join() ?? error.detail;
    case "":
    case undefined:
      return "detail" in error ? error.detail : JSON.stringify(error);
    default:
      return unreachable(error);
  }
}

async function signIn(username: string, secret: string): Promise<string> {
  access = "";
  const { data, error } = await authJwtCreateCreate({ body: { username, password: secret } });
  check(data, `No token: ${JSON.stringify(error)}`);
  access = data.access;
  return data.refresh;
}

async function browse(): Promise<Product> {
  const { data } = await storeProductsList({ query: { ordering: "title", in_stock: true, page_size: 5 } });
  const [first] = data?.results ?? [];
  check(first, "There is no product.");
  const wrong = await storeProductsList({ query: { price_min: Number.NaN } });
  check(wrong.error && "price_min" in wrong.error && wrong.error.price_min?.[0], "NaN is no price.");
  return first;
}

async function buy(product: Product): Promise<Order> {
  const { data: cart, response } = await storeCartsCreate();
  check(cart && response?.headers.get("Location")?.endsWith(`/store/carts/${cart.id}/`), "No cart.");
  const body = { cart_id: cart.id };
  const empty = await storeOrdersCreate({ body });
  check(empty.error?.code === "empty_cart", "An empty cart is none.");
  const path = { cart_pk: cart.id };
  const line = { product_id: product.id, quantity: product.inventory + 1 };
  const { data: item } = await storeCartsItemsCreate({ path, body: line });
  check(item, "Not added.");
  const short = await storeOrdersCreate({ body });
  check(short.error?.code === "insufficient_stock", "More than the stock.");
  check(short.error.lines[0]?.available === product.inventory, sentenceOf(short.error));
  await storeCartsItemsPartialUpdate({ path: { ...path, id: item.id }, body: { quantity: 1 } });
  const changed = await storeOrdersCreate({ body: { ...body, expected_total: 0 } });
  check(changed.error?.code === "cart_changed", "It costs something.");
  check(changed.error.total > 0, sentenceOf(changed.error));
  const nowhere = { street: "", city: "Berlin" };
  const nested = await storeOrdersCreate({ body: { ...body, shipping_address: nowhere } });
  check(nested.error && "shipping_address" in nested.error, "No street.");
  const address = nested.error.shipping_address;
  check(address && !Array.isArray(address) && address.street?.[0], "Told of the field within.");
  const { data: order } = await storeOrdersCreate({ body: { ...body, expected_total: changed.error.total } });
  check(order?.payment_status === "P", "Not placed.");
  return order;
}

async function keepHouse(sold: Product): Promise<void> {
  await signIn(environment("STAFF_NAME"), environment("STAFF_PASSWORD"));
  const { data: product } = await storeProductsCreate({
    body: { title: "Teapot", slug: "teapot", inventory: 3, unit_price: 9.99, collection: sold.collection },
  });
  check(product, "Not made.");
  const { data: image } = await storeProductsImagesCreate({
    path: { product_pk: product.id },
    body: { image: new File([PICTURE], "teapot.png", { type: "image/png" }) },
  });
  check(image?.image.startsWith("http"), "Not uploaded.");
  const kept = await storeProductsDestroy({ path: { id: sold.id } });
  check(kept.error?.code === "product_in_orders", "It was sold.");
  const gone = await storeProductsDestroy({ path: { id: product.id } });
  check(gone.response?.status === 204, "Not deleted.");
}

async function main(): Promise<void> {
  const product = await browse();
  const { data: user } = await authUsersCreate({
    body: { username: name, email: `${name}@example.com`, password },
  });
  check(user?.username === name, "Not registered.");
  access = "nonsense";
  const refused = await storeOrdersRetrieve({ path: { id: 1 } });
  check(refused.error?.code === "token_not_valid", "No token.");
  const refresh = await signIn(name, password);
  const order = await buy(product);
  const { data: payment } = await storeOrdersPaymentsCreate({ path: { order_pk: order.id } });
  check(payment?.status === "open" && payment.checkout_url, "Nothing to pay.");
  const { data: review } = await storeProductsReviewsCreate({
    path: { product_pk: product.id },
    body: { name: "Hugo", description: "Good.", rating: 5 },
  });
  check(review?.rating === 5, "Not reviewed.");
  const { data: newer } = await authJwtRefreshCreate({ body: { refresh } });
  check(newer, "Not refreshed.");
  access = newer.access;
  const mine = await storeOrdersRetrieve({ path: { id: order.id } });
  check(mine.data?.status === "pending", "It is the customer's own.");
  await keepHouse(product);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
