/** A visitor becomes a customer, buys and reviews; staff add a product. Types by openapi-typescript. */
import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "../generated/openapi-typescript";
import { check, environment, PICTURE, unreachable } from "./checks";

type OrderRefusal = NonNullable<Awaited<ReturnType<typeof order>>["error"]>;

const baseUrl = environment("API");
const name = `nora-${Date.now()}`;
const password = "a-l0ng-Passphrase";
let access = "";

const api = createClient<paths>({ baseUrl });
const authorization: Middleware = {
  onRequest({ request }) {
    if (access) request.headers.set("Authorization", `Bearer ${access}`);
    return request;
  },
};
api.use(authorization);

function order(body: components["schemas"]["CreateOrderRequest"]) {
  return api.POST("/store/orders/", { body });
}

/** Says what a shop window would say of each refusal; a new code does not compile until it is here. */
function sentenceOf(error: OrderRefusal): string {
  switch (error.code) {
    case "cart_changed":
      return `It is ${error.total.toFixed(2)} now.`;
    case "insufficient_stock":
      return error.lines.map((line) => `${line.product_id}: ${line.available} left`).join();
    case "cart_not_found":
    case "empty_cart":
      return "cart_id" in error ? error.cart_id.join() : error.errors.cart_id.join();
    case "address_not_found":
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
      return error.code;
    case "token_not_valid":
      return error.messages?.map((each) => each.message).join() ?? error.detail;
    case "user_not_found":
    case "user_inactive":
    case "password_changed":
    case "bad_authorization_header":
    case "session_ended":
      return error.detail;
    case "":
    case undefined:
      return "detail" in error ? error.detail : JSON.stringify(error);
    default:
      return unreachable(error);
  }
}

async function signIn(username: string, secret: string): Promise<string> {
  const { data, error } = await api.POST("/auth/jwt/create/", { body: { username, password: secret } });
  if (error?.code === "otp_required") throw new Error("A second factor is needed.");
  check(data, `No token: ${JSON.stringify(error)}`);
  access = data.access;
  return data.refresh;
}

async function browse(): Promise<components["schemas"]["Product"]> {
  const { data, error } = await api.GET("/store/products/", {
    params: { query: { ordering: "-unit_price", in_stock: true, page_size: 5 } },
  });
  check(data, JSON.stringify(error));
  const [first] = data.results;
  check(first && data.count > 0, "There is no product.");
  const next: string | null = data.next;
  const description: string | null = first.description;
  check(next !== "" && description !== "", "Always sent, and null where there is none.");
  const wrong = await api.GET("/store/products/", { params: { query: { price_min: Number.NaN } } });
  check(wrong.error && "price_min" in wrong.error, "NaN is no price.");
  check(wrong.error.price_min?.[0], "It is told of its field.");
  return first;
}

async function register(): Promise<void> {
  const short = await api.POST("/auth/users/", { body: { username: name, email: "none", password } });
  check(short.error && "email" in short.error && short.error.email?.[0], "No address.");
  const { data } = await api.POST("/auth/users/", {
    body: { username: name, email: `${name}@example.com`, password },
  });
  check(data?.username === name, "Not registered.");
}

async function buy(product: components["schemas"]["Product"]): Promise<components["schemas"]["Order"]> {
  const { data: cart, response } = await api.POST("/store/carts/");
  check(cart, "No cart.");
  check(response.headers.get("Location")?.endsWith(`/store/carts/${cart.id}/`), "It has an address.");
  const empty = await order({ cart_id: cart.id });
  check(empty.error?.code === "empty_cart", "An empty cart is none.");
  const path = { cart_pk: cart.id };
  const added = await api.POST("/store/carts/{cart_pk}/items/", {
    params: { path },
    body: { product_id: product.id, quantity: product.inventory + 1 },
  });
  check(added.data, "Not added.");
  const short = await order({ cart_id: cart.id });
  check(short.error?.code === "insufficient_stock", "More than the stock.");
  check(short.error.lines[0]?.available === product.inventory, sentenceOf(short.error));
  const item = { ...path, id: added.data.id };
  await api.PATCH("/store/carts/{cart_pk}/items/{id}/", { params: { path: item }, body: { quantity: 1 } });
  const changed = await order({ cart_id: cart.id, expected_total: 0 });
  check(changed.error?.code === "cart_changed", "It costs something.");
  check(changed.error.total > 0, sentenceOf(changed.error));
  const nested = await order({ cart_id: cart.id, shipping_address: { street: "", city: "Berlin" } });
  check(nested.error && "shipping_address" in nested.error, "No street.");
  const address = nested.error.shipping_address;
  check(address && !Array.isArray(address) && address.street?.[0], "Told of the field within.");
  const placed = await order({ cart_id: cart.id, expected_total: changed.error.total });
  check(placed.data?.payment_status === "P", JSON.stringify(placed.error));
  return placed.data;
}

async function pay(id: number): Promise<void> {
  const { data, error, response } = await api.POST("/store/orders/{order_pk}/payments/", {
    params: { path: { order_pk: id } },
  });
  if (error?.code === "payment_gateway_unavailable") {
    throw new Error(`Try again in ${response.headers.get("Retry-After")} s.`);
  }
  check(data?.status === "open" && data.checkout_url, "Nothing to pay.");
}

async function review(product: number): Promise<void> {
  const params = { path: { product_pk: product } };
  const { data } = await api.POST("/store/products/{product_pk}/reviews/", {
    params,
    body: { name: "Nora", description: "Good.", rating: 5 },
  });
  check(data?.rating === 5, "Not reviewed.");
  const { data: all, response } = await api.GET("/store/products/{product_pk}/reviews/", { params });
  check(all?.some((each) => each.id === data.id), "It is in the list.");
  check(response.headers.has("ETag"), "It can be asked for again.");
}

async function keepHouse(sold: components["schemas"]["Product"]): Promise<void> {
  await signIn(environment("STAFF_NAME"), environment("STAFF_PASSWORD"));
  const { data: product } = await api.POST("/store/products/", {
    body: { title: "Teapot", slug: "teapot", inventory: 3, unit_price: 9.99, collection: sold.collection },
  });
  check(product, "Not made.");
  const { data: image } = await api.POST("/store/products/{product_pk}/images/", {
    params: { path: { product_pk: product.id } },
    body: { image: "" },
    bodySerializer: () => {
      const form = new FormData();
      form.append("image", new Blob([PICTURE], { type: "image/png" }), "teapot.png");
      return form;
    },
  });
  check(image?.image.startsWith("http"), "Not uploaded.");
  const kept = await api.DELETE("/store/products/{id}/", { params: { path: { id: sold.id } } });
  check(kept.error?.code === "product_in_orders", "It was sold.");
  const gone = await api.DELETE("/store/products/{id}/", { params: { path: { id: product.id } } });
  check(gone.response.status === 204, "Not deleted.");
}

async function main(): Promise<void> {
  const product = await browse();
  await register();
  access = "nonsense";
  const refused = await api.GET("/store/orders/");
  check(refused.error?.code === "token_not_valid", "No token.");
  access = "";
  const refresh = await signIn(name, password);
  const bought = await buy(product);
  await pay(bought.id);
  await review(product.id);
  const { data } = await api.POST("/auth/jwt/refresh/", { body: { refresh } });
  check(data, "Not refreshed.");
  access = data.access;
  const mine = await api.GET("/store/orders/{id}/", { params: { path: { id: bought.id } } });
  check(mine.data?.status === "pending", "It is the customer's own.");
  await keepHouse(product);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
